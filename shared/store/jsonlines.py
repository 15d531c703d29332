"""Files with one JSON record a line, sorted by paper: the form of summaries and links."""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Generic, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from shared.errors import PapersysError
from shared.paper_ids import month_of
from shared.store.files import DataFolder, whole_lines


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
        self._cache: dict[Path, tuple[tuple[int, int, int], dict[str, T]]] = {}

    def put(self, record: T) -> None:
        """Store a record in place of the paper's earlier one."""
        path = self._path(record.paper_id)
        with self._data.lock(self._dataset):
            records = dict(self._read(path))
            records[record.paper_id] = record
            lines = (dump_line(records[paper_id]) for paper_id in sorted(records))
            self._data.write_text(path, "".join(lines))

    def get(self, paper_id: str) -> T | None:
        return self._read(self._path(paper_id)).get(paper_id)

    def get_many(self, paper_ids: Iterable[str]) -> dict[str, T]:
        """The records that are there, by id, in the order asked."""
        found = {paper_id: self.get(paper_id) for paper_id in paper_ids}
        return {paper_id: record for paper_id, record in found.items() if record is not None}

    def all(self) -> Iterator[T]:
        for path in self._paths():
            yield from self._read(path).values()

    def count(self) -> int:
        return sum(len(self._read(path)) for path in self._paths())

    def fingerprint(self) -> str:
        """Changes whenever a file changes; costs only a look at the folder."""
        return ";".join(f"{path.stem}:{path.stat().st_mtime_ns}" for path in self._paths())

    def _path(self, paper_id: str) -> Path:
        return self._data.path(self._dataset, f"{month_of(paper_id)}.jsonl")

    def _paths(self) -> list[Path]:
        return sorted(self._data.path(self._dataset).glob("????-??.jsonl"))

    def _read(self, path: Path) -> dict[str, T]:
        try:
            found = path.stat()
        except FileNotFoundError:
            return {}
        stamp = (found.st_mtime_ns, found.st_size, found.st_ino)
        cached = self._cache.get(path)
        if cached is None or cached[0] != stamp:
            records = {record.paper_id: record for record in read_lines(path, self._record_class)}
            cached = self._cache[path] = (stamp, records)
        return cached[1]


M = TypeVar("M", bound=BaseModel)


def dump_line(record: BaseModel) -> str:
    """A record as one line of JSON with its keys in the order they are declared, so that it diffs well."""
    return json.dumps(record.model_dump(mode="json"), ensure_ascii=False) + "\n"


def read_lines(path: Path, record_class: type[M]) -> list[M]:
    """The records of a file, a torn last line left out. Raises PapersysError that names file and line."""
    records = []
    for number, line in enumerate(whole_lines(path).split("\n"), start=1):
        if line.strip():
            try:
                records.append(record_class.model_validate_json(line))
            except ValidationError as error:
                raise PapersysError(
                    f"{path}, line {number}, cannot be read: {error.errors()[0]['msg']}; mend or remove the line."
                ) from error
    return records
