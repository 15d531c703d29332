"""Budgets as people type them."""

import pytest

from shared.contracts import Budget
from shared.text.wording.budgets import parse_budget


@pytest.mark.parametrize(
    ("text", "budget"),
    [
        ("", Budget()),
        ("tokens:20000", Budget(tokens=20_000)),
        ("tokens:20k, seconds:60 money:0.05", Budget(tokens=20_000, seconds=60, money=0.05)),
        ("token:0", Budget(tokens=0)),
    ],
)
def test_a_text_is_the_budget_it_says(text: str, budget: Budget) -> None:
    assert parse_budget(text) == budget


@pytest.mark.parametrize("text", ["20000", "calls:3", "tokens:many", "money:-1", "seconds:0", "money:nan", "tokens:"])
def test_what_is_no_budget_is_told(text: str) -> None:
    with pytest.raises(ValueError, match=r"budget|seconds"):
        parse_budget(text)
