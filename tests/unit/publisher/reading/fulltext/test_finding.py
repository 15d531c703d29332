"""Words are found by their letters, however they are set."""

import pytest

from services.publisher.reading.fulltext.finding import find_words

TEXT = "Before. We count *walks* of\nlength $k$, and   bound them. After."


@pytest.mark.parametrize(
    ("words", "there"),
    [
        ("We count walks of length k, and bound them", "We count *walks* of\nlength $k$, and   bound them"),
        ("we count WALKS of", "We count *walks* of"),
        ("no such words stand here", None),
        ("walks", None),
    ],
)
def test_words_are_found_by_their_letters(words: str, there: str | None) -> None:
    found = find_words(words, TEXT)
    assert (TEXT[slice(*found)] if found else None) == there
