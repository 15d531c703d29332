"""Fields that somebody made for themselves."""

import numpy as np

from services.summarizer.roles.questions import best_answer, score_sentence, shortlist, similarities
from services.summarizer.settings import FieldSettings
from services.summarizer.text.passages import Passage
from services.summarizer.text.sentences import Sentence, sentences_of

SENTENCES = sentences_of(
    (
        Passage("Abstract", "Sorting very large files remains slow. Our data set of runs is open to everybody here."),
        Passage(
            "4 Data", "The runs were written by 12 machines in one year. Their licence is CC0 for all of the runs."
        ),
    )
)
LICENCE = FieldSettings(name="licence", instruction="Under which licence are the data?", cues=("licence", "license"))
DATA = FieldSettings(name="data", instruction="Which data?", sections=("data",))
ANY = FieldSettings(name="anything", instruction="What is slow?")


def test_cues_decide_without_vectors() -> None:
    assert best_answer(SENTENCES, LICENCE, None) == 3


def test_a_field_with_a_question_only_is_answered_by_likeness() -> None:
    assert best_answer(SENTENCES, ANY, None) is None
    assert best_answer(SENTENCES, ANY, np.array([0.7, 0.2, 0.1, 0.1], dtype=np.float32)) == 0
    assert best_answer(SENTENCES, ANY, np.array([0.2, 0.2, 0.1, 0.1], dtype=np.float32)) is None


def test_a_row_that_another_field_has_is_not_taken_again() -> None:
    assert best_answer(SENTENCES, LICENCE, None, {3}) is None


def test_a_section_counts_where_the_sentence_is_like_the_question() -> None:
    assert not score_sentence(SENTENCES[2], DATA).evident
    assert score_sentence(SENTENCES[2], DATA, 0.5).evident


def test_a_long_paper_is_cut_to_a_shortlist_that_keeps_the_abstract() -> None:
    long = [Sentence(f"The value of run number {n} stays in the same small range.", "Text", 0.5) for n in range(400)]
    short = shortlist([*SENTENCES, *long], (LICENCE,))
    assert len(short) == 120
    assert short[:4] == SENTENCES


def test_vectors_of_two_models_are_not_compared() -> None:
    two, three = np.ones((4, 2), dtype=np.float32), np.ones((1, 3), dtype=np.float32)
    assert similarities(two, three) is None
    assert similarities(two, None) is None
    found = similarities(two, two[:1])
    assert found is not None
    assert found.shape == (4, 1)
