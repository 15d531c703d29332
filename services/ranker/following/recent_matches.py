"""What lately matches what a user follows."""

from services.ranker.following.follow_queries import query_of
from services.ranker.search.keywords import Damaged
from services.ranker.search.searcher import REFRESH_SECONDS, Searcher
from shared.contracts import Followed, FollowedReply, FollowMatches
from shared.store.papers.metadata import MetadataStore
from shared.store.people.follows import Follow, FollowStore
from shared.store.tagging.tags import TagIndex, TagStore

_MOST_COUNTED = 100
_NOTHING_TO_FIND = "There is nothing to look for in it."


class RecentMatches:
    """Reads everything, writes only the derived index."""

    def __init__(self, follows: FollowStore, tags: TagStore, metadata: MetadataStore, searcher: Searcher) -> None:
        self._follows, self._tags, self._metadata, self._searcher = follows, tags, metadata, searcher

    def find(self, request: Followed) -> FollowedReply:
        """The newest matches of each follow. Blocks."""
        follows, tags = self._follows.of(request.user), self._tags.index()
        state = self._searcher.updater.refresh(REFRESH_SECONDS)
        try:
            matches = tuple(self._matches(follow, tags, request) for follow in follows)
        except Damaged:
            self._searcher.updater.mend()
            return FollowedReply(note="The search index was damaged and is built again; look again in a minute.")
        return FollowedReply(matches=matches, note=state.note)

    def _matches(self, follow: Follow, tags: TagIndex, request: Followed) -> FollowMatches:
        query = query_of(follow, tags)
        if not query.expression:
            return FollowMatches(kind=follow.kind, value=follow.value, problem=_NOTHING_TO_FIND)
        found = self._searcher.recent(query.expression, request.days, _MOST_COUNTED)
        if query.name:
            papers = self._metadata.get(found)
            found = [paper_id for paper_id in found if paper_id in papers and query.lets(papers[paper_id].authors)]
        return FollowMatches(
            kind=follow.kind,
            value=follow.value,
            paper_ids=tuple(found[: request.limit]),
            total=len(found),
            at_least=len(found) >= _MOST_COUNTED,
        )
