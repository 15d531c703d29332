"""`papersys features` and `papersys evaluate --signals`, as a person types them."""

import json
from datetime import timedelta

from shared.store.people.preferences import Rating
from shared.store.people.signals import Signal, SignalStore
from tests.support.checks.command_line import run_command
from tests.unit.ranker.world import MORNING, World, paper_id


def live(world: World) -> None:
    """Some days of ratings and saves."""
    world.ratings.append(
        Rating(f"r{n}", paper_id(n), "me", "like", "test", "me", 1.0, MORNING + timedelta(days=n // 8 - 10))
        for n in range(4, 60, 4)
    )
    SignalStore(world.data).append(
        Signal(f"s{n}", "me", paper_id(n), "save", "reader", MORNING + timedelta(days=n // 8 - 20))
        for n in range(80, 120, 4)
    )


def test_features_are_shown_as_of_a_moment(world: World) -> None:
    live(world)
    then = run_command("features", paper_id(132), "--at", "2026-10-24T08:00", "--json")
    content = json.loads(then.out)
    assert content["at"] == "2026-10-24T08:00:00+00:00"
    assert (content["user"]["likes"], content["user"]["saved"]) == (1, 2)  # not those of that very moment
    assert content["papers"][paper_id(132)]["saved"] > 0
    shown = run_command("features", paper_id(132), paper_id(900))
    assert shown.code == 0
    assert f"{paper_id(132)}: nearness to papers that were saved +" in shown.out
    assert f"{paper_id(900)}: it has no vector" in shown.out


def test_before_the_first_rating_there_is_nothing_and_a_wrong_time_is_told(world: World) -> None:
    assert "days since the last rating: none yet" in run_command("features").out
    wrong = run_command("features", "--at", "soon")
    assert (wrong.code, "'soon' is not a valid time" in wrong.err) == (2, True)


def test_whether_signals_help_is_evaluated_and_then_told_by_evaluate_and_interests(world: World) -> None:
    live(world)
    assert "has not been evaluated yet." in run_command("evaluate").out
    shown = run_command("evaluate", "--signals")
    assert shown.code == 0
    assert "10 saved" in shown.out
    assert "too few ratings came after them to tell" in shown.out
    content = json.loads(run_command("evaluate", "--signals", "--json").out)
    assert (content["setting"], content["used"], content["papers"]["saved"]) == ("auto", False, 10)
    assert "too few ratings came after them" in run_command("evaluate").out
    assert "too few ratings came after them" in run_command("interests").out
