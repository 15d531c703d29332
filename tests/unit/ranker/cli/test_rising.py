"""`papersys rising`, as a person types it."""

import json
from typing import Any

import pytest

from shared.contracts import RisingReply
from tests.support.checks.command_line import run_command
from tests.unit.ranker.world import World, paper_id

CONCEPT: dict[str, Any] = {
    "name": "sparse attention",
    "also": ["long context"],
    "weeks": 4,
    "papers": 9,
    "groups": 8,
    "weeks_before": 20,
    "groups_before": 1,
    "growth": 32.0,
    "least": 3.5,
    "p_value": 0.004,
    "earliest": [paper_id(4)],
    "nearest": [paper_id(8)],
}


@pytest.fixture
def asked(world: World, monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Whether a new look was asked for, each time."""
    world.add_papers(4, 8)
    times: list[bool] = []

    def rising(settings: object, user: str, *, again: bool) -> RisingReply:
        times.append(again)
        concepts = [CONCEPT, {**CONCEPT, "name": "far off", "inside": False}]
        basis = {"as_of": "2026-11-01", "weeks": 24, "inside": 4100, "outside": 4000}
        return RisingReply.model_validate(
            {"concepts": concepts, **basis, "note": "" if concepts else "Not enough yet."}
        )

    monkeypatch.setattr("services.ranker.commands.rising", rising)
    return times


def test_concepts_are_shown_with_their_growth_and_papers(asked: list[bool]) -> None:
    done = run_command("rising", "--again")
    lines = done.out.splitlines()
    assert (done.code, asked) == (0, [True])
    assert lines[:2] == ["In your fields", "sparse attention (also: long context)"]
    assert "  9 papers by 8 independent author groups in the last 4 weeks; 1 group in the 20 weeks before" in done.out
    assert [line.split()[0] for line in lines if line.startswith("    ")][:2] == [paper_id(4), paper_id(8)]
    assert lines.index("Just outside your fields") < lines.index("far off (also: long context)")
    assert "24 weeks up to 1 November 2026: 4,100 papers of your fields and 4,000 just outside" in done.out


def test_programs_get_json(asked: list[bool]) -> None:
    reply = json.loads(run_command("rising", "--json").out)
    assert [concept["name"] for concept in reply["concepts"]] == ["sparse attention", "far off"]
    assert asked == [False]


def test_nothing_that_rises_says_why(world: World) -> None:
    assert run_command("rising").out.startswith("Not enough yet: you like 0 papers that have a vector")
