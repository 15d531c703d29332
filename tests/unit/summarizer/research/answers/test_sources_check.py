"""Sentences of answers against what they cite."""

import pytest

from services.summarizer.research.answers.sources_check import NO_SOURCE, check, problem_of
from services.summarizer.research.loop.question import Said
from tests.unit.summarizer.research.answers.test_relevance import evidence

HEADS = evidence("In this work we employ 8 parallel attention layers, or heads.")
DAYS = evidence("The big models were trained for 300,000 steps, which took 3.5 days.").model_copy(update={"number": 2})
EVIDENCE = (HEADS, DAYS)


@pytest.mark.parametrize(
    ("text", "sources", "why"),
    [
        ("The model employs 8 parallel attention heads.", (1,), ""),
        ("The model employs 16 parallel attention heads.", (1,), "“16” is not in its quote"),
        ("The model employs 8 parallel attention heads of BERT.", (1,), "“BERT” is not in the sentences"),
        ("Whales employ nothing at all.", (), NO_SOURCE),
        ("Whales employ nothing at all.", (9,), NO_SOURCE),
        ("The big models were not trained for 300,000 steps.", (2,), "may say the opposite"),
    ],
)
async def test_numbers_names_and_negations_must_stand_in_the_sources(
    text: str, sources: tuple[int, ...], why: str
) -> None:
    (checked,) = await check([Said(text=text, sources=sources)], EVIDENCE, None)
    assert why in checked.why
    assert bool(checked.why) == bool(why)


async def test_other_evidence_that_proves_a_sentence_takes_the_place_of_its_own() -> None:
    (checked,) = await check([Said(text="The big models were trained for 3.5 days.", sources=(1, 7))], EVIDENCE, None)
    assert (checked.why, checked.sources) == ("", (2,))


async def test_a_problem_is_told_in_words() -> None:
    (checked,) = await check(
        [Said(text="The model employs 16 parallel attention heads.", sources=(1,))], EVIDENCE, None
    )
    assert problem_of(checked).startswith("'The model employs 16 parallel attention heads.' does not follow")


FRENCH = evidence("On English-to-French translation the big model achieves a BLEU score of 41.0.")
GERMAN = evidence("The big model was evaluated on English-to-German translation, too.").model_copy(update={"number": 2})


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (
            "On English-to-German translation the big model achieves a BLEU score of 41.0.",
            "“41.0” is said of English-to-",
        ),
        ("On English-to-French translation the big model achieves a BLEU score of 41.0.", ""),
        ("The big model was evaluated on English-to-German, and achieves 41.0 BLEU on English-to-French.", ""),
    ],
)
async def test_a_number_of_one_source_is_not_told_of_what_another_names(text: str, why: str) -> None:
    (checked,) = await check([Said(text=text, sources=(1, 2))], (FRENCH, GERMAN), None)
    assert why in checked.why
    assert bool(checked.why) == bool(why)
