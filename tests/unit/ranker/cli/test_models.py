"""`papersys model list|use|compare`, as a person types them."""

import asyncio
import json

import pytest

from tests.support.checks.command_line import run_command
from tests.unit.ranker.world import World


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
    assert (used.code, used.out) == (0, f"Now using {oldest}, until you run `papersys model use newest`.\n")
    assert f"{oldest}  in use, chosen by you" in run_command("model", "list").out
    assert "to 14 likes and 1 dislike (similarity)" in run_command("model", "list").out
    back = run_command("model", "use", "newest")
    assert (back.code, back.out) == (0, f"Now using {newest}, which keeps learning from new ratings.\n")


def test_a_beginning_is_enough_where_it_is_one_models_only(world: World) -> None:
    newest, oldest = learn_twice(world)
    same = next(place for place in range(99) if newest[place] != oldest[place])
    assert run_command("model", "use", oldest[: same + 1]).out.startswith(f"Now using {oldest},")
    both = run_command("model", "use", oldest[:same])
    assert both.code == 1
    assert all(name in both.err for name in (newest, oldest, "2 models start with"))


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
    assert "No ratings were given after" in run_command("model", "compare", newest, oldest).out


def test_before_anything_was_learned_there_is_an_empty_list_and_nothing_to_compare(world: World) -> None:
    assert run_command("model", "list").out == "No model has been fitted yet.\n"
    assert run_command("model", "list", "--json").out == "[]\n"
    assert run_command("model", "use", "newest").code == 1
    assert run_command("model", "use").code == 2
