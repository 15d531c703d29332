"""The manifest of a set of vectors: its recipe and its files. What it does not name does not exist.

It is the commit point: data files are written first, then the manifest takes the place of the old one.
"""

import json
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from shared.errors import PapersysError

FILE_NAME = "manifest.json"
_FORMAT = 1


@dataclass(frozen=True, slots=True)
class Recipe:
    """Everything that decides what a text's vector is; vectors of different recipes are never mixed.

    `dimension` counts float32 items, `max_length` tokens. `text` names how a paper becomes a text.
    """

    model: str
    revision: str
    dimension: int
    max_length: int
    normalisation: str = "unit"
    text: str = "title. abstract"

    def difference(self, other: "Recipe") -> str:
        """What is not the same, as `dimension 384 / 768`; empty where nothing differs."""
        mine, theirs = asdict(self), asdict(other)
        return ", ".join(f"{name} {mine[name]} / {theirs[name]}" for name in mine if mine[name] != theirs[name])


@dataclass(frozen=True, slots=True)
class VectorFile:
    """One Parquet file. `superseding` of its `rows` replace rows of files named before it."""

    name: str
    rows: int
    superseding: int
    sha256: str

    @property
    def year(self) -> int:
        return int(self.name[:4])

    @property
    def part(self) -> int:
        """The number of a part; 0 is the year file."""
        return int(self.name.split(".")[1].removeprefix("part-")) if self.is_part else 0

    @property
    def is_part(self) -> bool:
        return ".part-" in self.name


@dataclass(frozen=True, slots=True)
class Manifest:
    """`files` are in the order in which they were written: where two have a row of one paper, the later counts."""

    alias: str
    recipe: Recipe
    files: tuple[VectorFile, ...] = ()

    @property
    def years(self) -> list[int]:
        return sorted({file.year for file in self.files})

    @property
    def count(self) -> int:
        """How many papers have a vector."""
        return sum(file.rows - file.superseding for file in self.files)

    def of_year(self, year: int) -> tuple[VectorFile, ...]:
        return tuple(file for file in self.files if file.year == year)

    def with_file(self, file: VectorFile) -> "Manifest":
        return replace(self, files=(*self.files, file))

    def with_year(self, year: int, *files: VectorFile) -> "Manifest":
        """The same with these files in place of all files of a year."""
        return replace(self, files=(*(other for other in self.files if other.year != year), *files))

    def to_json(self) -> str:
        """One line a file, sorted by year, so that it diffs well."""
        files = sorted(self.files, key=lambda file: file.year)
        head = {"format": _FORMAT, "alias": self.alias, "recipe": asdict(self.recipe)}
        body = json.dumps(head, indent=2).removesuffix("\n}")
        lines = ",\n".join(f"    {json.dumps(asdict(file))}" for file in files)
        return f'{body},\n  "files": [\n{lines}\n  ]\n}}\n'


def read_manifest(path: Path) -> Manifest | None:
    """The manifest in a file; None where there is none. Raises PapersysError that names the file."""
    try:
        content: dict[str, Any] = json.loads(path.read_bytes())
        if content["format"] != _FORMAT:
            raise ValueError(f"its format is {content['format']}, this papersys reads {_FORMAT}")
        files = tuple(VectorFile(**file) for file in content["files"])
        return Manifest(content["alias"], Recipe(**content["recipe"]), files)
    except FileNotFoundError:
        return None
    except (ValueError, KeyError, TypeError) as error:
        raise PapersysError(
            f"{path} cannot be read ({error}); restore it from a copy, or move its folder away and embed again."
        ) from error
