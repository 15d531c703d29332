"""The papers that arrived, in an index in memory that is like the big one, to be asked by each follow."""

import threading
import time
from collections.abc import Callable, Sequence
from typing import NamedTuple

from services.ranker.following.follow_queries import filters_of_follow
from services.ranker.search.index.memory_index import MemoryIndex
from shared.store.papers.metadata import MetadataStore
from shared.store.people.follows import Follow, FollowStore
from shared.store.tagging.tags import TagIndex, TagStore

_PAPERS_AT_ONCE = 1_000
_KEPT_SECONDS = 600.0
_MOST_KEPT = 20_000


class MatchedFollow(NamedTuple):
    """A follow and the papers that match it."""

    follow: Follow
    paper_ids: frozenset[str]


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
        self._papers, self._begun_at = MemoryIndex(), monotonic()

    def matched(self, user: str, paper_ids: Sequence[str]) -> list[MatchedFollow]:
        """The follows that match any of these papers, in the order in which they began."""
        follows = self._follows.of(user)
        if not follows or not paper_ids:
            return []
        tags, asked = self._tags.index(), frozenset(paper_ids)
        with self._turn:
            self._index(paper_ids)
            matched = [MatchedFollow(follow, asked & self._matching(follow, tags)) for follow in follows]
        return [match for match in matched if match.paper_ids]

    def _matching(self, follow: Follow, tags: TagIndex) -> frozenset[str]:
        filters = filters_of_follow(follow, tags)
        return self._papers.passing(filters) if filters else frozenset()

    def _index(self, paper_ids: Sequence[str]) -> None:
        """Add what is not indexed yet; from time to time all is forgotten, as texts change and memory is dear."""
        if self._monotonic() - self._begun_at > _KEPT_SECONDS or len(self._papers) > _MOST_KEPT:
            self._papers, self._begun_at = MemoryIndex(), self._monotonic()
        missing = self._papers.missing(paper_ids)
        for start in range(0, len(missing), _PAPERS_AT_ONCE):
            self._papers.add(self._metadata.get(missing[start : start + _PAPERS_AT_ONCE]).values())


MatchFollows = Callable[[str, Sequence[str]], Sequence[MatchedFollow]]
"""The follows of a user that match some papers, as `FollowsOfPapers.matched` finds them."""
