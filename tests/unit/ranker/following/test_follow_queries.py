"""Follows as filters of the keyword index."""

from datetime import UTC, datetime

import pytest

from services.ranker.following.follow_queries import filters_of_follow
from services.ranker.search.query.filters import Filters
from services.ranker.search.query.parsed_query import Term
from shared.contracts import FollowKind
from shared.store.people.follows import Follow
from shared.store.tagging.tag_index import TagIndex

NOON = datetime(2026, 11, 6, 12, tzinfo=UTC)
PHRASE = ("graph", "or", "networks")


@pytest.mark.parametrize(
    ("kind", "value", "filters"),
    [
        ("author", "Ada Lovelace", Filters(names=(Term(("ada", "lovelace"), "authors"),))),
        ("phrase", 'graph" OR networks*', Filters(either=(Term(PHRASE, "title"), Term(PHRASE, "abstract")))),
        ("category", "CS.lg", Filters(categories=("cs.LG",))),
        ("category", "nowhere", None),
        ("search", "graphs from:2026", Filters(required=(Term(("graphs",)),))),
        ("search", "***", None),
        ("search", "from:2026", None),
    ],
)
def test_a_follow_is_words_in_a_column_or_a_category(kind: FollowKind, value: str, filters: Filters | None) -> None:
    assert filters_of_follow(Follow(kind=kind, value=value, at=NOON), TagIndex(tags={})) == filters
