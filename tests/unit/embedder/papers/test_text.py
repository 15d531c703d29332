"""The text of a paper that is embedded, and the hash by which a change of it is noticed."""

import pytest

from services.embedder.papers.text import hash_of, normalised, text_of
from tests.support.papers.embedder import paper


@pytest.mark.parametrize(
    ("title", "abstract", "text"),
    [
        ("A title", "An abstract.", "A title. An abstract."),
        ("A  title", "An\n  abstract.", "A title. An abstract."),
        ("", "...", ""),
        ("", "", ""),
    ],
)
def test_title_and_abstract_are_one_line_and_nothing_where_no_word_is(title: str, abstract: str, text: str) -> None:
    assert text_of(paper("2401.00001", title, abstract)) == text


def test_one_text_has_one_hash_however_its_letters_are_composed() -> None:
    composed, decomposed = "Erd\u0151s", "Erdo\u030bs"
    assert hash_of(normalised(decomposed)) == hash_of(composed)
    assert hash_of("a") != hash_of("b")
    assert len(hash_of("\ud800")) == 32
