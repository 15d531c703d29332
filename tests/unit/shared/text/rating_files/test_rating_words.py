"""How programs say like and dislike."""

from datetime import UTC, datetime

import pytest

from shared.text.rating_files.rating_words import keyword_rating, mark_of, read_mark, said_by, scale_of


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("Like", "like"), ("+1", "like"), ("1.0", "like"), ("👍", "like"), ("true", "like"), ("thumbs_up", "like"),
        ("👍🏽", "like"), ("👎🏿", "dislike"), ("❤\ufe0f", "like"),
        ("DISLIKE", "dislike"), ("-1", "dislike"), ("not interested", "dislike"), ("not-relevant", "dislike"),
        ("neutral", "neutral"), ("0", "neutral"), ("", "unknown"), ("NaN", "unknown"), ("unknown", "unknown"),
        ("clear", "clear"), ("maybe not", None), ("4", None), ("0.73", None),
    ],
)  # fmt: skip
def test_words_signs_and_numbers(word: str, said: str | None) -> None:
    assert said_by(word) == said


def test_numbers_beyond_one_are_a_scale_whose_upper_end_is_a_like() -> None:
    assert scale_of(["5", "1", "", "3"]) == 5
    assert scale_of(["7", "1"]) == 10
    assert scale_of(["85", "5"]) == 100
    assert scale_of(["1", "0", "-1"]) == scale_of(["5", "like"]) == scale_of(["0.9", "0.1"]) == scale_of([]) == 0
    assert [said_by(word, top=10) for word in ("10", "8", "7", "5", "4", "1")] == [
        "like", "like", "neutral", "neutral", "dislike", "dislike",
    ]  # fmt: skip
    assert [said_by(word, top=5) for word in ("5", "4", "3", "2", "1", "0")] == [
        "like", "like", "neutral", "dislike", "dislike", "unknown",
    ]  # fmt: skip


def test_the_mark_of_an_export_is_read_among_other_words() -> None:
    at = datetime(2026, 11, 6, 12, 0, 0, 123456, tzinfo=UTC)
    assert read_mark(f"my note; {mark_of('dislike', at)} [cs.LG]") == ("dislike", at.isoformat())
    assert read_mark("papersys: likely") is None


def test_a_rating_among_keywords_is_a_word_of_its_own() -> None:
    assert keyword_rating("ml; Disliked") == "dislike"
    assert keyword_rating("reading, liked") == "like"
    assert keyword_rating("graphs\ndislike") == "dislike"
    assert keyword_rating("things I disliked; human-like") is None
    assert keyword_rating("liked; disliked") is None
    assert keyword_rating("") is None
