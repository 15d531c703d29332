"""The number of a cell is what the paper prints, or none."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.summarizer.results.values import is_blank, value_of


@pytest.mark.parametrize(
    ("cell", "value", "uncertainty", "unit"),
    [
        ("93.2", "93.2", "", ""),
        ("93.20", "93.20", "", ""),
        ("**93.2**", "93.2", "", ""),
        ("$\\mathbf{93.2}$", "93.2", "", ""),
        ("$1.9\\pm0.3$", "1.9", "0.3", ""),
        ("93.2 $\\pm$ 0.3", "93.2", "0.3", ""),
        ("$93.2_{\\pm 0.3}$", "93.2", "0.3", ""),
        ("88.1 ($\\pm$0.2)", "88.1", "0.2", ""),
        ("93.2\\%", "93.2", "", "%"),
        ("35.50\\% $\\pm$ 4.35\\%", "35.50", "4.35", "%"),
        ("$\\mathbf{0.891}_{\\pm .01}$", "0.891", "0.01", ""),
        ("0.63^\\*^", "0.63", "", ""),
        ("1,080", "1080", "", ""),
        ("$1{,}080$", "1080", "", ""),
        ("$1.0\\cdot10^{20}$", "1.0E+20", "", ""),
        ("$-$0.3", "-0.3", "", ""),
        ("93.2^†^", "93.2", "", ""),
        ("12.3^a^", "12.3", "", ""),
        ("$12.3^{a}$", "12.3", "", ""),
        ("93.2$^{\\dagger}$", "93.2", "", ""),
        ("93.2\\*", "93.2", "", ""),
        ("**28.4**[^3]", "28.4", "", ""),
        ("28.4 [@wu2016]", "28.4", "", ""),
        ("93.2 (+1.2)", "93.2", "", ""),
        ("100K", "100", "", "K"),
    ],
)
def test_a_number_is_read_with_the_digits_of_the_paper(cell: str, value: str, uncertainty: str, unit: str) -> None:
    found = value_of(cell)
    assert found is not None
    assert (found.value, found.uncertainty, found.unit) == (value, uncertainty, unit)


@pytest.mark.parametrize(
    "cell",
    [
        "",
        "--",
        "ours",
        "0.58–0.71",
        "$<$1.7",
        "93.2/91.8",
        "16 01 11.20",
        "$O(n^2)$",
        "$12.3^{2}$",
        "5.0 (0.3)",
        "93,2",
        "v2",
        "9" * 500,
    ],
)
def test_what_is_no_number_or_could_be_two_is_none(cell: str) -> None:
    assert value_of(cell) is None


@given(
    st.decimals(allow_nan=False, allow_infinity=False, places=3, min_value=-99999, max_value=99999),
    st.sampled_from(["{}", "**{}**", "${}$", "$\\textbf{{{}}}$"]),
)
def test_any_decimal_comes_back_as_it_was_written(number: Decimal, around: str) -> None:
    found = value_of(around.format(number))
    assert found is not None
    assert Decimal(found.value) == number


@given(st.text(max_size=80))
def test_no_text_breaks_it(text: str) -> None:
    found = value_of(text)
    assert found is None or Decimal(found.value).is_finite()


@pytest.mark.parametrize(
    ("cell", "blank"), [("", True), ("--", True), ("n/a", True), ("–", True), ("0", False), ("a", False)]
)
def test_a_cell_that_says_nothing_is_blank(cell: str, blank: bool) -> None:
    assert is_blank(cell) == blank
