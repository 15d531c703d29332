"""What lately matches what a user follows."""

from services.ranker.following.follow_queries import filters_of_follow
from services.ranker.search.searcher import REFRESH_SECONDS, Searcher
from shared.contracts import Followed, FollowedReply, FollowMatches
from shared.search.index_failures import Damaged
from shared.store.people.follows import Follow, FollowStore
from shared.store.tagging.tags import TagIndex, TagStore

_MOST_COUNTED = 100
_NOTHING_TO_FIND = "There is nothing to look for in it."


class RecentMatches:
    """Reads everything, writes only the derived index."""

    def __init__(self, follows: FollowStore, tags: TagStore, searcher: Searcher) -> None:
        self._follows, self._tags, self._searcher = follows, tags, searcher

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
        filters = filters_of_follow(follow, tags)
        if filters is None:
            return FollowMatches(kind=follow.kind, value=follow.value, problem=_NOTHING_TO_FIND)
        found = self._searcher.recent(filters, request.days, _MOST_COUNTED)
        return FollowMatches(
            kind=follow.kind,
            value=follow.value,
            paper_ids=tuple(found[: request.limit]),
            total=len(found),
            at_least=len(found) >= _MOST_COUNTED,
        )
