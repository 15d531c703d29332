"""CSV that is appended to: a line is a record."""

from datetime import UTC, datetime

import pytest

from shared.store.files.csv_lines import dump_rows, read_moment, read_rows

LATEST = datetime(2026, 11, 6, tzinfo=UTC)


def test_what_is_written_is_read_and_a_header_may_order_its_columns() -> None:
    text = dump_rows([("a\nb", LATEST), ('"', 1)], ("name", "at"), with_header=True)
    assert [dict(row) for _, row in read_rows(text, ("name", "at"))] == [
        {"name": "a b", "at": "2026-11-06T00:00:00+00:00"},
        {"name": '"', "at": "1"},
    ]
    assert list(read_rows("at,name\n1,x\n", ("name", "at"))) == [(2, {"at": "1", "name": "x"})]


@pytest.mark.parametrize("text", ["", "yesterday", "1970-01-01", "2026-11-07"])
def test_a_moment_at_which_nothing_can_have_been_said_is_none(text: str) -> None:
    with pytest.raises(ValueError, match=text or "Invalid"):
        read_moment(text, LATEST)
