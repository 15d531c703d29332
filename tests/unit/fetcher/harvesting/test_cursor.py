from datetime import UTC, date, datetime

import pytest

from services.fetcher.arxiv.oai import UnreadableRecord
from services.fetcher.harvesting.cursor import Cursor, HarvestPlan, PageNote


@pytest.fixture
def cursor() -> Cursor:
    return Cursor("run", HarvestPlan(date(2026, 10, 1)), datetime(2026, 11, 6, tzinfo=UTC))


def test_a_page_is_counted_and_the_position_moves_only_with_advance(cursor: Cursor) -> None:
    page = PageNote(0, "next", new=("a", "b"), known=("c",), newest="2026-10-05", days={"a": "2026-10-05"})
    cursor.count_page(page)
    assert (cursor.seen, cursor.newest, cursor.token) == (3, date(2026, 10, 5), None)
    assert cursor.new == {"a": "2026-10-05", "b": ""}
    cursor.advance(page)
    assert (cursor.token, cursor.set_index, cursor.is_paged) == ("next", 0, True)
    cursor.advance(PageNote(0, None, newest="2026-10-06"))
    assert (cursor.token, cursor.set_index) == (None, 1)


def test_without_its_token_a_list_begins_again_at_its_newest_day(cursor: Cursor) -> None:
    cursor.advance(PageNote(0, "next", new=("a",), newest="2026-10-05"))
    cursor.restart_set()
    assert (cursor.token, cursor.from_date, cursor.restarts) == (None, date(2026, 10, 5), 1)
    cursor.ask_earlier()
    cursor.ask_earlier()
    assert cursor.from_date == date(2026, 10, 3)


def test_nothing_is_asked_from_before_arxivs_first_day(cursor: Cursor) -> None:
    cursor.begin_at(date(2026, 10, 2))
    cursor.ask_earlier()
    assert (cursor.first_day, cursor.from_date) == (date(2026, 10, 2), date(2026, 10, 2))


def test_a_paper_counts_once_and_an_unreadable_one_is_lost_until_it_comes(cursor: Cursor) -> None:
    cursor.count_page(PageNote(0, None, new=("a",), unreadable=(UnreadableRecord("b", "2026-10-05", "broken"),)))
    assert cursor.first_sight(["a", "b", "c"]) == ("b", "c")
    assert set(cursor.lost) == {"b"}
    cursor.count_page(PageNote(0, None, known=("b",)))
    assert cursor.lost == {}


def test_what_another_harvest_announces_is_known_here(cursor: Cursor) -> None:
    cursor.count_page(PageNote(0, None, new=("a",), revised=("b",)))
    cursor.give_away(["a", "b", "elsewhere"])
    assert (cursor.new, cursor.revised, cursor.known) == ({}, {}, {"a", "b"})
