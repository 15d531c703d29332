"""A month of the whole system as real processes: each day's papers come, are picked and read, and are rated."""

from dataclasses import dataclass

import httpx
from nats.js import JetStreamContext

from shared.bus.streams import CONSUMERS
from shared.contracts import STREAM
from shared.store.files.data_folder import DataFolder
from shared.store.papers.metadata import MetadataStore
from shared.store.papers.summaries import SummaryStore
from shared.store.selections import SelectionStore
from tests.support.checks.waiting import eventually_sync
from tests.support.processes.system import System

READ_A_DAY = 3
_SECONDS = 300.0


@dataclass
class Month:
    """The days of a running system. Everything of one day is over before the next one comes."""

    system: System

    def __post_init__(self) -> None:
        self._data = DataFolder(self.system.data, 0)
        self._number = 0
        self._ratings = 0

    def live_a_day(self) -> None:
        """Let the next day come, the first one comes by itself: its pick is read, then two more that are asked for.

        One paper is read after the other, because tags and links of a paper depend on those that were read before.
        """
        if self._number:
            self._send("/demo/next", {})
        self._number += 1
        store = SelectionStore(self._data)
        self._until(lambda: len(store.days()) == self._number, "the day is ranked")
        ranked = {candidate.rank: candidate.paper_id for candidate in store.day(store.days()[0]) if candidate.rank}
        papers = [ranked[rank] for rank in sorted(ranked)[:READ_A_DAY]]
        for paper_id in papers:
            if paper_id != papers[0]:
                self._send("/api/reprocess", {"paper_id": paper_id})
            self._until(lambda: SummaryStore(self._data).get(paper_id) is not None, f"{paper_id} is read")  # noqa: B023
            self._until_idle()
        self._use(papers)

    def _use(self, papers: list[str]) -> None:
        """What a person does with papers."""
        for paper in MetadataStore(self._data).get(papers).values():
            label = "like" if paper.primary_category.startswith(("cs.", "stat.")) else "dislike"
            self._send("/api/rating", {"paper_id": paper.paper_id, "label": label})
            self._ratings += 1
            self._until(self._has_learned, "the rating is learned from")
        self._send("/api/signal", {"paper_id": papers[-1], "kind": "save"})
        if self._number % 3 == 0:
            self._send("/api/note", {"paper_id": papers[0], "text": f"Read again on day {self._number}."})
        if self._number % 5 == 0:
            self._send("/api/follow", {"kind": "phrase", "value": ("sparse graphs", "warm neptune")[self._number % 2]})
        self._until_idle()

    def _has_learned(self) -> bool:
        """A model is fitted after each rating, also one that is held back then."""
        learned = '"action": "refit"', f'"ratings": {self._ratings},'
        return any(all(words in line for words in learned) for line in self.system.log_tail(100).splitlines())

    def _until_idle(self) -> None:
        self._until(lambda: self.system.with_jetstream(_is_idle), "no event waits")

    def _until(self, condition: object, what: str) -> None:
        assert callable(condition)
        eventually_sync(condition, _SECONDS, f"day {self._number}: {what}", self.system.log_tail)

    def _send(self, path: str, content: dict[str, object]) -> None:
        headers = {"Origin": self.system.reader}
        answer = httpx.post(f"{self.system.reader}{path}", json=content, headers=headers, timeout=60, trust_env=False)
        assert answer.status_code < 400, f"{path}: {answer.status_code} {answer.text[:300]}"


async def _is_idle(stream: JetStreamContext) -> bool:
    infos = [await stream.consumer_info(STREAM, consumer.durable) for consumer in CONSUMERS]
    return not any((info.num_pending or 0) + (info.num_ack_pending or 0) for info in infos)
