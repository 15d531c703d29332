"""What repeats itself is stopped; lists, tables and long answers do not."""

import json

import pytest

from services.summarizer.llm.calls.repetition import WINDOW, repeats_itself


@pytest.mark.parametrize(
    "passage", ["\n", "0, ", "the model is the model of ", 'x", "' * 40, "A sentence of words. " * 15]
)
def test_a_passage_over_and_over_is_noticed(passage: str) -> None:
    assert repeats_itself("It began well. " + passage * (2 * WINDOW // len(passage)))


def test_an_answer_with_many_like_entries_is_none() -> None:
    claims = [{"text": f"The error falls to {number / 7:.2f} %.", "quotes": [], "weak": ""} for number in range(200)]
    assert not repeats_itself(json.dumps(claims))


def test_a_short_answer_is_none() -> None:
    assert not repeats_itself("ha " * 100)


def test_only_the_end_counts() -> None:
    assert not repeats_itself("ha " * 2_000 + "".join(f"and then {number}; " for number in range(200)))
