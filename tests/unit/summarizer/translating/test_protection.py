"""What must not be translated comes back as it was, or the sentence counts as not translated."""

import pytest
from hypothesis import given

from services.summarizer.translating.protection import protected, restored
from tests.support.arxiv.hostile_text import ANY_TEXT


@pytest.mark.parametrize(
    ("sentence", "masked"),
    [
        ("Let $x$ be [@smith, p. 3] and `code`.", "Let ⟦1⟧ be ⟦2⟧ and ⟦3⟧."),
        ("See [our code](https://example.org/x) and [fig:model][^2].", "See [our code⟦1⟧ and ⟦2⟧⟦3⟧."),
        ("$$\na = b\n$$ costs $5 and https://x.org/a.", "⟦1⟧ costs $5 and ⟦2⟧"),
        ("Nothing ⟦7⟧ here.", "Nothing [7] here."),
    ],
)
def test_pieces_are_replaced_by_marks(sentence: str, masked: str) -> None:
    assert protected(sentence)[0] == masked


def test_a_mark_that_is_lost_doubled_or_made_up_is_noticed() -> None:
    _, pieces = protected("From $a$ to [@b].")
    assert restored("Bis ⟦2⟧ von ⟦ 1 ⟧.", pieces) == "Bis [@b] von $a$."
    for wrong in ("Von ⟦1⟧.", "⟦1⟧ ⟦2⟧ ⟦2⟧", "⟦1⟧ ⟦2⟧ ⟦3⟧", ""):
        assert restored(wrong, pieces) is None


@given(ANY_TEXT)
def test_what_is_masked_is_restored(text: str) -> None:
    masked, pieces = protected(text)
    assert restored(masked, pieces) == text.replace("⟦", "[").replace("⟧", "]")
