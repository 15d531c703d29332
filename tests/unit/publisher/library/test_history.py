"""The last action and what takes it back, as tables."""

from datetime import UTC, datetime, timedelta

import pytest

from services.publisher.library.history import (
    Action,
    Reversal,
    Said,
    Word,
    last_action,
    reversals,
    undone_ids,
    what_was_undone,
)

NOON = datetime(2026, 11, 6, 12, tzinfo=UTC)
A, B = "2611.00101", "2611.00102"


def word(event_id: str, said: Said, minute: int, paper_id: str = A, source: str = "reader") -> Word:
    return Word(event_id, paper_id, said, source, NOON + timedelta(minutes=minute))


def undo_all(words: list[Word]) -> list[tuple[Said, ...]]:
    """What is said by undo after undo, until there is nothing left."""
    said: list[tuple[Said, ...]] = []
    while action := last_action(words, NOON):
        restored = reversals(action, words)
        said.append(tuple(reversal.said for reversal in restored))
        words = [*words, *(word(back.event_id, back.said, 100 + len(said), back.paper_ids[0]) for back in restored)]
    return said


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ([], []),
        ([word("1", "like", 1)], [("clear",)]),
        ([word("1", "like", 1), word("2", "dislike", 2)], [("like",), ("clear",)]),
        ([word("1", "like", 1), word("2", "clear", 2)], [("like",), ("clear",)]),
        ([word("1", "save", 1), word("2", "like", 2), word("3", "skip", 3, B)], [("unskip",), ("clear",), ("unsave",)]),
        ([word("1", "save", 1), word("2", "save", 2)], [("save",), ("unsave",)]),
        ([word("1", "open", 1), word("2", "unopen", 2)], [("open",)]),
        ([word("1", "like", 1, source="cli"), word("2", "dislike", 2)], [("like",)]),
        ([word("1", "like", -1)], []),
    ],
)
def test_undo_after_undo_goes_back_one_action_each_and_ends(
    words: list[Word], expected: list[tuple[Said, ...]]
) -> None:
    assert undo_all(words) == expected


def test_what_was_undone_may_be_done_and_undone_again() -> None:
    words = [word("1", "like", 1), word("undo-1-clear", "clear", 2), word("2", "like", 3)]
    action = last_action(words, NOON)
    assert action == Action("2", "like", (A,), NOON + timedelta(minutes=3))
    assert reversals(action, words) == [Reversal("undo-2-clear", "clear", (A,))]
    assert undone_ids(words) == {"1"}


def test_an_action_on_several_papers_is_undone_as_one_each_as_it_was() -> None:
    words = [word("1", "dislike", 1, B, "cli"), word("2", "like", 2, A), word("2", "like", 2, B)]
    action = last_action(words, NOON)
    assert action is not None
    restored = reversals(action, words)
    assert restored == [Reversal("undo-2-clear", "clear", (A,)), Reversal("undo-2-dislike", "dislike", (B,))]
    assert what_was_undone(action, restored, "") == "Undone: like of 2 papers."


def test_it_is_told_what_was_undone_and_what_holds_again() -> None:
    words = [word("1", "like", 1, source="cli"), word("2", "clear", 2)]
    action = last_action(words, NOON)
    assert action is not None
    text = what_was_undone(action, reversals(action, words), "On {braces}")
    assert text == "Undone: removal of your rating of “On {braces}”. It is liked again."
