"""What is known of the rows of one database: `state/notion/<data source>/`, one file a service that writes it.

`rows.jsonl` (publisher): which page is a paper's, hashes of what was written, the rating that it shows by our hand.
`ratings.jsonl` (feedback): the rating that was read from each row. Append-only; the newest line of a paper counts.
All of it could be made again from Notion, at the price of reading every row.
"""

from pathlib import Path
from typing import Generic, TypeVar

from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from shared.notion.properties import RowRating, Schema
from shared.store.files.data_folder import DataFolder, whole_lines
from shared.store.files.file_names import file_name
from shared.store.files.file_stamps import FileStamp, stamp_of
from shared.store.files.jsonlines import read_lines

_SPARE_LINES = 1_000
LOCK = "notion"


class RowState(BaseModel):
    """The newest line about a paper's row."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    paper_id: str


class WrittenRow(RowState):
    """A row as the publisher left it.

    `properties` and `body` are hashes of what was written, empty while that is not finished. `rating` is what the row
    shows since `shown_at`, because of the word said at `word_at`; `intended` is a rating that is being written.
    `sent_at`: a row may be there since then although no answer came. `is_removed`: the owner took the row away.
    """

    page_id: str = ""
    properties: str = ""
    body: str = ""
    rating: RowRating = ""
    word_at: AwareDatetime | None = None
    shown_at: AwareDatetime | None = None
    intended: RowRating | None = None
    sent_at: AwareDatetime | None = None
    is_removed: bool = False


class ReadRating(RowState):
    """A rating that was read from a row at `seen_at`, and stands for a word said at `word_at`."""

    page_id: str
    rating: RowRating
    word_at: AwareDatetime | None = None
    seen_at: AwareDatetime


T = TypeVar("T", bound=RowState)


class RowFile(Generic[T]):
    """The newest line of each paper. One process writes, others read; what was read is kept until the file changes."""

    def __init__(self, data: DataFolder, path: Path, kind: type[T]) -> None:
        self._data, self._path, self._kind = data, path, kind
        self._stamp: FileStamp | None = None
        self._rows: dict[str, T] = {}
        self._lines = 0

    def all(self) -> dict[str, T]:
        """By paper."""
        stamp = stamp_of(self._path)
        if stamp != self._stamp:
            lines = read_lines(self._path, self._kind)
            self._rows, self._lines, self._stamp = {row.paper_id: row for row in lines}, len(lines), stamp
        return self._rows

    def put(self, *rows: T) -> None:
        """Remember; the file is written anew when most of its lines are old ones."""
        known = self.all()
        if not rows:
            return
        self._data.append_lines(self._path, "".join(f"{row.model_dump_json(exclude_defaults=True)}\n" for row in rows))
        known.update({row.paper_id: row for row in rows})
        self._lines += len(rows)
        if self._lines > 2 * len(known) + _SPARE_LINES:
            text = "".join(f"{row.model_dump_json(exclude_defaults=True)}\n" for row in known.values())
            self._data.write_text(self._path, text)
            self._lines = len(known)
        self._stamp = stamp_of(self._path)


class NotionFiles:
    """The files about one data source."""

    def __init__(self, data: DataFolder, data_source: str) -> None:
        self._data = data
        self.data_source = data_source
        self._folder = data.path("state", "notion", file_name(data_source))
        self.rows = RowFile(data, self._folder / "rows.jsonl", WrittenRow)
        self.ratings = RowFile(data, self._folder / "ratings.jsonl", ReadRating)

    def schema(self) -> Schema | None:
        """The ids of the properties as the publisher saw them last; None where it has not yet."""
        try:
            return Schema.model_validate_json(whole_lines(self._folder / "schema.json"))
        except ValidationError:
            return None

    def put_schema(self, schema: Schema) -> None:
        self._data.write_text(self._folder / "schema.json", schema.model_dump_json() + "\n")

    def cursor(self) -> "PollCursor":
        """How far the ratings were read; a fresh one where that is not known."""
        try:
            return PollCursor.model_validate_json(whole_lines(self._folder / "poll.json"))
        except ValidationError:
            return PollCursor()

    def put_cursor(self, cursor: "PollCursor") -> None:
        self._data.write_text(self._folder / "poll.json", cursor.model_dump_json() + "\n")

    def last_look(self) -> "LastLook":
        """How far rows were looked at for papers with several; a fresh one where that is not known."""
        try:
            return LastLook.model_validate_json(whole_lines(self._folder / "look.json"))
        except ValidationError:
            return LastLook()

    def put_last_look(self, look: "LastLook") -> None:
        self._data.write_text(self._folder / "look.json", look.model_dump_json() + "\n")


class LastLook(BaseModel):
    """When the publisher last looked for papers with several rows, and which it found."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    looked_at: AwareDatetime | None = None
    paper_ids: tuple[str, ...] = ()


class PollCursor(BaseModel):
    """When the last poll began whose rows were all taken in, and the last that read every row."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    polled_at: AwareDatetime | None = None
    swept_at: AwareDatetime | None = None
