"""`papersys interests` and its `boost`, `mute` and `clear`, as a person types them."""

import json
from typing import Any

import pytest

from shared.contracts import ChangeFacet, ChangeFacetReply, InterestsReply, SetFacetPreference, SetFacetPreferenceReply
from tests.support.checks.command_line import run_command
from tests.unit.ranker.world import World, paper_id

FACET: dict[str, Any] = {
    "key": "3fa90c12",
    "name": "graphs that grow",
    "paper_ids": [paper_id(4), paper_id(8)],
    "share": 0.25,
    "lift": 3.0,
    "lift_low": 2.0,
    "lift_high": 4.5,
    "lift_within": 2.0,
    "p_value": 0.005,
    "categories": [["cs.LG", 2]],
    "problem": ["growth"],
}


@pytest.fixture
def facets(world: World, monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What the profile finds; a test may change it."""
    given = [FACET]

    def interests(settings: object, user: str) -> InterestsReply:
        return InterestsReply.model_validate({"facets": given, "likes": 8, "sample": 100})

    monkeypatch.setattr("services.ranker.commands.interests", interests)
    return given


def test_a_facet_is_shown_with_its_evidence_and_newest_papers(facets: list[dict[str, Any]]) -> None:
    done = run_command("interests")
    assert done.code == 0
    lines = done.out.splitlines()
    assert lines[:2] == ["graphs that grow", "  3fa90c12 · 2 of 8 likes (25%), steady"]
    assert lines[2] == "  about 3 times more than by chance (2 to 4)"
    assert lines[3:5] == ["  in cs.LG 2", "  problem: growth"]
    assert [line.split()[0] for line in lines[5:7]] == [paper_id(8), paper_id(4)]
    assert lines[-1] == "Based on 8 likes, compared with 100 random papers."


@pytest.mark.parametrize(
    ("change", "heading"),
    [
        ({"preference": "boost"}, "graphs that grow · boosted"),
        ({"paused": True}, "graphs that grow · paused"),
        (
            {"paused": True, "paused_until": "2026-12-24T00:00:00Z", "reset_at": "2026-11-02T08:00:00Z"},
            "graphs that grow · paused until 2026-12-24 · reset on 2026-11-02",
        ),
        ({"preference": "mute", "crosses": True}, "graphs that grow · spans fields · muted"),
    ],
)
def test_what_was_said_of_a_facet_stands_beside_its_name(
    facets: list[dict[str, Any]], change: dict[str, Any], heading: str
) -> None:
    facets[:] = [{**FACET, **change, "named_by": "cs.SI"}]
    out = run_command("interests").out
    assert out.splitlines()[0] == heading
    assert "in cs.LG 2 · largely covered by cs.SI" in out


def test_interests_as_json_are_the_reply(facets: list[dict[str, Any]]) -> None:
    reply = json.loads(run_command("interests", "--json").out)
    assert (reply["likes"], reply["facets"][0]["key"]) == (8, "3fa90c12")


def test_few_likes_are_said_to_be_few(world: World) -> None:
    done = run_command("interests")
    assert (done.code, "0 papers" in done.out) == (0, True)


@pytest.mark.parametrize(
    ("command", "text"),
    [("boost", "Boosted: x.\n"), ("mute", "Muted: x.\n"), ("clear", "Neither boosted nor muted: x.\n")],
)
def test_a_preference_is_confirmed(world: World, monkeypatch: pytest.MonkeyPatch, command: str, text: str) -> None:
    def set_facet_preference(settings: object, request: SetFacetPreference) -> SetFacetPreferenceReply:
        assert request.key == "3fa90c12"
        content = {"key": request.key, "name": "x", "preference": request.preference}
        return SetFacetPreferenceReply.model_validate(content)

    monkeypatch.setattr("services.ranker.commands.set_facet_preference", set_facet_preference)
    done = run_command("interests", command, "3fa90c12")
    assert (done.code, done.out) == (0, text)


@pytest.mark.parametrize(
    ("arguments", "action", "text"),
    [
        (("pause", "3fa90c12"), "pause", "Paused until you resume it: x. Its 8 likes do not count for picks;"),
        (("pause", "3fa90c12", "--until", "2099-12-24"), "pause", "Paused until 2099-12-24: x. Its 8 likes do not"),
        (("pause", "3fa90c12", "--days", "7"), "pause", "Paused until "),
        (("resume", "3fa90c12"), "resume", "Resumed: x."),
        (("reset", "3fa90c12"), "reset", "Reset: x. Its 8 likes do not count for picks;"),
        (("reset", "3fa90c12", "--undo"), "undo_reset", "No longer reset: x."),
    ],
)
def test_a_pause_and_a_reset_are_confirmed(
    world: World, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], action: str, text: str
) -> None:
    def change_facet(settings: object, request: ChangeFacet) -> ChangeFacetReply:
        assert (request.key, request.action) == ("3fa90c12", action)
        return ChangeFacetReply(key=request.key, name="x", paused_until=request.until, likes=8)

    monkeypatch.setattr("services.ranker.commands.change_facet", change_facet)
    done = run_command("interests", *arguments)
    assert (done.code, done.out[: len(text)]) == (0, text)


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [(("--until", "soon"), "'soon' is not a valid date"), (("--until", "2099-01-01", "--days", "7"), "not both")],
)
def test_a_pause_with_an_end_that_is_none_is_one_line(world: World, arguments: tuple[str, ...], problem: str) -> None:
    done = run_command("interests", "pause", "3fa90c12", *arguments)
    assert (done.code, done.out) == (1, "")
    assert problem in done.err


def test_a_facet_that_is_not_there_is_one_line(world: World) -> None:
    done = run_command("interests", "boost", "none")
    assert (done.code, done.out, done.err.count("\n")) == (1, "", 1)
