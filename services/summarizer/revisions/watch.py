"""The watch over revisions: what harvests know of papers that somebody knows, compared with what is stored.

All of it follows from files, so a kill costs nothing but the step it fell into: a look begins anew with what is not
noted yet. Documents come from the fetcher, through its gate, and at most so many a day.
"""

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from services.summarizer.agent.reading import ask_service
from services.summarizer.revisions.daily_budget import DailyBudget
from services.summarizer.revisions.following import first_record, is_worth_a_summary, need_of, noted
from services.summarizer.revisions.known_papers import KnownPaper, KnownPapers
from services.summarizer.revisions.stored_texts import StoredTexts, Wanted
from shared.bus.bus import Bus
from shared.contracts import DEFAULT_USER, Document, DocumentReply, PapersSelected
from shared.errors import PapersysError, PermanentFailure, TemporaryFailure, reason
from shared.store.files.data_folder import DataFolder
from shared.store.papers.metadata import MetadataStore, Paper
from shared.store.papers.revisions import Revision, RevisionStore

log = logging.getLogger(__name__)

_LOOK_SECONDS = 60.0
_WAIT = timedelta(minutes=30)
_FAILURES_IN_A_ROW = 2


class RevisionWatch:
    """`per_day` documents at most; a summary is asked for again where `fewest_gone` quotes are gone (0: never)."""

    def __init__(
        self, data: DataFolder, bus: Bus, clock: Callable[[], datetime], per_day: int, fewest_gone: int
    ) -> None:
        self._bus, self._clock, self._fewest_gone = bus, clock, fewest_gone
        self._known, self._texts = KnownPapers(data), StoredTexts(data)
        self._metadata, self._store = MetadataStore(data), RevisionStore(data)
        self._budget = DailyBudget(data, per_day, clock)
        self._not_before: dict[str, datetime] = {}
        self._seen = ""

    async def run(self) -> None:
        """Look until cancelled; what is in the way is logged, and tried again at a later look."""
        while True:
            try:
                stamp = await asyncio.to_thread(self._stamp)
                if stamp != self._seen:
                    await self.look()
                    self._seen = stamp
            except (PapersysError, OSError) as error:
                text = "New versions cannot be looked at now: %s"
                log.warning(text, reason(error), extra={"action": "revisions_later"})
            await asyncio.sleep(_LOOK_SECONDS)

    async def look(self) -> None:
        """Follow every known paper as far as the day's budget goes. Raises TemporaryFailure on a full disk.

        A paper whose document cannot be had now waits, and the next ones are tried; after several such in a row
        something else is wrong, and all wait.
        """
        failures = 0
        for known, paper, record in await asyncio.to_thread(self._due):
            if need_of(record, paper) == "note":
                await asyncio.to_thread(self._store.put, noted(record, paper, self._clock()))
                continue
            if failures >= _FAILURES_IN_A_ROW or self._not_before.get(paper.paper_id, self._clock()) > self._clock():
                continue
            try:
                await self._follow(paper, record)
                failures = 0
                self._not_before.pop(paper.paper_id, None)
            except TemporaryFailure as failure:
                failures += 1
                self._not_before[paper.paper_id] = self._clock() + _WAIT
                facts = {"action": "revision_later", "paper_id": known.paper_id}
                log.warning("The new version of %s has to wait: %s", known.paper_id, reason(failure), extra=facts)
        await self._ask_for_summaries()

    def _stamp(self) -> str:
        """Another one whenever there may be something to do: papers changed, or what people know, or it is a new day.

        Papers that have to wait are looked at again twice an hour.
        """
        moment = self._clock()
        turn = moment.timestamp() // _WAIT.total_seconds() if self._not_before else 0
        return f"{self._metadata.fingerprint()} {self._known.fingerprint()} {moment.date()} {turn}"

    def _due(self) -> list[tuple[KnownPaper, Paper, Revision]]:
        """The papers about which something has to be done, those that matter most first. New ones are noted."""
        known = self._known.all()
        papers = self._metadata.get(known)
        records = self._store.get_many(papers)
        fresh = {
            paper_id: first_record(
                known[paper_id], paper, self._texts.summary(paper_id), self._texts.versions(paper_id), self._clock()
            )
            for paper_id, paper in papers.items()
            if paper_id not in records
        }
        if fresh:
            self._store.put_many(fresh.values())
        everything = {**records, **fresh}
        due = [(known[paper_id], paper, everything[paper_id]) for paper_id, paper in papers.items()]
        wanted = [item for item in due if need_of(item[2], item[1]) != "nothing"]
        return sorted(wanted, key=lambda item: (need_of(item[2], item[1]) == "compare", item[0].turn, item[2].made_at))

    async def _follow(self, paper: Paper, record: Revision) -> None:
        """Compare a paper's newest version, unless the day's budget is used up. Raises TemporaryFailure."""
        wanted = await asyncio.to_thread(self._texts.wanted, paper, record)
        if not await asyncio.to_thread(self._budget.take, wanted.documents):
            return
        try:
            reply = await ask_service(self._bus, Document(paper_id=paper.paper_id))
        except PermanentFailure as failure:
            revision = self._texts.without_text(paper, record, str(failure), self._clock())
        else:
            revision = await self._revision(paper, record, wanted, reply)
        await asyncio.to_thread(self._store.put, revision)
        text = "%s has a new version: %d sections differ, %d quotes of its summary are gone."
        facts = {"action": "revised", "paper_id": paper.paper_id}
        log.info(text, paper.paper_id, len(revision.sections), len(revision.gone), extra=facts)

    async def _revision(self, paper: Paper, record: Revision, wanted: Wanted, reply: DocumentReply) -> Revision:
        if reply.version <= wanted.base:
            return record.model_copy(update={"seen_version": paper.version, "made_at": self._clock()})
        if wanted.needs_base and reply.status == "converted":
            try:
                await ask_service(self._bus, Document(paper_id=paper.paper_id, version=wanted.base))
            except PermanentFailure as failure:
                facts = {"action": "revision_without_base", "paper_id": paper.paper_id}
                log.info("Version %d of %s cannot be had: %s", wanted.base, paper.paper_id, failure, extra=facts)
        return await asyncio.to_thread(self._texts.compared, paper, record, wanted.base, reply, self._clock())

    async def _ask_for_summaries(self) -> None:
        """Ask for summaries of which several quotes are gone.

        The event's id follows from paper and version: what is sent again after a kill is no second reading.
        """
        for record, user in await asyncio.to_thread(self._outdated):
            event_id = f"revised-{record.paper_id.replace('/', '_')}-v{record.to_version}"
            await self._bus.publish(PapersSelected(paper_ids=(record.paper_id,), user=user, event_id=event_id))
            asked = record.model_copy(update={"asked_again": record.to_version})
            await asyncio.to_thread(self._store.put, asked)

    def _outdated(self) -> list[tuple[Revision, str]]:
        """What should be summarised again, and in whose name: the owner's before others'."""
        records = [
            record
            for record in self._store.all()
            if record.gone and is_worth_a_summary(record, self._texts.summary(record.paper_id), self._fewest_gone)
        ]
        known = self._known.all() if records else {}
        return [(record, _first(known[record.paper_id])) for record in records if record.paper_id in known]


def _first(known: KnownPaper) -> str:
    return min(known.users, key=lambda user: (user != DEFAULT_USER, user))
