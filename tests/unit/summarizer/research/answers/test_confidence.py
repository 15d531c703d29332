"""How far an answer can be trusted."""

from services.summarizer.research.answers.confidence import confidence_of
from services.summarizer.research.loop.question import Said
from tests.unit.summarizer.research.answers.test_relevance import evidence

KEPT = (Said(text="A tree holds runs.", sources=(1,)),)


def test_what_was_struck_and_what_papers_dispute_speak_against_an_answer() -> None:
    given = (evidence("A tree holds runs."),)
    plain = confidence_of(KEPT, 0, given, 0)
    assert 0 < confidence_of(KEPT, 2, given, 0).value < plain.value < 1
    assert confidence_of(KEPT, 0, given, 2).value < plain.value
    assert {factor.name for factor in plain.factors} == {"relevance", "checked", "papers", "agreement"}


def test_no_answer_has_no_confidence() -> None:
    assert confidence_of((), 3, (), 0).value == 0
