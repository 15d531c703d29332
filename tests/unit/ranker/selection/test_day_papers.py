"""What all users share of a day's papers, and what each one's ratings exclude."""

import numpy as np
import pytest

from services.ranker.selection.day_papers import DayPapers, exclusion_of
from shared.contracts import Exclusion, Label
from shared.store.vectors.joined_vectors import open_joined
from tests.unit.ranker.world import MORNING, World, paper_id


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
    withdrawn: bool, label: Label | None, exclusion: Exclusion | None
) -> None:
    assert exclusion_of(withdrawn, label) == exclusion


def day_papers(world: World, *numbers: int) -> DayPapers:
    return DayPapers(open_joined(world.data, ["test"]), world.metadata, [paper_id(number) for number in numbers])


def test_each_users_ratings_exclude_papers_for_that_user_alone(world: World) -> None:
    world.add_papers(1, 2)
    world.add_papers(3, withdrawn=True)
    world.say("like", 1)
    world.say("dislike", 2, user="anna")
    papers = day_papers(world, 1, 2, 3, 4)
    assert papers.ids == [paper_id(1), paper_id(2), paper_id(3)]
    assert papers.excluded(world.ratings.current("me")) == ["already_read", None, "withdrawn"]
    assert papers.excluded(world.ratings.current("anna")) == [None, "disliked", "withdrawn"]


async def test_papers_projected_once_have_the_scores_of_papers_projected_for_each_user(world: World) -> None:
    world.add_papers(*range(1, 61))
    world.say("like", 1, 5, 9)
    world.say("like", 2, 6, 10, user="anna")
    papers = day_papers(world, *range(20, 61))
    for user in ("me", "anna", "me"):
        taste = await world.ranker.learner.current(user)
        alone = day_papers(world, *range(20, 61))
        assert np.array_equal(papers.scores(taste, MORNING), alone.scores(taste, MORNING))
        assert taste.regime == "similarity"
