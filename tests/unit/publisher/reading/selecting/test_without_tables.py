"""Tables in passages that are shown on one line."""

import pytest

from services.publisher.reading.selecting.similar_passages import without_tables


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (
            "**Table 1.** Scores.\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\nAs it shows.",
            "**Table 1.** Scores. As it shows.",
        ),
        ("+:---+:--+\n| a  | b |\n+----+---+\nWords.", "Words."),
        ("The norm\n$|x| < |y|$ and |z| hold.", "The norm $|x| < |y|$ and |z| hold."),
    ],
)
def test_rows_are_left_out_and_captions_stay(text: str, shown: str) -> None:
    assert without_tables(text) == shown
