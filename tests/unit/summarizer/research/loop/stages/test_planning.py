"""Plans without a model: what the question's own words say."""

from datetime import date

import pytest

from services.summarizer.research.loop.question import Question, Turn
from services.summarizer.research.loop.stages.planning import is_foreign, narrowed, standing_alone
from shared.contracts import Corpus, now

BEFORE = (Turn(question="How are positions encoded in the Transformer?", answer="By sines."),)


@pytest.mark.parametrize(
    ("question", "corpus"),
    [
        ("What does 1706.03762v5 say of heads?", Corpus(paper_ids=("1706.03762",))),
        ("What do papers in cs.CL say?", Corpus(categories=("cs.CL",))),
        ("Which papers since 2024 use trees?", Corpus(from_date=date(2024, 1, 1))),
        ("Do papers before 2024 use trees?", Corpus(until_date=date(2023, 12, 31))),
        ("What has been used since 2017?", Corpus()),
        ("Is the rate 1234.56789 or e.g. 3.14159?", Corpus()),
    ],
)
def test_ids_categories_and_years_narrow_the_corpus(question: str, corpus: Corpus) -> None:
    assert narrowed(Corpus(), question) == corpus


def test_a_corpus_that_was_given_is_never_widened() -> None:
    given = Corpus(paper_ids=("1706.03762",), categories=("cs.LG",))
    assert narrowed(given, "What do 1512.03385 and cs.CL say?") == given


@pytest.mark.parametrize(
    ("question", "with_history", "begins"),
    [
        ("And why not learned?", True, "How are positions"),
        ("Does it scale?", True, "How are positions"),
        ("Which optimizer was used for training the encoder stack?", True, "Which optimizer"),
        ("Does it scale?", False, "Does it"),
    ],
)
def test_a_follow_up_that_points_back_is_read_with_what_it_points_to(
    question: str, with_history: bool, begins: str
) -> None:
    asked = Question(question=question, asked_at=now(), history=BEFORE if with_history else ())
    assert standing_alone(asked).startswith(begins)


IN_ENGLISH = "Which BLEU score does the Transformer reach?"


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Welchen BLEU-Wert erreicht der Transformer?", True),
        ("Quel score BLEU atteint le Transformer ?", True),
        ("Transformer 达到的 BLEU 分数是多少?", True),
        ("Was kostet das Training?", True),
        ("What does the training cost?", False),
        ("how good at translation", False),
        ("BLEU score Transformer", False),
        ("ROUGE of PEGASUS, with how many parameters?", False),
    ],
)
def test_a_question_in_another_language_is_known_by_its_words(question: str, expected: bool) -> None:
    assert is_foreign(question, IN_ENGLISH) is expected
