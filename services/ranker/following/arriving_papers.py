"""The papers that arrived, in an index in memory with the tokenizer of the big one, to be asked by each follow."""

import sqlite3
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from services.ranker.following.follow_queries import FollowQuery, query_of
from services.ranker.search.keywords import TOKENIZER, texts_of
from shared.store.papers.metadata import MetadataStore, Paper
from shared.store.people.follows import Follow, FollowStore
from shared.store.tagging.tags import TagStore

_PAPERS_AT_ONCE = 1_000
_KEPT_SECONDS = 600.0
_MOST_KEPT = 20_000


class MatchedFollow(NamedTuple):
    """A follow and the papers that match it."""

    follow: Follow
    paper_ids: frozenset[str]


class ArrivingPapers:
    """Papers that can be asked. Their texts are not kept."""

    def __init__(self) -> None:
        self._connection = sqlite3.connect(":memory:", check_same_thread=False)
        self._connection.execute(
            "create virtual table words using fts5(title, abstract, authors, categories, content='',"
            f" tokenize='{TOKENIZER}')"
        )
        self._ids: list[str] = []
        self._known: set[str] = set()
        self._authors: list[tuple[str, ...]] = []

    def __len__(self) -> int:
        return len(self._ids)

    def missing(self, paper_ids: Sequence[str]) -> list[str]:
        """Those of these papers that cannot be asked yet."""
        return [paper_id for paper_id in paper_ids if paper_id not in self._known]

    def add(self, papers: Mapping[str, Paper]) -> None:
        rows = ((number, *texts_of(paper)) for number, paper in enumerate(papers.values(), len(self._ids)))
        self._connection.executemany(
            "insert into words(rowid, title, abstract, authors, categories) values (?, ?, ?, ?, ?)", rows
        )
        self._ids += [paper.paper_id for paper in papers.values()]
        self._known |= papers.keys()
        self._authors += [paper.authors for paper in papers.values()]

    def matching(self, query: FollowQuery) -> frozenset[str]:
        """The papers that match a follow."""
        if not query.expression:
            return frozenset()
        found = self._connection.execute("select rowid from words where words match ?", (query.expression,))
        return frozenset(self._ids[row] for (row,) in found if query.lets(self._authors[row]))


class FollowsOfPapers:
    """Which follows of a user match papers that arrive. A paper is indexed once for all users, for some minutes."""

    def __init__(
        self,
        follows: FollowStore,
        tags: TagStore,
        metadata: MetadataStore,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._follows, self._tags, self._metadata, self._monotonic = follows, tags, metadata, monotonic
        self._turn = threading.Lock()
        self._papers, self._begun_at = ArrivingPapers(), monotonic()

    def matched(self, user: str, paper_ids: Sequence[str]) -> list[MatchedFollow]:
        """The follows that match any of these papers, in the order in which they began."""
        follows = self._follows.of(user)
        if not follows or not paper_ids:
            return []
        tags, asked = self._tags.index(), frozenset(paper_ids)
        with self._turn:
            self._index(paper_ids)
            matched = [
                MatchedFollow(follow, asked & self._papers.matching(query_of(follow, tags))) for follow in follows
            ]
        return [match for match in matched if match.paper_ids]

    def _index(self, paper_ids: Sequence[str]) -> None:
        """Add what is not indexed yet; from time to time all is forgotten, as texts change and memory is dear."""
        if self._monotonic() - self._begun_at > _KEPT_SECONDS or len(self._papers) > _MOST_KEPT:
            self._papers, self._begun_at = ArrivingPapers(), self._monotonic()
        missing = self._papers.missing(paper_ids)
        for start in range(0, len(missing), _PAPERS_AT_ONCE):
            self._papers.add(self._metadata.get(missing[start : start + _PAPERS_AT_ONCE]))


MatchFollows = Callable[[str, Sequence[str]], Sequence[MatchedFollow]]
"""The follows of a user that match some papers, as `FollowsOfPapers.matched` finds them."""
