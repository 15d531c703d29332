"""Files with one JSON record a line, sorted by paper: the form of summaries and links.

A line that cannot be read is logged and left out; a writer that replaces its file keeps it in `unreadable/`.
"""

import logging
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from shared.paper_ids import month_of
from shared.store.files.data_folder import DataFolder, whole_lines
from shared.store.files.file_stamps import FileStamp, stamp_of
from shared.store.files.record_lines import RecordLines as RecordLines
from shared.store.files.record_lines import dump_line as dump_line

log = logging.getLogger(__name__)


class Record(BaseModel):
    """A line: frozen; fields that this version does not know are kept away from it, not an error."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    paper_id: str


T = TypeVar("T", bound=Record)


class MonthFiles(Generic[T]):
    """`<dataset>/<YYYY-MM>.jsonl` by month of the arXiv id, one line a paper, sorted by id, replaced whole."""

    def __init__(self, data: DataFolder, dataset: str, record_class: type[T]) -> None:
        self._data = data
        self._dataset = dataset
        self._record_class = record_class
        self._cache: dict[Path, tuple[FileStamp | None, RecordLines[T]]] = {}

    def put(self, record: T) -> None:
        """Store a record in place of the paper's earlier one; the other lines of its month stay as they are."""
        self.put_many([record])

    def put_many(self, records: Iterable[T]) -> None:
        """The same of several, each month written once; of several records of a paper the last is stored."""
        by_path: dict[Path, dict[str, T]] = defaultdict(dict)
        for record in records:
            by_path[self._path(record.paper_id)][record.paper_id] = record
        with self._data.lock(self._dataset):
            for path, of_month in sorted(by_path.items()):
                self._put_month(path, of_month)

    def _put_month(self, path: Path, records: Mapping[str, T]) -> None:
        lines = self._lines(path).with_records(records)
        content = lines.content()
        set_aside(self._data, path, lines.unreadable())
        with self._data.replacing(path) as draft:
            draft.write_bytes(content)
        self._cache[path] = (stamp_of(path), lines)

    def get(self, paper_id: str) -> T | None:
        return self._lines(self._path(paper_id)).get(paper_id)

    def get_many(self, paper_ids: Iterable[str]) -> dict[str, T]:
        """The records that are there, by id, in the order asked."""
        records = {paper_id: self.get(paper_id) for paper_id in paper_ids}
        return {paper_id: record for paper_id, record in records.items() if record is not None}

    def all(self) -> Iterator[T]:
        for path in self._paths():
            yield from self._lines(path).all()

    def month_names(self) -> list[str]:
        """The months that have records, as `YYYY-MM`, oldest first."""
        return [path.stem for path in self._paths()]

    def month(self, month_name: str) -> list[T]:
        """The records of a month that can be read, in the order of the file."""
        return list(self._lines(self._data.path(self._dataset, f"{month_name}.jsonl")).all())

    def ids(self) -> list[str]:
        """The papers that have a record that can be read, by month."""
        return [record.paper_id for path in self._paths() for record in self._lines(path).all()]

    def newest(self) -> Iterator[T]:
        """The records by month of the paper, the newest month first."""
        for path in reversed(self._paths()):
            yield from self._lines(path).all()

    def count(self) -> int:
        return sum(1 for _ in self.all())

    def fingerprint(self) -> str:
        """Changes whenever a file changes; costs only a look at the folder."""
        return ";".join(f"{path.stem}:{path.stat().st_mtime_ns}" for path in self._paths())

    def _path(self, paper_id: str) -> Path:
        return self._data.path(self._dataset, f"{month_of(paper_id)}.jsonl")

    def _paths(self) -> list[Path]:
        return sorted(self._data.path(self._dataset).glob("????-??.jsonl"))

    def _lines(self, path: Path) -> RecordLines[T]:
        stamp = stamp_of(path)
        cached = self._cache.get(path)
        if cached is None or cached[0] != stamp:
            cached = self._cache[path] = (stamp, RecordLines(path, self._record_class))
        return cached[1]


M = TypeVar("M", bound=BaseModel)


@dataclass(frozen=True)
class Lines(Generic[M]):
    """The records of a file, and its lines that are none."""

    records: list[M]
    unreadable: list[str]


def read_lines(path: Path, record_class: type[M]) -> list[M]:
    """The records of a file that can be read, a torn last line left out."""
    return parse_lines(path, record_class).records


def parse_lines(path: Path, record_class: type[M]) -> Lines[M]:
    """As `read_lines`, with the lines that cannot be read."""
    records, unreadable = [], []
    for number, line in enumerate(whole_lines(path).split("\n"), start=1):
        if not line.strip():
            continue
        try:
            records.append(record_class.model_validate_json(line))
        except ValidationError as error:
            unreadable.append(line)
            text = "%s, line %d, cannot be read and is left out: %s."
            log.error(text, path, number, error.errors()[0]["msg"], extra={"action": "line_unreadable"})
    return Lines(records, unreadable)


def set_aside(data: DataFolder, path: Path, lines: list[str]) -> None:
    """Before a file is replaced: put its lines that cannot be read into `unreadable/` beside it, each once."""
    aside = path.parent / "unreadable" / path.name
    kept = whole_lines(aside).split("\n") if lines else []
    fresh = [line for line in lines if line not in kept]
    if fresh:
        data.append_lines(aside, "".join(f"{line}\n" for line in fresh))
