"""What replays are called, and which request goes on with which."""

from datetime import date

from deploy.replaying.names import is_the_same_work, name_of
from shared.store.keeping.replays import ReplayRequest

EMBED = ReplayRequest(stage="embed", model="e5")
RANK = ReplayRequest(stage="rank", changes={"diversity": 0.4}, first_day=date(2026, 11, 2), last_day=date(2026, 11, 9))


def test_the_same_request_has_the_same_name_and_another_one_another() -> None:
    assert name_of(EMBED) == name_of(EMBED.model_copy(update={"first_day": date(2026, 1, 1)})) == "embed-e5"
    assert name_of(RANK) == name_of(RANK.model_copy(update={"users": ("ada",)}))
    assert name_of(RANK).startswith("rank-20261102-20261109-")
    assert name_of(RANK) != name_of(RANK.model_copy(update={"changes": {"diversity": 0.5}}))


def test_odd_names_of_models_make_plain_folders() -> None:
    summarize = ReplayRequest(stage="summarize", model="../Qwen 2.5:7b")
    assert name_of(summarize).startswith("summarize-qwen-2.5-7b-")
    assert name_of(ReplayRequest(stage="embed", model="///")) == "embed-model"


def test_a_longer_period_goes_on_where_vectors_are_made_and_nowhere_else() -> None:
    longer = {"first_day": date(2020, 1, 1)}
    assert is_the_same_work(EMBED, EMBED.model_copy(update=longer))
    assert not is_the_same_work(RANK, RANK.model_copy(update=longer))
    assert is_the_same_work(RANK, RANK.model_copy(update={"most_cost": 3.0}))
