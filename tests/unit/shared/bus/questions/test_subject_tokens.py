"""Any text becomes one token of a NATS subject, and two texts two."""

from hypothesis import given
from hypothesis import strategies as st

from shared.bus.questions.subject_tokens import token


def test_a_plain_text_stays_as_it_is() -> None:
    assert token("ranker-feedback_label") == "ranker-feedback_label"


@given(st.text(max_size=300))
def test_any_text_is_one_token(text: str) -> None:
    made = token(text)
    assert made
    assert made.isascii()
    assert not set(made) & set(". *>\t\n")
    assert len(made) <= 113


@given(st.text(max_size=30), st.text(max_size=30))
def test_two_texts_are_two_tokens(first: str, second: str) -> None:
    assert (token(first) == token(second)) == (first == second)
