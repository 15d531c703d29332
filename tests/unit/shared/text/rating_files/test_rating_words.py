"""How programs say like and dislike."""

from datetime import UTC, datetime

import pytest

from shared.text.rating_files.rating_words import are_stars, mark_of, read_mark, said_by


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("Like", "like"), ("+1", "like"), ("1.0", "like"), ("👍", "like"), ("true", "like"), ("thumbs_up", "like"),
        ("DISLIKE", "dislike"), ("-1", "dislike"), ("not interested", "dislike"), ("not-relevant", "dislike"),
        ("neutral", "neutral"), ("0", "neutral"), ("", "unknown"), ("NaN", "unknown"), ("unknown", "unknown"),
        ("clear", "clear"), ("maybe not", None), ("4", None), ("0.73", None),
    ],
)  # fmt: skip
def test_words_signs_and_numbers(word: str, said: str | None) -> None:
    assert said_by(word) == said


def test_numbers_to_five_are_stars_in_a_column_that_goes_beyond_one() -> None:
    assert are_stars(["5", "1", "", "3"])
    assert not are_stars(["1", "0", "-1"])
    assert not are_stars(["5", "like"])
    assert [said_by(word, is_stars=True) for word in ("5", "4", "3", "2", "1", "0")] == [
        "like", "like", "neutral", "dislike", "dislike", "unknown",
    ]  # fmt: skip


def test_the_mark_of_an_export_is_read_among_other_words() -> None:
    at = datetime(2026, 11, 6, 12, 0, 0, 123456, tzinfo=UTC)
    assert read_mark(f"my note; {mark_of('dislike', at)} [cs.LG]") == ("dislike", at.isoformat())
    assert read_mark("papersys: likely") is None
