"""The manifest of monthly tables: its files, and what made their rows. What it does not name does not exist."""

import hashlib
import json
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from shared.errors import PapersysError, TemporaryFailure

FILE_NAME = "manifest.json"
_FORMAT = 1


@dataclass(frozen=True, slots=True)
class TableFile:
    """One Parquet file; `made_by` are the chunkers or models whose rows it has."""

    name: str
    rows: int
    sha256: str
    made_by: tuple[str, ...] = ()

    @property
    def month(self) -> str:
        return self.name.split(".")[0]

    @property
    def part(self) -> int:
        """The number of a part; 0 is the month's own file."""
        return int(self.name.split(".")[1].removeprefix("part-")) if ".part-" in self.name else 0


@dataclass(frozen=True, slots=True)
class TablesManifest:
    """`files` in the order in which they were written; `facts` say what made all rows."""

    facts: Mapping[str, Any] = field(default_factory=dict)
    files: tuple[TableFile, ...] = ()

    def of_month(self, month: str) -> tuple[TableFile, ...]:
        return tuple(file for file in self.files if file.month == month)

    def with_files(self, gone: Collection[TableFile], *files: TableFile) -> "TablesManifest":
        return replace(self, files=(*(file for file in self.files if file not in gone), *files))

    def to_json(self) -> str:
        """One line a file, sorted by name, so that it diffs well."""
        chunkers = sorted({name for file in self.files for name in file.made_by})
        head = {"format": _FORMAT, **self.facts, "made_by": chunkers}
        lines = ",\n".join(f"    {json.dumps(asdict(file))}" for file in sorted(self.files, key=_order))
        return f'{json.dumps(head, indent=2).removesuffix(chr(10) + "}")},\n  "files": [\n{lines}\n  ]\n}}\n'


def read_tables_manifest(path: Path) -> TablesManifest | None:
    """The manifest in a file; None where there is none. Raises PapersysError that names the file."""
    try:
        content: dict[str, Any] = json.loads(path.read_bytes())
        if content.pop("format") != _FORMAT:
            raise ValueError("it is of another version of papersys")
        content.pop("made_by", None)
        files = (TableFile(**{**file, "made_by": tuple(file["made_by"])}) for file in content.pop("files"))
        return TablesManifest(content, tuple(sorted(files, key=_order)))
    except FileNotFoundError:
        return None
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise PapersysError(f"{path} cannot be read ({error}); `papersys reconcile` makes it anew.") from error


def damaged_tables(folder: Path, manifest: TablesManifest) -> dict[str, str]:
    """What is wrong with each file that the manifest names: gone, or not as it was written. Reads everything."""
    problems: dict[str, str] = {}
    for file in manifest.files:
        try:
            with (folder / file.name).open("rb") as content:
                if hashlib.file_digest(content, "sha256").hexdigest() != file.sha256:
                    problems[file.name] = "has not the content that was written"
        except FileNotFoundError:
            problems[file.name] = "is gone"
        except OSError as error:
            raise TemporaryFailure(f"{folder / file.name} cannot be read: {error.strerror}.") from error
    return problems


def _order(file: TableFile) -> tuple[str, int]:
    return file.month, file.part


def lost_tables(folder: Path, manifest: TablesManifest) -> dict[str, str]:
    """The files that the manifest names and that are not there."""
    return {file.name: "is gone" for file in manifest.files if not (folder / file.name).exists()}


def next_name(manifest: TablesManifest, month: str) -> str:
    files = manifest.of_month(month)
    if not files:
        return f"{month}.parquet"
    return f"{month}.part-{max(file.part for file in files) + 1}.parquet"
