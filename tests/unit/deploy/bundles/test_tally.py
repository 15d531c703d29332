"""What became of a row of a bundle, beside the one that is here."""

from operator import gt

import pytest

from deploy.bundles.tally import Tally


@pytest.mark.parametrize(
    ("given", "here", "counted", "is_stored"),
    [(2, None, "new", True), (2, 2, "same", False), (2, 1, "newer", True), (1, 2, "older", False)],
)
def test_a_row_counts_once_and_is_stored_where_it_is_new_or_newer(
    given: int, here: int | None, counted: str, is_stored: bool
) -> None:
    tally = Tally("numbers")
    assert tally.count(given, here, gt) == is_stored
    facts = tally.facts()
    assert {name: facts[name] for name in ("new", "newer", "same", "older", "refused")} == {
        **dict.fromkeys(("new", "newer", "same", "older", "refused"), 0),
        counted: 1,
    }


def test_rows_that_are_never_replaced_are_new_or_the_same() -> None:
    tally = Tally("calls")
    tally.count_unknown(5, 2)
    assert (tally.new, tally.same, tally.changes) == (2, 3, 2)
