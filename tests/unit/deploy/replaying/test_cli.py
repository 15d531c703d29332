"""What is typed after `papersys replay`, as a request."""

from datetime import date

import pytest
import typer

from deploy.replaying.cli import _change, _period, _request


@pytest.mark.parametrize(
    ("text", "change"),
    [
        ("diversity=0.4", ("diversity", 0.4)),
        ("ranker.per_day=15", ("per_day", 15)),
        ("use_signals=off", ("use_signals", "off")),
        ('seeds=["2403.12345"]', ("seeds", ["2403.12345"])),
        ("language=a=b", ("language", "a=b")),
    ],
)
def test_a_changed_setting_is_json_or_text(text: str, change: tuple[str, object]) -> None:
    assert _change(text, "ranker") == change


@pytest.mark.parametrize("text", ["diversity", "=0.4", ""])
def test_what_is_no_setting_is_refused(text: str) -> None:
    with pytest.raises(typer.BadParameter, match="KEY=VALUE"):
        _change(text, "ranker")


def test_a_period_is_read_and_said() -> None:
    request = _request("rank", "2026-11-02", None, changes=["diversity=0.4"])
    assert (request.first_day, request.last_day, request.changes) == (date(2026, 11, 2), None, {"diversity": 0.4})
    assert _period(request) == "rank from 2026-11-02 to today"
    assert _period(_request("embed", None, "2026-11-09", model="e5")) == "embed from the beginning to 2026-11-09"
    with pytest.raises(typer.BadParameter, match="not a valid date"):
        _request("rank", "november", None)
    with pytest.raises(typer.BadParameter, match="--from is after --to"):
        _request("rank", "2026-11-09", "2026-11-02")
