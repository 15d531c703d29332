"""What a model wrote is cut of everything that is no plain statement."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.summarizer.evidence.plain_answers import plain_answer, without_unseen


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("See ![x](http://evil/a.png?d=1) here.", "See here."),
        ("[Click](javascript:alert(1)) me", "Click me"),
        ("Visit https://evil.example/x?y=1 now, or www.evil.com.", "Visit now, or"),
        ("<img src=x onerror=alert(1)>Hi <b>you</b>", "Hi you"),
        ("a\u200bb\u202ec\u2066\U000e0041d\ufe0f\u3164", "abcd"),
        ("![a][b] text", "text"),
        ("data:text/html;base64,xxx is", "is"),
        ("This data: an example, and the file: foo.", "This data: an example, and the file: foo."),
        ("It holds for 3 < 5 and $x_1^2$ with **force**.", "It holds for 3 < 5 and $x_1^2$ with force."),
        ("速度提高了3.5倍。", "速度提高了3.5倍。"),
    ],
)
def test_links_pictures_html_and_unseen_characters_go_and_words_stay(text: str, plain: str) -> None:
    assert plain_answer(text, 200) == plain


@given(st.text(max_size=200))
def test_no_unseen_character_is_left(text: str) -> None:
    assert not any(unicodedata.category(char) in ("Cf", "Cs", "Co") for char in plain_answer(text, 100))
    assert len(plain_answer(text, 100)) <= 100


@given(st.text(alphabet="<>a/!?script img=\"'[]()!:htpsjav.", max_size=80))
def test_no_element_and_no_address_begins(text: str) -> None:
    plain = plain_answer(text, 100)
    assert "<a" not in plain
    assert "</" not in plain
    assert "http://" not in plain


def test_plain_ascii_is_not_touched() -> None:
    assert without_unseen("Plain words,\nin lines.\t") == "Plain words,\nin lines.\t"
