"""Does a claim follow from its quotes? The labelled pairs, and what must hold for any claim."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.summarizer.evidence.support import by_meaning, by_signs
from tests.bench.reading.bench_claims import is_weak, measured, read_pairs

FOLDER = Path(__file__).parents[3] / "bench" / "reading"
QUOTE = "Our index is 3.5 times faster than a B-tree on 1,200 tables and needs no locks."


@pytest.mark.parametrize("name", ["claim_pairs", "claim_pairs_aside"])
def test_labelled_pairs_are_told_apart_by_words_alone(name: str) -> None:
    pairs = read_pairs(FOLDER / f"{name}.jsonl")
    figures = measured(pairs, is_weak)
    assert len(pairs) > 50
    assert float(str(figures["precision"])) >= 0.9
    assert float(str(figures["recall"])) >= 0.85


@pytest.mark.parametrize(
    ("claim", "why"),
    [
        ("It is 3.5x faster than a B-tree.", ""),
        ("It is 4.5x faster than a B-tree.", "“4.5x” is not in its quote"),
        ("It is 4.5x faster on 1,300 tables.", "“4.5x”, “1,300” are not in its quote"),
        ("The index needs locks.", "its quote may say the opposite"),
        ("The index is slower than a B-tree.", "its quote may say the opposite"),
        ("A B-tree is faster than our index.", "its quote may say the opposite"),
    ],
)
def test_what_is_wrong_is_said_in_words(claim: str, why: str) -> None:
    support = by_signs(claim, [QUOTE])
    assert support is not None
    assert support.why == why


def test_a_claim_may_take_its_numbers_from_several_quotes() -> None:
    quotes = [QUOTE, "It was tried on 18 machines."]
    assert by_signs("On 18 machines it was 3.5 times faster than a B-tree.", quotes) is not None
    assert not (by_signs("On 18 machines it was 3.5 times faster than a B-tree.", quotes) or by_meaning("", [], 1)).why


def test_of_another_language_only_the_numbers_are_compared() -> None:
    support = by_signs("索引快3.5倍。", [QUOTE], "zh")
    assert support is not None
    assert (support.why, support.by_meaning) == ("", False)


def test_without_vectors_shared_words_decide_and_with_them_both() -> None:
    claim = "The lookup structure beats all alternatives."
    assert by_meaning(claim, [QUOTE], None).why
    assert by_meaning(claim, [QUOTE], 0.9).why == ""
    assert by_meaning(claim, [QUOTE], 0.1).why


TEXT = (
    "index tree tables faster slower not no without three 12.5% 1,200 the of and never increases decreases from to "
    "GPT-4 $x_1$ 索引 half twice, because than outperforms"
)
WORDS = st.sampled_from(TEXT.split())


@given(st.lists(WORDS, min_size=1, max_size=25).map(" ".join))
def test_the_words_of_a_quote_follow_from_it(text: str) -> None:
    support = by_signs(text, [text])
    assert support is None or support.why == "" or "opposite" in support.why
    assert support is None or "not in its" not in support.why


@given(st.text(max_size=300), st.text(max_size=300))
def test_any_two_texts_can_be_compared(claim: str, quote: str) -> None:
    by_signs(claim, [quote])
