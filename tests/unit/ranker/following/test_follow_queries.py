"""Follows as expressions of the keyword index, safe whatever was followed."""

from datetime import UTC, datetime

import pytest

from services.ranker.following.follow_queries import query_of
from shared.contracts import FollowKind
from shared.store.people.follows import Follow
from shared.store.tagging.tag_index import TagIndex

NOON = datetime(2026, 11, 6, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("kind", "value", "expression"),
    [
        ("author", "Ada Lovelace", '{authors} : (NEAR("ada" "lovelace", 2))'),
        ("phrase", 'graph" OR networks*', '{title abstract} : (("graph" + "or" + "networks"))'),
        ("category", "CS.lg", '{categories} : ("zqcslg9")'),
        ("category", "nowhere", ""),
        ("search", "***", ""),
        ("search", "from:2026", ""),
    ],
)
def test_a_follow_is_words_in_quotes_within_a_column(kind: FollowKind, value: str, expression: str) -> None:
    assert query_of(Follow(kind=kind, value=value, at=NOON), TagIndex(tags={})).expression == expression


def test_two_names_side_by_side_are_no_name() -> None:
    query = query_of(Follow(kind="author", value="Wei Wang", at=NOON), TagIndex(tags={}))
    assert query.lets(("Li Na", "Wang, Wei"))
    assert not query.lets(("Li Wei", "Wang Bo"))
