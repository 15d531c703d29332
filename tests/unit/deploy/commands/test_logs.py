"""What `papersys logs` takes as a time and as a service."""

from datetime import UTC, datetime

import pytest
import typer

from deploy.commands.logs import known_program, parse_since

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("30m", datetime(2026, 11, 22, 11, 30, tzinfo=UTC)),
        ("2h", datetime(2026, 11, 22, 10, 0, tzinfo=UTC)),
        ("3d", datetime(2026, 11, 19, 12, 0, tzinfo=UTC)),
        ("2026-11-21T08:00:00+00:00", datetime(2026, 11, 21, 8, 0, tzinfo=UTC)),
        ("2026-11-21 08:00", datetime(2026, 11, 21, 8, 0).astimezone()),
    ],
)
def test_times_are_read_as_people_write_them(text: str, moment: datetime) -> None:
    assert parse_since(text, NOW) == moment


@pytest.mark.parametrize("text", ["yesterday", "", "99999999999d", "2026-13-01"])
def test_what_is_no_time_is_refused_with_examples(text: str) -> None:
    with pytest.raises(typer.BadParameter, match="write 30m"):
        parse_since(text, NOW)


def test_an_unknown_service_is_refused_with_the_names_of_all() -> None:
    assert known_program("ranker") == "ranker"
    with pytest.raises(typer.BadParameter, match="fetcher, embedder"):
        known_program("rankr")
