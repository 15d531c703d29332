"""`papersys evaluate`, as a person types it."""

import json
from datetime import timedelta
from pathlib import Path

from shared.store.people.preferences import Rating
from tests.support.checks.command_line import run_command
from tests.unit.ranker.world import MORNING, World, paper_id


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
    assert "each from ratings of earlier days." in done.out
    assert "Brier score by number of ratings (o papersys, . base rate; lower is better)" in done.out
    assert picture.read_bytes().startswith(b"\x89PNG")


def test_an_evaluation_as_json_has_its_old_names_as_well(world: World) -> None:
    judge_for_days(world)
    evaluation = json.loads(run_command("evaluate", "--json").out)
    backtest, replay = evaluation["backtest"], evaluation["replay"]
    assert backtest["metrics"][-1]["method"] == replay["figures"][-1]["recipe"] == "papersys"
    assert backtest["metrics"][0]["brier"] is replay["figures"][0]["brier"] is None
    assert backtest["learning_curve"] == replay["course"]
    assert (backtest["ratings"], backtest["base_brier"]) == (replay["ratings"], replay["base_brier"])
    assert {"shown", "missed", "is_one_day"} < set(evaluation)


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
    assert "All are from a single day; more days are more reliable." in done.out
