"""Whatever bytes come in, reading them as JSON is a value or a ValueError."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.text.safe.json_text import parse_json


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[" * 100_000,
        b"[" * 100_000 + b"]" * 100_000,
        '{"a":' * 5_000,
        '"\\ud800"',
        '"\ud800"',
        b'"\xed\xa0\x80"',
        b"\xff\xfe\x00",
        "NaN",
        "-Infinity",
        "9" * 1_000_000,
    ],
)
def test_what_is_no_sound_json_is_a_value_error(text: str | bytes) -> None:
    with pytest.raises(ValueError, match=r".+"):
        parse_json(text)


def test_sound_json_is_read() -> None:
    assert parse_json(b'{"a": [1, 2.5, null, "\\ud800\\udc00"]}') == {"a": [1, 2.5, None, "\U00010000"]}


@given(st.binary(max_size=200) | st.text(max_size=200))
def test_any_bytes_are_a_value_or_a_value_error(text: str | bytes) -> None:
    try:
        value = parse_json(text)
    except ValueError:
        return
    json.dumps(value).encode()
