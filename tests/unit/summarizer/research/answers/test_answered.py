"""Whether what was kept is an answer."""

import pytest

from services.summarizer.research.answers.answered import why_not_answered
from services.summarizer.research.answers.relevance import asked_of
from services.summarizer.research.loop.question import Said
from tests.unit.summarizer.research.answers.test_relevance import evidence

GIVEN = evidence("The Transformer reaches 28.4 BLEU on English-to-German translation.")
KEPT = (Said(text="It reaches 28.4 BLEU.", sources=(1,)),)


@pytest.mark.parametrize(
    ("question", "why"),
    [
        ("What BLEU does the Transformer reach on English-to-German translation?", ""),
        ("What BLEU does the Transformer reach on English-to-Japanese translation?", "“English-to-Japanese” stands"),
        ("How do volcanoes and earthquakes shape islands in the ocean?", "do not speak of what it asks"),
    ],
)
def test_names_and_words_of_the_question_must_stand_in_the_papers(question: str, why: str) -> None:
    found = why_not_answered(asked_of(question), KEPT, [GIVEN], {GIVEN.paper_id: GIVEN.text}, {}, by_model=True)
    assert why in found
    assert bool(found) == bool(why)


def test_a_model_needs_evidence_that_is_near() -> None:
    far = GIVEN.model_copy(update={"cosine": 0.1, "coverage": 0.2})
    asked = asked_of("What BLEU does the Transformer reach?")
    assert "something else" in why_not_answered(asked, KEPT, [far], {far.paper_id: far.text}, {}, by_model=True)
    assert "no sentence" in why_not_answered(asked, (), [far], {}, {}, by_model=True)


def test_a_sentence_full_of_formulas_is_near_by_its_words_in_a_paper_that_speaks_of_all_that_is_asked() -> None:
    asked = asked_of("Which attention heads does it employ?")
    hidden = GIVEN.model_copy(update={"cosine": 0.2, "coverage": 0.55})
    texts = {GIVEN.paper_id: GIVEN.text}
    assert why_not_answered(asked, KEPT, [hidden], texts, {GIVEN.paper_id: 1.0}, by_model=True) == ""
    assert why_not_answered(asked, KEPT, [hidden], texts, {GIVEN.paper_id: 0.5}, by_model=True) != ""


def test_a_question_in_another_language_is_told_why_nothing_answers_it() -> None:
    foreign = GIVEN.model_copy(update={"cosine": 0.2, "coverage": 0.0})
    asked = asked_of("Wie genau zählt das Netz Seevögel?")
    assert "language of the papers" in why_not_answered(asked, (), [foreign], {}, {}, by_model=False)
    assert "no sentence" in why_not_answered(asked, (), [GIVEN], {}, {}, by_model=False)
