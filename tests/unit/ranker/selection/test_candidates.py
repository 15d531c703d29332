"""Which papers may compete."""

import pytest

from services.ranker.selection.candidates import contender, exclusion_of
from shared.contracts import Exclusion, Label
from tests.unit.ranker.world import World, paper_id


@pytest.mark.parametrize(
    ("withdrawn", "label", "exclusion"),
    [
        (False, None, None),
        (False, "like", "already_read"),
        (False, "dislike", "disliked"),
        (True, None, "withdrawn"),
        (True, "dislike", "withdrawn"),
    ],
)
def test_withdrawn_and_rated_papers_cannot_be_picked(
    world: World, withdrawn: bool, label: Label | None, exclusion: Exclusion | None
) -> None:
    world.add_metadata(1, withdrawn=withdrawn)
    assert exclusion_of(world.metadata.get([paper_id(1)])[paper_id(1)], label) == exclusion


def test_a_paper_without_metadata_is_excluded_by_its_rating_only() -> None:
    assert [exclusion_of(None, label) for label in (None, "dislike")] == [None, "disliked"]


@pytest.mark.parametrize(
    ("excluded", "revised", "remaining", "returns"),
    [
        ("already_read", True, None, True),
        ("already_read", False, "already_read", False),
        ("disliked", True, "disliked", False),
        (None, True, None, False),
    ],
)
def test_only_a_new_version_of_a_liked_paper_returns(
    excluded: Exclusion | None, revised: bool, remaining: Exclusion | None, returns: bool
) -> None:
    made = contender("2611.00001", 0.5, excluded, revised, None)
    assert (made.excluded, made.returns) == (remaining, returns)
