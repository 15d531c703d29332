"""`papersys best` and `rank`, as a person types them; a rank never looks like a probability."""

import asyncio
import json
import re

import pytest

from tests.support.checks.command_line import run_command
from tests.unit.ranker.world import World, paper_id

LIKE_A_PROBABILITY = re.compile(r"\d ?%|(?<![\d.+-])(?<!cosine )0\.\d+")


def judge_much(world: World) -> None:
    world.say("like", *range(4, 100, 4))
    world.say("dislike", *range(1, 60, 4))


def test_the_best_unseen_papers_have_ranks_titles_and_reasons_and_few_ratings_give_no_probability(world: World) -> None:
    world.say("like", 4, 8)
    done = run_command("best", "--limit", "3")
    assert done.code == 0
    lines = done.out.splitlines()
    assert re.match(r" *1\. 2611\.\d{5}  ((strong|fair|weak) match  )?Paper \d+ on graphs", lines[0])
    assert "like “Paper" in lines[1]
    assert lines[-1].startswith("Ranked by similarity to papers you liked; no probabilities")
    assert not LIKE_A_PROBABILITY.search(done.out)
    assert {paper_id(4), paper_id(8)}.isdisjoint(done.out.split())


def test_with_many_ratings_the_best_papers_have_probabilities(world: World) -> None:
    judge_much(world)
    done = run_command("best", "--limit", "3")
    assert re.match(r" *1\. 2611\.\d{5}  (strong|fair|weak) match  \d+% likely  Paper \d+ on graphs", done.out)
    assert "Ranked by" not in done.out
    hits = json.loads(run_command("best", "--limit", "2", "--json").out)
    assert len(hits) == 2
    assert 0.5 < hits[0]["probability"] <= 1


def test_with_nothing_known_the_best_papers_are_said_to_be_typical(world: World) -> None:
    assert run_command("best").out.splitlines()[-1].startswith("No ratings or seeds yet")


@pytest.mark.parametrize("arguments", [("--days", "0"), ("--days", "40000"), ("--limit", "201"), ("--days", "x")])
def test_days_and_limits_out_of_range_are_wrong_use(world: World, arguments: tuple[str, str]) -> None:
    assert run_command("best", *arguments).code == 2


def test_a_selection_is_shown_by_ranks_and_made_once(world: World) -> None:
    world.say("like", 4, 8)
    asyncio.run(world.deliver(*range(20, 40), last=False, run_size=None))
    tried = run_command("rank", "--dry-run")
    assert "Would pick 3 of 20 papers" in tried.out
    done = run_command("rank")
    assert re.match(r" *1\. 2611\.\d{5}  top  ((strong|fair|weak) match  )?Paper \d+ on graphs", done.out)
    assert done.out.splitlines()[:-1] == tried.out.splitlines()[:-1]
    assert not LIKE_A_PROBABILITY.search(done.out)
    again = run_command("rank")
    assert (again.code, again.out) == (0, "No papers wait for a selection.\n")
    assert run_command("rank", "--day", "soon").code == 1
