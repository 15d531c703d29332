"""Text that people see: on one line, with nothing that acts on a terminal, without passwords."""

import json

from hypothesis import given
from hypothesis import strategies as st

from shared.text.safe.plain_text import harmless, harmless_json, one_line, shortened, without_credentials


@given(st.text())
def test_one_line_is_one_line_and_printable_text_stays(text: str) -> None:
    line = one_line(text)
    assert len(line.splitlines()) <= 1
    assert harmless(line) == line
    if text.isprintable() and text.isascii():
        assert line == text


@given(st.text(), st.integers(min_value=2, max_value=50))
def test_a_shortened_text_is_cut_and_says_so(text: str, longest: int) -> None:
    short = shortened(text, longest)
    assert len(short) <= longest
    assert "\n" not in short


@given(st.dictionaries(st.text(), st.text(st.characters(codec="utf-8"))))
def test_harmless_json_says_the_same(content: dict[str, str]) -> None:
    text = json.dumps(content)
    assert json.loads(harmless_json(text)) == content


def test_an_address_loses_its_user_and_password() -> None:
    assert without_credentials("nats://me:secret@host:4222 is away") == "nats://***@host:4222 is away"
