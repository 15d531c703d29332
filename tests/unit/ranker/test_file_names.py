"""Names of files for users and runs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.ranker.evaluation.commands import evaluate
from services.ranker.file_names import file_name, user_folder
from services.ranker.subscribers import register_interests
from shared.contracts import Interests
from tests.unit.ranker.world import World

pytestmark = pytest.mark.attack


@pytest.mark.parametrize("user", ["outbox", "arrivals", "backgrounds", "OutBox", "seeds-minilm.npz"])
def test_a_users_folder_is_never_one_of_the_rankers_own(user: str) -> None:
    assert user_folder(user).startswith(f"{user.partition('.')[0]}-")
    assert user_folder(user) != file_name(user)


@pytest.mark.parametrize("user", ["me", "you", "outbox2", "an.na"])
def test_other_users_keep_the_folder_that_they_have(user: str) -> None:
    assert user_folder(user) == user


@pytest.mark.parametrize("user", ["outbox", "arrivals", "backgrounds"])
async def test_nothing_that_is_kept_for_a_user_lies_in_a_folder_of_the_rankers_own(world: World, user: str) -> None:
    """The ranker reads all files of these folders as its own: a model, facets or an evaluation there are none."""
    register_interests(world.bus, world.ranker.interests)
    world.say("like", *range(100, 124, 4), user=user)
    world.say("dislike", *range(101, 125, 4), user=user)
    await world.ranker.learner.current(user)
    await world.bus.responders[Interests](Interests(user=user))
    evaluate(world.settings, user)
    kept = {"model.json", "interests.json", "backtest.json"}
    assert kept <= {path.name for path in world.data.path("state", "ranker", user_folder(user)).iterdir()}
    assert not kept & {path.name for path in world.data.path("state", "ranker", user).glob("*")}


@given(st.text(st.characters(exclude_categories=()), max_size=300))
def test_any_name_is_one_safe_path_segment(text: str) -> None:
    for name in (file_name(text), user_folder(text)):
        assert 0 < len(name) <= 120
        assert name.isascii()
        assert not name.startswith(".")
        assert "/" not in name
