"""Passages with their marks, cut between words and never within a formula."""

import pytest

from services.ranker.search.query.parsed_query import parse_query
from services.ranker.search.snippets import mark_words, passage_of
from tests.unit.ranker.search.house import a_paper


def test_a_short_text_is_shown_whole() -> None:
    assert passage_of("We count ⟦walks⟧.") == "We count ⟦walks⟧."


@pytest.mark.parametrize(
    ("text", "passage"),
    [
        ("a b c d e f ⟦g⟧ h i j k l", "a b c d e f ⟦g⟧ h…"),
        ("a " * 20 + "⟦g⟧ h i j ⟦k⟧ l", "…a a a ⟦g⟧ h i j ⟦k⟧…"),
        ("⟦a⟧ b c d e f g h i j k l m n o ⟦p⟧ q ⟦r⟧", "…k l m n o ⟦p⟧ q ⟦r⟧"),
        ("a b c d e f g ⟦h i⟧ j", "a b c d e f g ⟦h⟧…"),
    ],
)
def test_the_passage_is_where_most_marks_are(text: str, passage: str) -> None:
    assert passage_of(text, 8) == passage


def test_a_formula_is_one_word() -> None:
    text = "x " * 30 + r"We ⟦bound⟧ $O(n \log n)$, and $$a + b + c$$ too. " + "y " * 30
    passage = passage_of(text, 16)
    assert r"⟦bound⟧ $O(n \log n)$, and $$a + b + c$$ too." in passage
    assert passage.count("$") % 2 == 0


def test_phrases_and_words_are_marked_by_their_stems() -> None:
    paper = a_paper(1, "Graph networks, pruned", "Networks of graphs; a graph network is pruned.")
    marked = mark_words([paper], parse_query('"graph network" pruning').terms)[paper.paper_id]
    assert marked.title == "⟦Graph networks⟧, ⟦pruned⟧"
    assert marked.passage == "Networks of graphs; a ⟦graph network⟧ is ⟦pruned⟧."


def test_names_of_tex_are_marked_as_words() -> None:
    paper = a_paper(1, r"Writing \LaTeX{} well", "Notes.")
    (marked,) = mark_words([paper], parse_query("latex").terms).values()
    assert marked.title == "Writing ⟦LaTeX⟧ well"
