"""Reasons say what is so, in a sentence; the numbers stand apart."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from services.ranker.learning.background_papers import background_of
from services.ranker.learning.similarity import Pool, empty_pool
from services.ranker.learning.taste import Taste, learn
from services.ranker.selection.picking import RankedPaper
from services.ranker.selection.reasons import (
    Mention,
    Mentions,
    Named,
    mentions_of,
    reasons_of,
    reasons_of_outcome,
    when_of,
)
from shared.contracts import Label, Match
from shared.store.people.preferences import Rating
from tests.unit.ranker.learning.test_similarity import unit
from tests.unit.ranker.world import MORNING

TITLES = {
    "a": "Alpha  \n waves",
    "b": "Beta",
    "d": "Delta",
    "long": "word " * 60,
    "formula": "x " * 55 + "$a b c d e f$",
}
DAY = date(2026, 11, 22)
HERE = unit([1, 0, 0])[0]


def rating(paper_id: str, label: Label, month: int) -> Rating:
    return Rating("e", paper_id, "me", label, "reader", "", 1.0, datetime(2026, month, 3, tzinfo=UTC))


NAMED = Named(TITLES, {"b": rating("b", "like", 5), "d": rating("d", "dislike", 11)}, DAY)


def taste(likes: dict[str, list[float]], dislikes: dict[str, list[float]], seeds: dict[str, list[float]]) -> Taste:
    pools = [
        Pool(tuple(one), unit(*one.values()), unit([1.0] * len(one))[0].astype(float)) if one else empty_pool(3)
        for one in (likes, dislikes, seeds)
    ]
    draft = Taste("me", "typical", "test", "f", MORNING, pools[0], pools[1], pools[2])
    return learn(draft, background_of((), empty_pool(3).vectors), 25)


def sentence(learned: Taste, mentions: Mentions | None = None, match: Match = "") -> str:
    (only,) = reasons_of(learned, mentions or mentions_of(learned, HERE), match, NAMED).sentences
    return only


LIKING = taste({"a": [1, 0.9, 0], "b": [1, 0.1, 0]}, {}, {})
BETA, DELTA = Mention("b", 0.99, 0.4), Mention("d", 0.71, 0.2)


def test_the_like_that_raises_the_score_most_is_named_with_when_it_was_liked() -> None:
    assert sentence(LIKING) == "like “Beta”, which you liked in May"


def test_a_dislike_that_lowers_the_score_is_named_as_what_it_is() -> None:
    both = Mentions(likes=(BETA,), dislikes=(DELTA,))
    expected = "like “Beta”, which you liked in May, but also like “Delta”, which you disliked on 3 November"
    assert sentence(LIKING, both) == expected


def test_numbers_stand_in_the_details() -> None:
    reasons = reasons_of(LIKING, Mentions(likes=(BETA,), dislikes=(DELTA,)), "strong", NAMED)
    assert reasons.details == (
        "“Beta” (arXiv:b): cosine 0.99, raises the score by 0.40 standard deviations",
        "“Delta” (arXiv:d): cosine 0.71, lowers the score by 0.20 standard deviations",
    )
    assert not any(digit in reasons.sentences[0].replace("3 November", "") for digit in "0123456789")


def test_a_weak_match_is_only_a_little_like_what_was_liked() -> None:
    assert sentence(LIKING, Mentions(likes=(BETA,)), "weak") == "a little like “Beta”, which you liked in May"


def test_a_seed_is_named_where_it_speaks_for_a_paper_most() -> None:
    seeds = Mentions(likes=(BETA,), seeds=(Mention("a sentence", 0.9, 0.5),))
    assert sentence(LIKING, seeds) == "like your seed “a sentence”"


def test_what_does_not_resemble_the_paper_or_does_not_raise_its_score_is_not_named() -> None:
    apart = taste({"a": [0, 1, 0], "b": [1, 0, 0]}, {}, {})
    assert {mention.name for mention in mentions_of(apart, HERE).likes} == {"b"}
    learned = taste({"a": [0, 1, 0]}, {"d": [0, 1, 0.1]}, {})
    assert sentence(learned) == "no close match; best of the rest"
    assert sentence(LIKING, Mentions(), "strong") == "close to what you like as a whole, more than to any one paper"
    assert sentence(taste({}, {"d": [0, 1, 0]}, {})) == "unlike what you disliked"
    assert sentence(replace(LIKING, regime="typical")) == "no ratings yet: typical of these papers"


def test_an_unknown_paper_is_named_by_its_id_and_a_long_title_is_cut_outside_of_formulas() -> None:
    assert "“2611.00001”, which you liked" in sentence(LIKING, Mentions(likes=(Mention("2611.00001", 0.9, 0.3),)))
    long = sentence(LIKING, Mentions(likes=(Mention("long", 0.9, 0.3),)))
    assert len(long) < 160
    assert "word…”" in long
    assert "$" not in sentence(LIKING, Mentions(likes=(Mention("formula", 0.9, 0.3),)))


@pytest.mark.parametrize(
    ("rated", "words"),
    [
        (date(2026, 11, 22), "on 22 November"),
        (date(2026, 10, 30), "on 30 October"),
        (date(2026, 5, 3), "in May"),
        (date(2025, 12, 1), "in December 2025"),
        (date(2026, 11, 23), "on 23 November"),
    ],
)
def test_a_rating_is_dated_as_people_say_it(rated: date, words: str) -> None:
    assert when_of(rated, DAY) == words


def test_every_outcome_but_a_pick_by_score_has_a_reason() -> None:
    ranked = RankedPaper("p", 0.5, 7, "below_quota")
    assert reasons_of_outcome(ranked, 20, 3, TITLES).sentences == ("rank 7 of 20; 3 a day are picked",)
    double = RankedPaper("p", 0.5, 7, "near_duplicate", similar_to="b", cosine=0.971)
    assert reasons_of_outcome(double, 20, 3, TITLES) == (("nearly the same as “Beta”",), ("cosine 0.97",))
    assert reasons_of_outcome(RankedPaper("p", 0.5, 7, "picked", "top"), 20, 3, TITLES).sentences == ()
    drawn = reasons_of_outcome(RankedPaper("p", 0.5, 7, "picked", "explore"), 20, 3, TITLES)
    assert "drawn at random" in drawn.sentences[0]
    for outcome in ("withdrawn", "disliked", "already_read"):
        assert reasons_of_outcome(RankedPaper("p", 0.5, 7, outcome), 20, 3, TITLES).sentences
