"""Summaries, links, results, revisions: a line of JSON a paper, a file for each month of ids; the later one counts."""

from collections.abc import Iterator
from typing import Generic, TypeVar

from deploy.bundles.archive.package import Resource
from deploy.bundles.archive.reading import Bundle
from deploy.bundles.archive.table_schemas import schema_of_model
from deploy.bundles.archive.writing import BundleWriter
from deploy.bundles.datasets.dataset import Source, Target
from deploy.bundles.datasets.records import records_in
from deploy.bundles.tally import Tally
from shared.contracts import DEFAULT_USER
from shared.paper_ids import parse_paper_id
from shared.store.files.jsonlines import MonthFiles, dump_line
from shared.store.papers.links import PaperLinks
from shared.store.papers.results import PaperResults
from shared.store.papers.revisions import Revision
from shared.store.papers.summaries import Summary

R = TypeVar("R", Summary, PaperLinks, PaperResults, Revision)


class MonthRecords(Generic[R]):
    """A dataset of one record a paper."""

    def __init__(self, name: str, about: str, record_class: type[R]) -> None:
        self.name, self.about = name, about
        self._record_class: type[R] = record_class

    def write(self, source: Source, bundle: BundleWriter) -> None:
        schema = schema_of_model(self._record_class, ["paper_id"])
        files = MonthFiles(source.data, self.name, self._record_class)
        for month in files.month_names():
            bundle.add_lines(self.name, f"{self.name}/{month}.jsonl", _lines(files.month(month), source), schema)

    def merge(self, bundle: Bundle, resource: Resource, target: Target) -> Tally:
        tally, wanted = Tally(self.name), []
        files = MonthFiles(target.data, self.name, self._record_class)
        for record in records_in(bundle, resource, self._record_class, tally, lambda record: _check(record, target)):
            if tally.count(record, files.get(record.paper_id), _is_newer):
                wanted.append(record)
        if wanted and not target.dry_run:
            files.put_many(wanted)
        return tally


def _lines(records: list[R], source: Source) -> Iterator[bytes]:
    for record in sorted(records, key=lambda record: record.paper_id):
        if source.has(record.paper_id):
            shown = record if source.user in ("", DEFAULT_USER) else _without_owner(record)
            yield dump_line(shown).encode("utf-8", "replace")


def _without_owner(record: R) -> R:
    """A record as it may go along with somebody else: links may say what the owner liked."""
    if not isinstance(record, PaperLinks):
        return record
    links = tuple(link.model_copy(update={"evidence": link.public_evidence}) for link in record.links)
    return record.model_copy(update={"links": links})


def _check(record: Summary | PaperLinks | PaperResults | Revision, target: Target) -> None:
    """Raises ValueError for a record of no paper, or of another one, or of the future."""
    if parse_paper_id(record.paper_id) != record.paper_id:
        raise ValueError(f"{record.paper_id!r} is no plain id")
    if record.made_at > target.latest:
        raise ValueError(f"{record.paper_id} was made at {record.made_at:%Y-%m-%d %H:%M}, which lies in the future")
    if isinstance(record, PaperLinks) and any(link.paper_id != record.paper_id for link in record.links):
        raise ValueError(f"a link under {record.paper_id} starts at another paper")


def _is_newer(record: R, here: R) -> bool:
    return record.made_at > here.made_at


SUMMARIES = MonthRecords(
    "summaries", "what was read out of papers: fields with claims and their quotes, tags, what made it", Summary
)
LINKS = MonthRecords(
    "links", "typed links between papers with evidence, a line for the paper where they start", PaperLinks
)
REVISIONS = MonthRecords(
    "revisions", "what new versions changed of papers that somebody knows, and quotes that are gone", Revision
)
RESULTS = MonthRecords("results", "numbers of papers' tables with what they measure, a line a paper", PaperResults)
