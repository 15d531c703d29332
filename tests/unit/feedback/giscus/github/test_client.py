"""GitHub is asked within its limits: every wait that it asks for is kept, and every refusal is said."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from shared.errors import PermanentFailure, TemporaryFailure
from tests.unit.feedback.giscus.world import NOON, PAPER, World, after, world


def liked(here: World) -> None:
    here.server.react(here.server.discuss(PAPER, NOON), "ada", "HEART", after(1))


@pytest.mark.parametrize(
    ("faults", "waits"),
    [
        ({"secondary": 3}, [1, 2, 4]),
        ({"silent_secondary": 3}, [60, 120, 240]),
        ({"bad_gateways": 2}, [2, 5]),
        ({"broken": 3}, [2, 5, 15]),
        ({"garbage": 1}, [2]),
    ],
)
async def test_what_passes_is_waited_for_and_nothing_is_lost(
    tmp_path: Path, faults: dict[str, Any], waits: list[float]
) -> None:
    with world(tmp_path) as here:
        liked(here)
        for name, count in faults.items():
            setattr(here.server.faults, name, count)
        await here.read()
    assert here.slept == waits
    assert here.label() == "like"


async def test_a_page_that_is_too_much_at_once_is_asked_for_in_smaller_ones(tmp_path: Path) -> None:
    with world(tmp_path) as here:
        for number in range(1, 40):
            here.server.discuss(f"2611.{number:05d}", after(number))
        here.server.faults.heavy_above = 15
        report = await here.read()
    assert report.discussions == 39
    assert {facts["first"] for name, facts, _ in here.server.questions if name == "Discussions"} == {12}


async def test_the_points_of_an_hour_are_kept_to_and_the_reading_goes_on_where_it_stood(tmp_path: Path) -> None:
    with world(tmp_path, {"limit": 6}, points_left=2) as here:
        here.now = datetime.now(UTC) + timedelta(days=1)
        here.server.reset_at = here.now + timedelta(minutes=40)
        for number in range(1, 400):
            here.server.discuss(f"2611.{number:05d}", after(number))
        report = await here.read()
        assert here.server.refusals == 0
    assert (report.discussions, report.is_whole) == (399, True)
    assert [round(seconds / 60) for seconds in here.slept][:1] == [40]


async def test_points_that_other_programs_spent_are_waited_for(tmp_path: Path) -> None:
    with world(tmp_path, {"limit": 5}) as here:
        liked(here)
        here.now = datetime.now(UTC)
        here.server.used, here.server.reset_at = 5, here.now + timedelta(minutes=10)
        await here.read()
    assert here.slept == [pytest.approx(600, abs=5)]
    assert here.label() == "like"


async def test_who_has_no_patience_is_told_when_to_come_again(tmp_path: Path) -> None:
    with world(tmp_path) as here:
        here.server.faults.silent_secondary = 1
        async with here.reader(patience_seconds=30) as (reader, _):
            with pytest.raises(TemporaryFailure, match="Asking GitHub again at 12:01:00 UTC") as raised:
                await reader.read(here.publish)
    assert raised.value.retry_in_seconds == 60
    assert here.slept == []


async def test_an_expired_token_is_said_with_what_to_do(tmp_path: Path) -> None:
    with world(tmp_path) as here:
        here.server.faults.token_expired = True
        with pytest.raises(PermanentFailure, match=r"refuses the token \(401\).*PAPERSYS_GISCUS__TOKEN") as raised:
            await here.read()
    assert "github_pat" not in str(raised.value)
    assert here.slept == []


async def test_without_a_token_nothing_is_asked(tmp_path: Path) -> None:
    with world(tmp_path, token=None) as here:
        with pytest.raises(PermanentFailure, match="needs a token"):
            await here.read()
        assert here.server.refusals == 0


async def test_a_server_that_stays_away_is_given_up_after_a_while(tmp_path: Path) -> None:
    with world(tmp_path) as here:
        here.server.faults.dies_after = 0
        with pytest.raises(TemporaryFailure, match="cannot be reached"):
            await here.read()
    assert here.slept == [2, 5, 15, 60]
