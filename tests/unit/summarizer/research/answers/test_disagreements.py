"""Where papers contradict each other."""

from services.summarizer.research.answers.disagreements import are_of_different_papers, disagreements_in
from services.summarizer.research.loop.question import Said
from tests.unit.summarizer.research.answers.test_relevance import evidence

YES = evidence("Tournament trees improve the speed of external sorting.")
NO = evidence("Tournament trees do not improve the speed of external sorting.").model_copy(
    update={"number": 2, "paper_id": "2610.00002"}
)


def test_sentences_of_two_papers_that_turn_each_other_round_disagree() -> None:
    (told,) = disagreements_in([YES, NO])
    assert told.sources == (1, 2)
    assert disagreements_in([YES, NO.model_copy(update={"paper_id": YES.paper_id})]) == ()
    assert disagreements_in([YES, NO.model_copy(update={"cosine": 0.1})]) == ()


def test_a_model_has_to_name_two_papers() -> None:
    assert are_of_different_papers(Said(text="x", sources=(1, 2)), [YES, NO])
    assert not are_of_different_papers(Said(text="x", sources=(1,)), [YES, NO])
