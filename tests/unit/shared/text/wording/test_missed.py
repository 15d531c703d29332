"""What picks missed, in words."""

import pytest

from shared.store.people.missed import MissedWeek, MissRates
from shared.text.wording.missed import (
    click_line,
    news_line,
    no_click_line,
    period_line,
    place_line,
    rate_lines,
    unseen_lines,
)
from tests.support.people.missed import CHECKED, CLICK, MISSED, missed_week


def test_what_was_left_out_beside_a_better_pick_says_so() -> None:
    near = MISSED.model_copy(update={"outcome": "near_duplicate"})
    assert place_line(near).endswith("it was left out because it is nearly the same as a better pick.")


def test_without_likes_there_was_nothing_to_know_it_by() -> None:
    lines = list(unseen_lines(MISSED.model_copy(update={"likes_then": 0}), {}))
    assert lines == ["You had liked nothing yet on that day, so there was nothing to know it by."]


def test_known_authors_and_a_facet_that_covers_it_are_told() -> None:
    known = {"known_authors": tuple("ABCDEF"), "membership": 0.9, "new_words": (), "nearest_like": ""}
    assert list(unseen_lines(MISSED.model_copy(update=known), {})) == [
        "It belongs to one of your interests: sparse graphs.",
        "You had liked a paper by A, B, C, D and 2 more.",
    ]


@pytest.mark.parametrize(
    ("facts", "begins"),
    [
        ({}, "Following “quantum walks” would have shown you 1 other paper"),
        ({"kind": "author", "label": "Ada"}, "Following Ada would have shown you 1 other paper"),
        (
            {"kind": "boost", "label": "graphs", "found": ("a", "b")},
            "Showing more of graphs would have shown you 2 other",
        ),
    ],
)
def test_a_click_says_what_it_would_have_done(facts: dict[str, object], begins: str) -> None:
    assert click_line(CLICK.model_copy(update=facts)).startswith(begins)


def test_where_nothing_could_be_tried_that_is_said() -> None:
    assert "none of its authors or words" in no_click_line(MISSED.model_copy(update={"tried": 0}))
    assert "of 1 follow or boost tried" in no_click_line(MISSED.model_copy(update={"tried": 1}))


@pytest.mark.parametrize(
    ("week", "said"),
    [
        (missed_week(MISSED), "You found and liked 1 paper that your picks had missed; one click would help."),
        (
            missed_week(MISSED, MISSED.model_copy(update={"clicks": ()})),
            "You found and liked 2 papers that your picks had missed; for 1 of them one click would help.",
        ),
        (
            missed_week(MISSED.model_copy(update={"clicks": ()})),
            "You found and liked 1 paper that your picks had missed.",
        ),
    ],
)
def test_news_is_one_sentence(week: MissedWeek, said: str) -> None:
    assert news_line(week) == said


def test_a_rate_is_told_only_with_answers_enough() -> None:
    few = MissRates(together=CHECKED.model_copy(update={"answered": 9}))
    assert "9 of 18 blind checks have a rating, and 10 are needed" in rate_lines(few)[0]
    assert "cannot be told yet" in rate_lines(MissRates(together=CHECKED))[1]
    fell = MissRates(together=CHECKED, change="lower", p_value=0.01)
    assert rate_lines(fell)[1] == "In the last eight weeks it was lower than before (p = 0.010)."


def test_silence_is_told_as_what_it_may_mean() -> None:
    silent = CHECKED.model_copy(update={"drawn": 32})
    assert rate_lines(MissRates(together=silent))[0].endswith("none of those without a rating, it is 3.0%.")
    assert "without a rating" not in rate_lines(MissRates(together=CHECKED))[0]


def test_a_period_without_answers_says_so() -> None:
    assert period_line(CHECKED.model_copy(update={"rate": None})).endswith("none of 18 rated")
    assert period_line(CHECKED).endswith("6.0% (0.2% to 30.0%), 1 of 16 rated were liked")
