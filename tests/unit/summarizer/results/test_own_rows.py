"""Which rows of a table are the paper's own method."""

import pytest

from services.summarizer.results.own_rows import is_own, method_names

NAMES = ("RegretRound",)


@pytest.mark.parametrize(
    ("row", "raw", "own"),
    [
        ("RegretRound", "RegretRound", True),
        ("REGRETROUND", r"\textsc{RegretRound}", True),
        ("RegretRound (8 bit)", "RegretRound (8 bit)", True),
        ("regretround", "regretround", False),
        ("RegretRound-2", "RegretRound-2", False),
        ("REGRETROUNDED", "REGRETROUNDED", False),
        ("RegretRound [@a]", "RegretRound [@a]", False),
        ("shortened traces (ours)", "shortened traces (ours)", True),
    ],
)
def test_a_row_is_own_by_its_name_also_in_small_capitals(row: str, raw: str, own: bool) -> None:
    assert is_own([row], raw, NAMES) is own


def test_the_method_of_a_paper_is_named_before_the_colon_or_where_it_is_proposed() -> None:
    assert method_names("Rounding with Regret: Four Bits", "We propose RegretRound, which estimates.") == NAMES
