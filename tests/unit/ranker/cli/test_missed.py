"""`papersys missed` as a person types it."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from shared.store.people.missed import MissedStore, MissRates
from tests.support.checks.command_line import run_command
from tests.support.people.missed import CLICK, MISSED, missed_week
from tests.support.people.missed_days import WALKS, MissedDays
from tests.unit.ranker.world import World, paper_id

SETTINGS = """
[data]
path = "{folder}"
min_free_mb = 0

[embedding]
model = "test"

[embedding.models.test]
name = "test"
dimension = 8

[ranker]
per_day = 3
explore = 0
audit = 0
diversity = 0.0
"""


def test_before_the_first_week_it_says_how_to_look_now(world: World) -> None:
    assert "`papersys missed --now` looks now" in run_command("missed").out
    assert run_command("missed", "--json").out.strip() == "null"


def test_the_last_week_is_shown_with_what_to_type(world: World) -> None:
    hostile = CLICK.model_copy(update={"kind": "author", "value": "A $(rm x) 'B'", "label": "A"})
    boost = CLICK.model_copy(update={"kind": "boost", "value": "3fa90c12", "label": "sparse graphs"})
    paper = MISSED.model_copy(update={"paper_id": paper_id(4), "nearest_like": "", "clicks": (CLICK, hostile, boost)})
    MissedStore(world.data).put(missed_week(paper))
    told = run_command("missed").out
    for words in (
        "and missed by your picks: 1",
        "Paper 4 on graphs",
        "it ranked 212 of 391",
        "papersys follow phrase 'quantum walks'",
        "papersys follow author 'A $(rm x) '\"'\"'B'\"'\"''",
        "papersys interests boost 3fa90c12",
        "You would like 6.0% of the papers that are not shown",
    ):
        assert words in told
    assert json.loads(run_command("missed", "--json").out)["papers"][0]["rank"] == 212


def test_where_nothing_helps_that_is_said(world: World) -> None:
    paper = MISSED.model_copy(update={"paper_id": paper_id(4), "clicks": (), "tried": 0})
    MissedStore(world.data).put(missed_week(paper, rates=MissRates(), more=2))
    told = run_command("missed").out
    assert "No single click would mend this: none of its authors or words" in told
    assert "2 more were missed" in told
    assert "no blind check was drawn" in told


def test_looking_now_needs_no_running_system_and_stores_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    days = MissedDays(tmp_path / "data", start=datetime.now(UTC) - timedelta(days=16))
    days.find_walks(*WALKS)
    settings = tmp_path / "papersys.toml"
    settings.write_text(SETTINGS.format(folder=tmp_path / "data"))
    monkeypatch.setenv("PAPERSYS_CONFIG", str(settings))
    week = json.loads(run_command("missed", "--now", "--json").out)
    assert len(week["papers"]) == 5
    assert [click["value"].casefold() for click in week["papers"][0]["clicks"]] == ["quantum walks"]
    assert MissedStore(days.data).newest("me") is None
