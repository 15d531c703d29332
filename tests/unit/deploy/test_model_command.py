"""`papersys model list|use|compare` and `evaluate`, as a person types them."""

import asyncio
import json
from datetime import timedelta
from pathlib import Path

import pytest

from shared.store.preferences import Rating
from tests.support.command_line import run_command
from tests.unit.ranker.world import MORNING, World, paper_id


def learn(world: World) -> None:
    world.clock.pass_seconds(60)
    asyncio.run(world.ranker.learner.current())


def learn_twice(world: World) -> list[str]:
    """Two models; the ids as `model list` prints them, newest first."""
    world.say("like", 4, 8)
    learn(world)
    world.say("like", *range(12, 60, 4))
    world.say("dislike", 1)
    learn(world)
    listed = run_command("model", "list")
    assert listed.code == 0
    return [line.split()[0] for line in listed.out.splitlines() if not line.startswith(" ")]


def test_ids_are_listed_whole_and_can_be_given_back(world: World) -> None:
    newest, oldest = learn_twice(world)
    assert [one["model_id"] for one in json.loads(run_command("model", "list", "--json").out)] == [newest, oldest]
    used = run_command("model", "use", oldest)
    assert (used.code, used.out) == (0, f"{oldest} is in use, until `papersys model use newest`.\n")
    assert f"{oldest}  in use, chosen by you" in run_command("model", "list").out
    assert "likes 14, dislikes 1, similarity" in run_command("model", "list").out
    back = run_command("model", "use", "newest")
    assert (back.code, back.out) == (0, f"{newest} is in use, and learns on.\n")


def test_a_beginning_is_enough_where_it_is_one_models_only(world: World) -> None:
    newest, oldest = learn_twice(world)
    same = next(place for place in range(99) if newest[place] != oldest[place])
    assert run_command("model", "use", oldest[: same + 1]).out.startswith(oldest)
    both = run_command("model", "use", oldest[:same])
    assert both.code == 1
    assert all(name in both.err for name in (newest, oldest, "2 models begin with"))


@pytest.mark.parametrize("arguments", [("use", "2020"), ("use", ""), ("use", "../../x"), ("compare", "2020")])
def test_a_model_that_is_not_kept_is_named_with_where_to_look(world: World, arguments: tuple[str, str]) -> None:
    done = run_command("model", *arguments)
    assert (done.code, done.out) == (1, "")
    assert f"There is no model {arguments[1]!r}; `papersys model list`" in done.err


def test_two_models_are_compared_in_one_sentence(world: World) -> None:
    newest, oldest = learn_twice(world)
    done = run_command("model", "compare", oldest[:-1])
    assert done.code == 0
    assert done.out.startswith("on 13 later ratings the older model is right by")
    assert "no later ratings" in run_command("model", "compare", newest, oldest).out


def test_before_anything_was_learned_there_is_an_empty_list_and_nothing_to_compare(world: World) -> None:
    assert run_command("model", "list").out == "Nothing was learned yet.\n"
    assert run_command("model", "list", "--json").out == "[]\n"
    assert run_command("model", "use", "newest").code == 1
    assert run_command("model", "use").code == 2


def judge_for_days(world: World) -> None:
    said = [(n, "like" if n % 4 == 0 else "dislike") for n in range(4, 60) if n % 4 in (0, 1)]
    world.ratings.append(
        Rating(f"v{n}", paper_id(n), "me", label, "test", "me", 1.0, MORNING + timedelta(days=n // 4))  # type: ignore[arg-type]
        for n, label in said
    )


def test_an_evaluation_is_a_table_a_plot_and_a_picture(world: World, tmp_path: Path) -> None:
    judge_for_days(world)
    picture = tmp_path / "evaluation.png"
    done = run_command("evaluate", "--plot", str(picture))
    assert done.code == 0
    for shown in ("TF-IDF centroid", "TF-IDF LinearSVC", "mean similarity", "max similarity", "plain regression"):
        assert shown in done.out
    assert "each from earlier days' ones." in done.out
    assert "Brier score (o papersys, . base rate) by ratings" in done.out
    assert picture.read_bytes().startswith(b"\x89PNG")
    found = json.loads(run_command("evaluate", "--json").out)
    assert [one["method"] for one in found["backtest"]["metrics"]][-1] == "papersys"
    assert found["backtest"]["metrics"][0]["brier"] is None
    old = found["replay"]  # the old names, for programs
    assert [one["recipe"] for one in old["figures"]] == [one["method"] for one in found["backtest"]["metrics"]]
    assert old["course"] == found["backtest"]["learning_curve"]


def test_a_picture_that_cannot_be_written_and_ratings_that_are_missing_are_one_line(
    world: World, tmp_path: Path
) -> None:
    none = run_command("evaluate")
    assert (none.code, none.err.count("\n")) == (1, 1)
    assert "There are no ratings yet" in none.err
    judge_for_days(world)
    for wrong in (tmp_path / "nowhere" / "x.png", tmp_path):
        done = run_command("evaluate", "--plot", str(wrong))
        assert (done.code, "cannot be written" in done.err, done.err.count("\n")) == (1, True, 1)


def test_ratings_of_one_day_are_evaluated_and_said_to_be_of_one_day(world: World) -> None:
    world.say("like", *range(4, 40, 4))
    world.say("dislike", *range(1, 40, 4))
    done = run_command("evaluate")
    assert done.code == 0
    assert "each from those given before it (from a single day; more days are more reliable)." in done.out
