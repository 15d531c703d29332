"""The papers that arrived, in an index in memory with the tokenizer of the big one, to be asked once by each follow."""

import sqlite3
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from services.ranker.following.follow_queries import FollowQuery, query_of
from services.ranker.search.keywords import TOKENIZER, texts_of
from shared.store.follows import Follow, FollowStore
from shared.store.papers.metadata import MetadataStore, Paper
from shared.store.tags import TagStore

_PAPERS_AT_ONCE = 1_000


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
        self._authors: list[tuple[str, ...]] = []

    def add(self, papers: Mapping[str, Paper]) -> None:
        rows = ((number, *texts_of(paper)) for number, paper in enumerate(papers.values(), len(self._ids)))
        self._connection.executemany(
            "insert into words(rowid, title, abstract, authors, categories) values (?, ?, ?, ?, ?)", rows
        )
        self._ids += [paper.paper_id for paper in papers.values()]
        self._authors += [paper.authors for paper in papers.values()]

    def matching(self, query: FollowQuery) -> frozenset[str]:
        """The papers that match a follow."""
        if not query.expression:
            return frozenset()
        found = self._connection.execute("select rowid from words where words match ?", (query.expression,))
        return frozenset(self._ids[row] for (row,) in found if query.lets(self._authors[row]))


class FollowsOfPapers:
    """Which follows of a user match papers that arrive. The papers of one day are indexed once for all users."""

    def __init__(self, follows: FollowStore, tags: TagStore, metadata: MetadataStore) -> None:
        self._follows, self._tags, self._metadata = follows, tags, metadata
        self._turn = threading.Lock()
        self._indexed: tuple[frozenset[str], ArrivingPapers] | None = None

    def matched(self, user: str, paper_ids: Sequence[str]) -> list[MatchedFollow]:
        """The follows that match any of these papers, in the order in which they began."""
        follows = self._follows.of(user)
        if not follows or not paper_ids:
            return []
        tags = self._tags.index()
        with self._turn:
            papers = self._arriving(paper_ids)
            matched = [MatchedFollow(follow, papers.matching(query_of(follow, tags))) for follow in follows]
        return [match for match in matched if match.paper_ids]

    def _arriving(self, paper_ids: Sequence[str]) -> ArrivingPapers:
        wanted = frozenset(paper_ids)
        if self._indexed is None or self._indexed[0] != wanted:
            papers = ArrivingPapers()
            for start in range(0, len(paper_ids), _PAPERS_AT_ONCE):
                papers.add(self._metadata.get(paper_ids[start : start + _PAPERS_AT_ONCE]))
            self._indexed = wanted, papers
        return self._indexed[1]


MatchFollows = Callable[[str, Sequence[str]], Sequence[MatchedFollow]]
"""The follows of a user that match some papers, as `FollowsOfPapers.matched` finds them."""
