"""`papersys why`, as a person types it; a rank never looks like a probability."""

import re

from tests.support.checks.command_line import run_command
from tests.unit.ranker.cli.test_picks import LIKE_A_PROBABILITY, judge_much
from tests.unit.ranker.world import World, paper_id

MATCH = "a (strong|fair|weak) match"


def test_why_tells_a_rank_from_a_probability(world: World) -> None:
    assert f"{paper_id(12)}: no ratings or seeds to compare it with yet" in run_command("why", paper_id(12)).out
    world.say("like", 4, 8)
    few = run_command("why", paper_id(12))
    first, *rest = few.out.splitlines()
    assert any(re.search(r"\+\d\.\d+  2611.000\d\d .*, which you liked on \d{4}-\d\d-\d\d$", line) for line in rest)
    few_say = r"scores higher than \d+% of recent papers \(not a probability; similarity\)"
    assert re.fullmatch(rf"2611.00012: ({MATCH}; )?{few_say}", first)
    assert not LIKE_A_PROBABILITY.search("\n".join(line for line in rest if not line.startswith("  +")))
    judge_much(world)
    much = run_command("why", paper_id(112)).out
    assert re.match(rf"2611.00112: {MATCH}; \d+% likely that you like it \(regression\)", much)
    assert run_command("why", "2410.1285").code == 2


def test_without_a_rating_the_list_is_shown_with_its_current_ranks(world: World) -> None:
    world.say("like", 100, 101)
    done = run_command("why", paper_id(100), "--without")
    assert re.search(r" *1\. 2611\.\d{5}  currently (\d+|not listed)  Paper", done.out)
    assert not LIKE_A_PROBABILITY.search(done.out)
    missing = run_command("why", paper_id(7), "--without")
    assert (missing.code, "The model knows no rating of me on 2611.00007" in missing.err) == (1, True)
