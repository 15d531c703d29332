"""One pass: every row that lacks something gets it; nothing else is sent.

What was done is noted row by row, so a pass that ends anywhere is taken up where it ended.
"""

import asyncio
import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any, TypeVar

from services.publisher.outlets.notion.doubles import Doubled, Doubles
from services.publisher.outlets.notion.plan import RowPlan, newest_words, plan_row
from services.publisher.outlets.notion.row_content import RowContents
from services.publisher.outlets.notion.row_writer import UNSETTLED, RowWriter
from shared.contracts import now
from shared.errors import PermanentFailure
from shared.notion.connection import Notion
from shared.notion.properties import Row, Schema
from shared.notion.queries import find_data_source, read_schema
from shared.notion.row_files import NotionFiles
from shared.settings.sections.notion import NotionSettings
from shared.store.files.data_folder import DataFolder
from shared.store.people.preferences import RatingStore

log = logging.getLogger(__name__)

_LOOKED_UP_AT_ONCE = 50
_FAILURES_IN_A_ROW = 5
Progress = Callable[[int, int], None]
T = TypeVar("T")


@dataclass
class SyncReport:
    """What a pass did: papers by what became of their rows; `failed` says why; `left` were not reached."""

    created: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    unchanged: int = 0
    removed: list[str] = field(default_factory=list)
    doubled: list[Doubled] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)
    left: int = 0
    requests: int = 0
    last_failure: str = ""
    alike: int = 0

    @property
    def written(self) -> int:
        """How many rows were written, or tried."""
        return len(self.created) + len(self.updated) + len(self.failed)

    def as_dict(self) -> dict[str, Any]:
        """For programs."""
        names = ("created", "updated", "unchanged", "removed", "failed", "left", "requests")
        doubled = [each.as_dict() for each in self.doubled]
        return {name: getattr(self, name) for name in names} | {"doubled": doubled}

    @property
    def problem(self) -> str:
        """The failed rows in one line; empty where there are none."""
        first = next(iter(self.failed.items()), None)
        if first is None:
            return ""
        more = f" (and {len(self.failed) - 1} more)" if len(self.failed) > 1 else ""
        return f"{first[0]}: {first[1]}{more}"


class Sync:
    """Writes rows of one database; `contents` and `ratings` are of the user that the database belongs to."""

    def __init__(
        self,
        settings: NotionSettings,
        data: DataFolder,
        contents: RowContents,
        ratings: RatingStore,
        clock: Callable[[], datetime] = now,
    ) -> None:
        self._settings, self._data, self._contents, self._ratings = settings, data, contents, ratings
        self._clock = clock

    def _plans(self, files: NotionFiles, paper_ids: Sequence[str]) -> list[RowPlan]:
        """What the rows of these papers need, or of all, the newest first; who names a paper wants its row back."""
        written, read = files.rows.all(), files.ratings.all()
        words = newest_words(self._ratings.all(self._settings.user))
        plans = []
        for paper_id in paper_ids or reversed(self._contents.paper_ids()):
            content, known = self._contents.row(paper_id), written.get(paper_id)
            if content is not None:
                known = None if paper_ids and known and known.is_removed else known
                plans.append(plan_row(content, known, read.get(paper_id), words.get(paper_id)))
        return plans

    async def preview(self, notion: Notion, paper_ids: Sequence[str] = ()) -> list[RowPlan]:
        """What a pass would do, by reading alone."""
        files = NotionFiles(self._data, await find_data_source(notion, self._settings))
        await read_schema(notion, files.data_source, files.schema())
        return await asyncio.to_thread(self._plans, files, paper_ids)

    async def run(
        self, notion: Notion, report: SyncReport, paper_ids: Sequence[str] = (), progress: Progress | None = None
    ) -> None:
        """Bring the rows of these papers (none named: of all) up to date, newest first; `report` grows meanwhile.

        Raises NotionAway and NotionClosed, PermanentFailure and SettingsError where the database cannot be used.
        """
        try:
            await self._run(notion, report, paper_ids, progress)
        finally:
            report.requests = notion.requests

    async def _run(
        self, notion: Notion, report: SyncReport, paper_ids: Sequence[str], progress: Progress | None
    ) -> None:
        files = NotionFiles(self._data, await find_data_source(notion, self._settings))
        before = files.schema()
        schema = await read_schema(notion, files.data_source, before)
        if before is not None and before.ids != schema.ids:
            self._forget_replaced(files, before, schema)
        files.put_schema(schema)
        bot = await notion.read(lambda api: api.users.me())
        writer = RowWriter(notion, files, schema, str(bot["id"]), self._clock)
        doubles = Doubles(notion, files, schema, self._clock())
        await self._settle_doubles(writer, files, doubles)
        await doubles.look()
        plans = await asyncio.to_thread(self._plans, files, paper_ids)
        report.unchanged = sum(plan.need == "nothing" for plan in plans)
        report.removed += [plan.content.paper_id for plan in plans if plan.need == "removed"]
        due = [plan for plan in plans if plan.need in ("create", "update")]
        report.left = len(due)
        for batch in _batches(due):
            unknown = [plan.content.paper_id for plan in batch if not plan.known.page_id]
            there = await writer.look_up(unknown) if unknown else []
            doubles.notice(there)
            for plan in batch:
                rows = [row for row in there if row.paper_id == plan.content.paper_id]
                await self._write(writer, plan, rows, report)
                report.left -= 1
                if progress:
                    progress(len(due) - report.left, len(due))
        report.doubled = doubles.found()

    async def look(self, notion: Notion, report: SyncReport) -> bool:
        """See which papers have several rows; whether a pass is due, because a row has taken the place of one that was
        removed, or rows that we may have made twice are to be settled.

        Raises what `run` raises.
        """
        files = NotionFiles(self._data, await find_data_source(notion, self._settings))
        schema = await read_schema(notion, files.data_source, files.schema())
        doubles = Doubles(notion, files, schema, self._clock())
        is_due = bool(await doubles.look()) or any(row.page_id and row.sent_at for row in files.rows.all().values())
        report.doubled = doubles.found()
        return is_due

    def _forget_replaced(self, files: NotionFiles, before: Schema, schema: Schema) -> None:
        """A property that was deleted and made again is empty in every row: that is no word of anybody."""
        rows = [row.model_copy(update={"properties": ""}) for row in files.rows.all().values() if row.page_id]
        if before.ids["rating"] != schema.ids["rating"]:
            empty = {"rating": "", "word_at": None, "shown_at": self._clock()}
            rows = [row.model_copy(update=empty) for row in rows]
        files.rows.put(*rows)

    async def _settle_doubles(self, writer: RowWriter, files: NotionFiles, doubles: Doubles) -> None:
        """Rows that were made again, because no answer came and no query found the first, when every query would."""
        settled = self._clock() - UNSETTLED
        again = [row for row in files.rows.all().values() if row.page_id and row.sent_at and row.sent_at < settled]
        for batch in _batches(again):
            rows = await writer.look_up([row.paper_id for row in batch])
            for known in batch:
                same = [row for row in rows if row.paper_id == known.paper_id]
                doubles.notice(await writer.remove_doubles(known, same))
                files.rows.put(known.model_copy(update={"sent_at": None}))

    async def _write(self, writer: RowWriter, plan: RowPlan, rows: Sequence[Row], report: SyncReport) -> None:
        """One bad row never stops the others; several in a row that fail alike do, for it is not the rows then."""
        paper_id = plan.content.paper_id
        try:
            done = await writer.write(plan, rows)
        except PermanentFailure as error:
            report.failed[paper_id] = str(error)
            facts = {"action": "notion_row_failed", "paper_id": paper_id}
            log.warning("A row of Notion was not written: %s", error, extra=facts)
            report.alike = report.alike + 1 if str(error) == report.last_failure else 1
            report.last_failure = str(error)
            if report.alike == _FAILURES_IN_A_ROW:
                raise PermanentFailure(f"{_FAILURES_IN_A_ROW} rows in a row failed alike: {error}") from error
            return
        report.alike = 0
        {"created": report.created, "updated": report.updated, "removed": report.removed}[done].append(paper_id)


def _batches(things: Iterable[T]) -> Iterator[list[T]]:
    rest = iter(things)
    while batch := list(islice(rest, _LOOKED_UP_AT_ONCE)):
        yield batch
