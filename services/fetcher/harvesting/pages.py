"""The pages of a harvest, list after list: which of their papers are new, revised or known, and how far it has come."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from services.fetcher.arxiv.client import Arxiv
from services.fetcher.arxiv.oai import OaiPage, OaiRecord, parse, record_arguments
from services.fetcher.arxiv.sets import is_within
from services.fetcher.harvesting.cursor import Cursor, FailedList, PageNote
from services.fetcher.harvesting.handover import Unannounced
from services.fetcher.harvesting.keeping import Keeper
from services.fetcher.harvesting.list_reader import ListFailed, ListReader, lists_of, share_done
from services.fetcher.harvesting.unreadable import UnreadableRecords
from services.fetcher.metadata.revisions import Catalogue
from shared.errors import TemporaryFailure
from shared.store.papers.metadata import Paper

log = logging.getLogger(__name__)

_MOST_ASKED_AGAIN = 500


@dataclass(frozen=True)
class ProgressUpdate:
    """How far a harvest has come; the time left is an estimate by days, or by papers where their number is known."""

    pages: int
    papers: int
    new: int
    day: str
    seconds: float
    left_seconds: float | None = None


OnProgress = Callable[[ProgressUpdate], None]


class ProgressReporter:
    """Counts the pages of this process and says how long the rest may take."""

    def __init__(self, cursor: Cursor, lists: int, today: date, report: OnProgress | None) -> None:
        self._cursor, self._lists, self._today, self._report = cursor, lists, today, report
        self._started, self._pages = time.monotonic(), 0
        self._before = share_done(cursor, lists, today)

    def tell(self) -> None:
        self._pages += 1
        if self._report is None:
            return
        cursor, seconds = self._cursor, time.monotonic() - self._started
        done = share_done(cursor, self._lists, self._today)
        left = seconds * (1 - done) / (done - self._before) if done > self._before else None
        self._report(ProgressUpdate(self._pages, cursor.seen, len(cursor.new), str(cursor.newest or ""), seconds, left))


class HarvestPages:
    """Reads what a cursor's plan asks for, from where it stands, into a keeper."""

    def __init__(self, arxiv: Arxiv, reader: ListReader, catalogue: Catalogue, unreadable: UnreadableRecords) -> None:
        self._arxiv = arxiv
        self._reader = reader
        self._catalogue = catalogue
        self._unreadable = unreadable

    async def read(
        self, cursor: Cursor, keeper: Keeper, unannounced: Unannounced, today: date, report: OnProgress | None
    ) -> None:
        """A list that fails takes no other with it. Raises TemporaryFailure: where arXiv fails, and where the only
        list does."""
        lists = lists_of(cursor.plan)
        progress = ProgressReporter(cursor, len(lists), today, report)
        while cursor.set_index < len(lists) and not _is_full(cursor):
            name = lists[cursor.set_index]
            try:
                await self._read_list(cursor, name, keeper, unannounced, progress)
            except ListFailed as error:
                if len(lists) == 1 and not error.is_final:
                    raise TemporaryFailure(str(error)) from error
                log.warning("%s was not harvested: %s", name or "all of arXiv", error, extra={"action": "list_failed"})
                await keeper.fail(cursor, FailedList(name or "", str(error), str(cursor.from_date), error.is_final))
        await self._ask_once_more(cursor, keeper, unannounced)

    async def _read_list(
        self, cursor: Cursor, name: str | None, keeper: Keeper, unannounced: Unannounced, progress: ProgressReporter
    ) -> None:
        async for page in self._reader.pages(cursor, name):
            await keeper.keep(cursor, *await self._sort(cursor, page, unannounced))
            progress.tell()
            if _is_full(cursor):
                return

    async def _ask_once_more(self, cursor: Cursor, keeper: Keeper, unannounced: Unannounced) -> None:
        """Records that could not be read in their list come alone this time; what a second question did not help
        before is not asked again."""
        asked = [] if cursor.plan.ids else [record for record in cursor.lost.values() if record.paper_id]
        for record in asked[:_MOST_ASKED_AGAIN]:
            if not self._unreadable.has(record.paper_id, record.datestamp):
                page = await self._arxiv.oai(record_arguments(record.paper_id), parse)
                await keeper.keep(cursor, *await self._sort(cursor, page, unannounced))

    async def _sort(
        self, cursor: Cursor, page: OaiPage, unannounced: Unannounced
    ) -> tuple[PageNote, tuple[Paper, ...]]:
        for problem in page.problems:
            log.warning("Unreadable record from arXiv: %s", problem, extra={"action": "odd_record"})
        records = _within_limit(cursor, [record for record in page.records if record.paper is not None])
        papers = [record.paper for record in records if record.paper is not None]
        kinds = unannounced.sorted_again(await self._catalogue.sort(papers, cursor.pending))
        primaries = {paper.paper_id: paper.primary_category for paper in papers}
        days = {record.paper_id: record.datestamp.isoformat() for record in records}
        new = cursor.first_sight(kinds.new)
        note = PageNote(
            set_index=cursor.set_index,
            next_token=page.resumption_token,
            new=new,
            revised=cursor.first_sight(kinds.revised),
            known=cursor.first_sight(kinds.known),
            withdrawn=tuple(paper.paper_id for paper in papers if paper.withdrawn),
            newest=max((record.datestamp.isoformat() for record in records), default=""),
            cross_ids=tuple(paper_id for paper_id in new if not is_within(primaries[paper_id], cursor.plan.categories)),
            days={paper_id: days[paper_id] for paper_id in (*kinds.new, *kinds.revised)},
            unreadable=page.unreadable,
        )
        return note, kinds.papers


def _is_full(cursor: Cursor) -> bool:
    return cursor.plan.limit is not None and cursor.seen >= cursor.plan.limit


def _within_limit(cursor: Cursor, records: list[OaiRecord]) -> list[OaiRecord]:
    limit = cursor.plan.limit
    return records if limit is None else records[: max(0, limit - cursor.seen)]
