"""Conditionals of TeX."""

import pytest

from services.fetcher.documents.macros import conditionals
from services.fetcher.documents.macros.conditionals import branch


@pytest.mark.parametrize(
    ("text", "if_true", "if_false"),
    [
        (" a\\else b\\fi c", ("a", 12), ("b", 12)),
        (" a\\fi", ("a", 5), ("", 5)),
        (" a\\ifx x\\else y\\fi\\else b\\fi", ("a\\ifx x\\else y\\fi", 28), ("b", 28)),
        (" a\\iff b\\fi", ("a\\iff b", 11), ("", 11)),
        (" never closed", None, None),
    ],
)
def test_the_branch_that_is_taken(text: str, if_true: tuple[str, int] | None, if_false: tuple[str, int] | None) -> None:
    assert branch(text, 0, True) == if_true
    assert branch(text, 0, False) == if_false


def test_a_thousand_that_never_close_are_not_each_read_to_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    read = 0
    plain = conditionals._CONDITIONAL

    class Counting:
        def finditer(self, text: str, position: int) -> object:
            nonlocal read
            for match in plain.finditer(text, position):
                read += 1
                yield match

    monkeypatch.setattr(conditionals, "_CONDITIONAL", Counting())
    text = "\\iftrue " * 5_000
    assert all(branch(text, 8 * number, True) is None for number in range(0, 5_000, 50))
    assert read <= 100 * 201
