"""What the reader shows: every dataset behind one lock, because pages are built in several threads."""

import copy
import itertools
import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime

from services.publisher.records.all_results import AllResults
from services.publisher.records.document_records import DocumentRecords
from services.publisher.records.short_texts import ShortTexts
from services.publisher.records.tag_records import TagRecords
from shared.contracts import DEFAULT_USER, FollowKind
from shared.paper_ids import is_local
from shared.result_search import FoundResult, Series
from shared.store.files.data_folder import DataFolder
from shared.store.harvests.runs import HarvestRun, RunStore
from shared.store.papers.documents import DocumentStore
from shared.store.papers.links import Link, LinkStore
from shared.store.papers.metadata import MetadataStore, Paper
from shared.store.papers.results import PaperResults, ResultStore
from shared.store.papers.revisions import Revision, RevisionStore
from shared.store.papers.rows import title_of
from shared.store.papers.summaries import Summary
from shared.store.people.follows import Follow, FollowStore
from shared.store.people.missed import MissedStore, MissedWeek
from shared.store.research.cited_papers import CitedPapers, CitingAnswer
from shared.store.selections import Candidate, SelectionStore
from shared.store.tagging.canonical_summaries import CanonicalSummaries
from shared.store.tagging.tags import TagStore
from shared.store.vectors.embeddings import VectorStore

PICKED = "picked"
_READ_AT_ONCE = 50
_PAUSE_SECONDS = 0.002
_SLOTS = ("top", "revised", "requested", "explore", "audit")


class Records:
    """Papers, picks, summaries, tags and links of one user. The stores keep what they read until a file changes."""

    def __init__(self, data: DataFolder, model: str, user: str = DEFAULT_USER) -> None:
        self.user = user
        self._lock = threading.RLock()
        self._metadata = MetadataStore(data)
        self._vectors = VectorStore(data, model)
        self._selections = SelectionStore(data)
        self._links = LinkStore(data)
        self.documents = DocumentRecords(DocumentStore(data), self._lock)
        self._runs = RunStore(data)
        self._revisions, self._cited = RevisionStore(data), CitedPapers(data)
        self._results = ResultStore(data)
        self._all_results = AllResults()
        tags = TagStore(data)
        self._summaries = CanonicalSummaries(data, tags)
        self.tags = TagRecords(tags, self._summaries, self._metadata, self._lock)
        self._short_texts = ShortTexts(self._metadata)
        self._follows = FollowStore(data)
        self._missed = MissedStore(data)

    def of(self, user: str) -> "Records":
        """The same records, with the picks of another user; what was read is shared."""
        others = copy.copy(self)
        others.user, others._selections = user, self._selections.of(user)
        return others

    def read_ahead(self) -> None:
        """Read every summary and link, and which papers each day had; pages that are asked for meanwhile come first."""
        summaries = self._summaries.newest()
        while True:
            with self._lock:
                read = list(itertools.islice(summaries, _READ_AT_ONCE))
            if not read:
                break
            time.sleep(_PAUSE_SECONDS)
        self.tags.counts()
        self.tags.categories()
        self._selections.outcomes("")
        for paper_id in self.summarised_ids()[-1:]:
            self.links(paper_id)

    def papers(self, paper_ids: Iterable[str]) -> dict[str, Paper]:
        """Metadata by id; unknown ids are left out."""
        return self._metadata.get(paper_ids)

    def every_title(self) -> Iterator[tuple[str, str]]:
        """Id and title of everything that was harvested, month by month; takes its time."""
        for month in self._metadata.months():
            yield from ((paper_id, title_of(row)) for paper_id, row in self._metadata.rows(month).items())

    def short_texts(self, paper_ids: Iterable[str]) -> Mapping[str, str]:
        """For each paper the id, title and authors in one text, with case folded."""
        with self._lock:
            return self._short_texts.of(paper_ids)

    def embedded(self, paper_ids: Iterable[str]) -> int:
        """How many of these papers have a vector."""
        return len(self._vectors.has(paper_ids))

    def days(self) -> list[date]:
        """Days with a selection, newest first."""
        with self._lock:
            return self._selections.days()

    def runs_of(self, day: date) -> list[str]:
        """The harvests from which a day's papers were selected."""
        with self._lock:
            return self._selections.runs(day)

    def candidates(self, day: date) -> list[Candidate]:
        """Every paper that was ranked on a day, picked or not."""
        with self._lock:
            return [candidate for candidate in self._selections.day(day) if candidate.user == self.user]

    def outcomes(self, paper_id: str) -> list[Candidate]:
        """What became of a paper in each selection, newest first."""
        return [candidate for candidate in self._selections.outcomes(paper_id) if candidate.user == self.user]

    def picks(self) -> list[Candidate]:
        """Every pick, newest day first."""
        with self._lock:
            return list(self._selections.picks())

    def summaries(self, paper_ids: Iterable[str]) -> dict[str, Summary]:
        """Summaries with their tags as the index has them now: a merge shows everywhere at once."""
        with self._lock:
            return self._summaries.get_many(paper_ids)

    def summarised_ids(self) -> list[str]:
        with self._lock:
            return self._summaries.ids()

    def summaries_stamp(self) -> str:
        """Changes whenever a summary or the tags of one change."""
        with self._lock:
            return self._summaries.fingerprint()

    def links(self, paper_id: str) -> list[Link]:
        """The links of a paper in both directions, best first."""
        with self._lock:
            return self._links.of(paper_id)

    def results_of(self, paper_id: str) -> PaperResults | None:
        """The numbers of a paper's tables; None where they were not read."""
        with self._lock:
            return self._results.get(paper_id)

    def results(self) -> list[PaperResults]:
        """The numbers of every paper's tables, by month."""
        return self._read_results().records

    def best_results(self) -> Mapping[Series, list[FoundResult]]:
        """The best own result of each paper, by what can be compared."""
        return self._read_results().best

    def _read_results(self) -> AllResults:
        with self._lock:
            stamp = self._results.fingerprint()
            if self._all_results.stamp != stamp:
                self._all_results.take(stamp, self._results.all())
            return self._all_results

    def revision(self, paper_id: str) -> Revision | None:
        """How far a paper that somebody knows is followed, and what its last new version changed."""
        if is_local(paper_id):
            return None
        with self._lock:
            return self._revisions.get(paper_id)

    def withdrawals_stamp(self) -> str:
        """Changes whenever a paper may have been withdrawn: with what arXiv says of papers, or with their files."""
        with self._lock:
            return f"{self._metadata.fingerprint()} {self._revisions.fingerprint()}"

    def revisions_since(self, moment: datetime) -> list[Revision]:
        """What was found since then, the newest first."""
        with self._lock:
            found = [one for one in self._revisions.all() if one.found_at and one.found_at >= moment]
        return sorted(found, key=lambda one: str(one.found_at), reverse=True)

    def citing_answers(self) -> list[CitingAnswer]:
        """The user's answers that cite papers."""
        return self._cited.of_user(self.user)

    def latest_run(self) -> HarvestRun | None:
        with self._lock:
            return self._runs.latest()

    def follows(self) -> list[Follow]:
        """What the user follows, in the order in which it began."""
        return self._follows.of(self.user)

    def missed_weeks(self) -> list[MissedWeek]:
        """What the user's picks missed, newest week first."""
        return self._missed.of(self.user)

    def newest_missed(self) -> MissedWeek | None:
        return self._missed.newest(self.user)

    def is_followed(self, kind: FollowKind, value: str) -> bool:
        return self._follows.has(self.user, kind, value)


def picks_of(candidates: Iterable[Candidate]) -> list[Candidate]:
    """The picks, each paper once: top picks first, then requested papers, then explorations."""
    best: dict[str, Candidate] = {}
    for pick in sorted((entry for entry in candidates if entry.outcome == PICKED), key=_by_slot_and_rank):
        best.setdefault(pick.paper_id, pick)
    return list(best.values())


def _by_slot_and_rank(pick: Candidate) -> tuple[int, bool, int, str]:
    slot = _SLOTS.index(pick.slot) if pick.slot in _SLOTS else len(_SLOTS)
    return slot, pick.rank is None, pick.rank or 0, pick.paper_id
