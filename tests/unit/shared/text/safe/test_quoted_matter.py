"""What strangers wrote, before a language model reads it."""

import pytest
from hypothesis import given

from shared.text.safe.quoted_matter import quoted, quoted_line, seen
from tests.support.arxiv.hostile_text import ANY_TEXT


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("A\u200bB\u2060C\U000e0041\ufe0f", "ABC"),
        ("right \u202e left", "right \\u202e left"),
        ("\x1b[31mred", "\\x1b[31mred"),
        ("one\r\ntwo\rthree", "one\ntwo\nthree"),
        ("[here](https://evil.example)", "[here] (https://evil.example)"),
        ("![x](https://evil.example/x.png)", "! [x] (https://evil.example/x.png)"),
        ("$a_1 < b$ and 5 > 3", "$a_1 < b$ and 5 > 3"),
    ],
)
def test_what_hides_or_loads_is_taken_out_and_words_stay(text: str, shown: str) -> None:
    assert quoted(text) == shown


@given(ANY_TEXT)
def test_no_text_keeps_a_picture_or_a_link_and_a_line_is_one(text: str) -> None:
    assert "![" not in quoted(text)
    assert "\n" not in quoted_line(text)
    assert seen(seen(text)) == seen(text)
