"""Every number of a claim must stand in a quote, however it is written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.summarizer.evidence.number_words import with_digits
from services.summarizer.evidence.numbers import missing_numbers

CASES = [
    ("It is 3.5 times faster", "3.5x faster", True),
    ("3.5 times faster", "a factor of 3.5", True),
    ("3.5 times faster", r"a $3.5\times$ speedup", True),
    ("3-fold", "3 times", True),
    ("twice as fast", "2x faster", True),
    ("by 10%", "by 10x", False),
    ("ten data sets", "on 10 datasets", True),
    ("twenty-five tasks", "25 tasks", True),
    ("a hundred papers", "100 papers", True),
    ("75% of papers", "75 percent of papers", True),
    ("75%", "75 papers", False),
    ("75.3%", "an accuracy of 75.3 on X", True),
    ("75.3%", "75 percent", False),
    ("0.75", "75%", True),
    ("half of them", "50% of them", True),
    ("a fifth of them", "20% of them", True),
    ("85%", "84.9%", True),
    ("84.93%", "84.9%", False),
    ("90%", "93.1% accuracy", False),
    ("over 90%", "93.1% accuracy", True),
    ("over 90%", "83.1% accuracy", False),
    ("under 0.9", "below 0.8", False),
    ("about 1,200 planets", "1,234 planets", True),
    ("1,200 planets", "1200 planets", True),
    ("100K images", "100,000 images", True),
    ("8B parameters", "8 billion parameters", True),
    ("1.2 million images", "1,200,000 images", True),
    ("24 hours", "24 papers", False),
    ("24 hours", "1 day", True),
    ("100 ms", "0.1 seconds", True),
    ("costs $5", "costs 5 dollars", True),
    (r"an error of $10^{-3}$", "an error of 10^{-3}", True),
    (r"an error of $10^{-3}$", "an error of 10^{-4}", False),
    ("$1.2 \\times 10^{5}$ steps", "1.2×10^5 steps", True),
    ("1.2e5 steps", "120,000 steps", True),
    ("GPT-4 on CIFAR-10 and 3D data", "nothing", True),
    ("Section 3 says so", "nothing", True),
    ("the two sets", "both sets", True),
    ("速度提高了3.5倍", "3.5x faster", True),
    ("准确率达到百分之七十五", "accuracy of 75%", True),
    ("使用十种语言", "ten languages", True),
    ("1.5亿参数", "150 million parameters", True),
]


@pytest.mark.parametrize(("claim", "quote", "stands"), CASES)
def test_a_number_stands_in_a_quote_or_is_missing(claim: str, quote: str, stands: bool) -> None:
    assert (not missing_numbers(claim, [quote])) is stands


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("three hundred papers", "300 papers"),
        ("seventy-five models", "75 models"),
        ("five million", "5000000"),
        ("one of them, and a third way", "one of them, and a third way"),
    ],
)
def test_numbers_in_words_become_digits(text: str, digits: str) -> None:
    assert with_digits(text) == digits


def test_numbers_of_any_length_are_compared() -> None:
    long = "9" * 5_000
    assert missing_numbers(f"It is {long}.", ["It is 5."])
    assert missing_numbers(f"It is 10^{long} and 3 x 10^{long} and 2e{long} {long}.{long}%.", [long]) is not None


@given(st.integers(2, 10**7), st.sampled_from(["%", " percent", " times", "x", " hours", " papers", ""]))
def test_a_number_follows_from_itself_with_and_without_thousands_commas(number: int, unit: str) -> None:
    assert missing_numbers(f"It is {number:,}{unit} here.", [f"It is {number}{unit} here."]) == []


@given(st.integers(2, 9_999), st.integers(2, 9_999), st.sampled_from([" percent", " times", " hours"]))
def test_another_number_does_not(one: int, other: int, unit: str) -> None:
    near = abs(one - other) <= 0.06 * max(one, other)
    assert near or missing_numbers(f"It is {one}{unit} here.", [f"It is {other}{unit} here."])
