"""The manifest of a migration, `migrations/<name>/MANIFEST.json`: every file that was taken, with its checksum and what
became of its rows. It is also what a resumed or repeated migration goes by.
"""

import hashlib
from pathlib import Path
from typing import Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from shared.contracts.people.importing import ImportReport
from shared.errors import PapersysError
from shared.store.files.data_folder import DataFolder
from shared.store.files.file_names import hashed_name

Form = Literal["table", "summaries", "ratings", "keywords", "not taken"]
MOST_PROBLEMS = 200
"""An entry names so many rows, and counts all."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="ignore")


class VectorEntry(_Part):
    """What became of one column of vectors. Each row counts once, `scaled` apart."""

    alias: str
    dimension: int
    type: str = ""
    rows: int = 0
    kept: int = 0
    known: int = 0
    doubled: int = 0
    null: int = 0
    zero: int = 0
    not_finite: int = 0
    wrong_length: int = 0
    without_id: int = 0
    scaled: int = 0
    problem: str = ""

    @property
    def missing(self) -> int:
        """Rows without a vector."""
        return self.null + self.zero + self.not_finite


class FileEntry(_Part):
    """One file. Each row is kept, known (stored before, from elsewhere), doubled or refused; `repaired` are of these.

    `columns` says what each was read as; `not_taken` why the others were left, or why the whole file was.
    """

    name: str
    form: Form
    bytes: int = 0
    modified_ns: int = 0
    sha256: str = ""
    columns: dict[str, str] = {}
    not_taken: dict[str, str] = {}
    why_not: str = ""
    rows: int = 0
    kept: int = 0
    known: int = 0
    doubled: int = 0
    repaired: int = 0
    refused: int = 0
    vectors: dict[str, VectorEntry] = {}
    problems: list[str] = []
    problems_in_all: int = 0

    def note(self, problem: str) -> None:
        """Count what a person should know of a row, and name it where few were named before."""
        self.problems_in_all += 1
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append(problem)

    def is_of(self, size: int, modified_ns: int) -> bool:
        """Whether this is the file of that size and time, as far as that tells."""
        return self.bytes == size and self.modified_ns == modified_ns


class TagCounts(_Part):
    """What the canonical index made of keywords."""

    phrases: int = 0
    matched: int = 0
    new: int = 0
    waiting: int = 0
    left_out: int = 0
    tree: int = 0


class MigrationManifest(_Part):
    """All of one migration; `finished_at` is set where nothing is left to do. `begun` is the table that is being taken,
    `unsorted` years of vectors by alias that are still to be sorted by id."""

    format: int = 1
    source: str
    revision: str = ""
    user: str = "me"
    options: dict[str, str] = {}
    started_at: AwareDatetime
    finished_at: AwareDatetime | None = None
    files: list[FileEntry] = []
    begun: str = ""
    unsorted: dict[str, list[int]] = {}
    ratings: ImportReport | None = None
    tags: TagCounts | None = None

    def entry(self, name: str) -> FileEntry | None:
        return next((entry for entry in self.files if entry.name == name), None)

    def put(self, *entries: FileEntry) -> None:
        """Set files' entries in place of earlier ones."""
        by_name = {entry.name: entry for entry in (*self.files, *entries)}
        self.files = [by_name[name] for name in sorted(by_name)]

    def total(self, count: str) -> int:
        """The sum of a count over the tables and summaries."""
        return sum(int(getattr(entry, count)) for entry in self.files)


class ManifestFile:
    """Where the manifest of one source lies."""

    def __init__(self, data: DataFolder, source: str) -> None:
        self._data = data
        self.folder = data.path("migrations", hashed_name(source))
        self.path = self.folder / "MANIFEST.json"

    @property
    def drafts(self) -> Path:
        """Where unfinished work lies; derived, removed in the end."""
        return self._data.path("state", "migrating", self.folder.name)

    def read(self) -> MigrationManifest | None:
        """The manifest of an earlier run; None where there was none. Raises PapersysError where it is damaged."""
        try:
            return MigrationManifest.model_validate_json(self.path.read_bytes())
        except FileNotFoundError:
            return None
        except (OSError, ValidationError) as error:
            raise PapersysError(
                f"{self.path} cannot be read ({str(error).splitlines()[0]}); move it away, and the migration "
                "looks at every file anew. What is stored already stays and is not stored twice."
            ) from error

    def write(self, manifest: MigrationManifest) -> None:
        """Replace it. Raises TemporaryFailure when the disk is full."""
        self._data.write_text(self.path, manifest.model_dump_json(indent=1) + "\n")


def sha256_of(path: Path) -> str:
    """The checksum of a file."""
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()
