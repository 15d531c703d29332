"""A weak day says so, and folds what is not worth the reader's first minute."""

from services.publisher.pages.cards import Card
from services.publisher.pages.match_fold import fold
from shared.contracts import Match
from tests.support.browsing.reader import FakeReader, page
from tests.support.folders.seed import TODAY, matched, pick


def cards(*matches: Match) -> list[Card]:
    return [
        Card(f"2611.{rank:05}", pick=matched(pick(f"2611.{rank:05}", rank), match))
        for rank, match in enumerate(matches, 1)
    ]


def ids(some: list[Card]) -> list[int]:
    return [int(card.paper_id[-2:]) for card in some]


def test_a_good_day_is_shown_whole() -> None:
    folded = fold(cards("strong", "fair", "weak"), is_today=True)
    assert (ids(folded.shown), folded.folded, folded.headline) == ([1, 2, 3], [], "1 strong match today")


def test_a_weak_day_shows_its_strong_matches_and_folds_the_rest() -> None:
    folded = fold(cards("strong", "fair", "strong", "weak", "weak", "weak", "weak"), is_today=True)
    assert ids(folded.shown) == [1, 3]
    assert ids(folded.folded) == [2, 4, 5, 6, 7]
    assert folded.headline == "Only 2 strong matches today"
    assert folded.line == "5 more picks: 1 fair and 4 weak matches"


def test_without_strong_matches_the_fair_ones_are_shown() -> None:
    folded = fold(cards("fair", "weak", "fair"), is_today=False)
    assert (ids(folded.shown), ids(folded.folded)) == ([1, 3], [2])
    assert (folded.headline, folded.line) == ("No strong matches on this day, 2 fair", "1 more pick, a weak match")


def test_a_day_of_weak_matches_is_folded_but_for_what_was_not_picked_by_score() -> None:
    drawn = Card("2611.00099", pick=pick("2611.00099", 40, "explore"))
    folded = fold([*cards("weak", "weak"), drawn], is_today=True)
    assert ids(folded.shown) == [99]
    assert (folded.headline, folded.line) == ("No close matches today", "2 picks, all weak matches")


def test_nothing_is_folded_where_matches_are_not_known() -> None:
    assert fold(cards("strong", ""), is_today=True).headline == ""
    assert fold([], is_today=True).shown == []


def test_a_top_pick_is_a_strong_match_among_the_first_three() -> None:
    tops = [card.is_top_pick for card in cards("strong", "fair", "strong", "strong")]
    assert tops == [True, False, True, False]


async def test_the_page_has_the_headline_and_the_numbers_under_details(fake_reader: FakeReader) -> None:
    text = await page(fake_reader, f"/day/{TODAY}")
    assert "<strong>1 strong match today</strong>" in text
    assert text.index("<summary>Details<") < text.index("cosine 0.62")
    assert text.count("top pick") == 1
