"""Which papers may compete."""

import pytest

from services.ranker.selection.candidates import contender
from shared.contracts import Exclusion


@pytest.mark.parametrize(
    ("excluded", "revised", "remaining", "returns"),
    [
        ("already_read", True, None, True),
        ("already_read", False, "already_read", False),
        ("disliked", True, "disliked", False),
        (None, True, None, False),
    ],
)
def test_only_a_new_version_of_a_liked_paper_returns(
    excluded: Exclusion | None, revised: bool, remaining: Exclusion | None, returns: bool
) -> None:
    made = contender("2611.00001", 0.5, excluded, revised, None)
    assert (made.excluded, made.returns) == (remaining, returns)
