"""The papers that competed on past days, to be asked as follows ask papers that arrive."""

from collections.abc import Iterable, Sequence

from services.ranker.following.arriving_papers import MatchedFollow
from services.ranker.following.follow_queries import filters_of_follow
from services.ranker.search.index.memory_index import MemoryIndex
from shared.store.papers.metadata import MetadataStore
from shared.store.people.follows import Follow
from shared.store.tagging.tags import TagIndex

_PAPERS_AT_ONCE = 1_000


class PastPapers:
    """An index in memory of papers that are stored."""

    def __init__(self, metadata: MetadataStore, tags: TagIndex, paper_ids: Iterable[str]) -> None:
        self._tags, self._index = tags, MemoryIndex()
        names = sorted(set(paper_ids))
        for start in range(0, len(names), _PAPERS_AT_ONCE):
            self._index.add(metadata.get(names[start : start + _PAPERS_AT_ONCE]).values())

    def matching(self, follow: Follow) -> frozenset[str]:
        filters = filters_of_follow(follow, self._tags)
        return self._index.passing(filters) if filters else frozenset()

    def matched(self, follows: Sequence[Follow]) -> list[MatchedFollow]:
        return [MatchedFollow(follow, self.matching(follow)) for follow in follows]
