"""The best matches are the same however they are looked for: at once, one by one, or past numbers that lead nowhere."""

from datetime import date
from pathlib import Path

import pytest

from services.ranker.search.query import filter_query, planning
from services.ranker.search.query.filters import Filters
from services.ranker.search.query.parsed_query import Term, parse_query
from tests.unit.ranker.search.house import House, a_paper


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    """Papers whose number of `apples` says their place."""
    made = House(tmp_path_factory.mktemp("scoring"))
    made.add(*(a_paper(n, f"Number{n}", " ".join(["apples"] * n + ["pears"] * (n % 2))) for n in range(1, 41)))
    made.updater.refresh()
    return made


def find(house: House, filters: Filters, limit: int = 5, query: str = "apples") -> list[int]:
    return [int(one[-5:]) for one in house.index.search(parse_query(query).terms, filters, limit)]


def test_papers_that_may_not_come_make_room_for_the_next_best(house: House) -> None:
    best = find(house, Filters(), 40)
    for count in (1, 9, 30):
        never = frozenset(f"2610.{n:05}" for n in best[:count])
        assert find(house, Filters(never=never)) == best[count : count + 5]
    only = frozenset(f"2610.{n:05}" for n in best[::7])
    assert find(house, Filters(only=only)) == best[::7][:5]


def test_days_and_excluded_words_leave_the_best_of_the_rest(house: House) -> None:
    best = find(house, Filters(), 40)
    since, until = date(2026, 10, 11), date(2026, 10, 21)
    assert find(house, Filters(since=since, until=until)) == [n for n in best if 10 <= n <= 20][:5]
    assert find(house, Filters(without=(Term(("pears",)),))) == [n for n in best if n % 2 == 0][:5]
    assert find(house, Filters(since=date(2027, 1, 1))) == []


@pytest.mark.parametrize("look_up", [0, 10**9])
def test_one_by_one_or_read_through_the_same_papers_pass(
    house: House, monkeypatch: pytest.MonkeyPatch, look_up: int
) -> None:
    monkeypatch.setattr(filter_query, "_LOOK_UP", look_up)
    asked = [f"2610.{n:05}" for n in (4, 3, 2, 1, 77)]
    without = Filters(without=(Term(("pears",)),))
    assert house.index.passing(asked, without) == [asked[0], asked[2]]
    with_author = Filters(names=(Term(("author",), "authors"),), never=frozenset(asked[:1]))
    assert house.index.passing(asked, with_author) == asked[1:4]


def test_numbers_that_lead_nowhere_cost_no_paper_its_place(tmp_path: Path) -> None:
    house = House(tmp_path)
    house.add(*(a_paper(n, f"Number{n}", "apples " * 30) for n in range(1, 31)))
    house.updater.refresh()
    house.add(*(a_paper(n, f"Number{n}", "apples once", version=2) for n in range(1, 29)))
    house.updater.refresh()
    found = find(house, Filters(), 3)
    assert set(found[:2]) == {29, 30}
    assert len(find(house, Filters(), 30)) == 30


def test_where_reading_would_take_long_the_commonest_words_are_left_out(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    among = [f"2610.{n:05}" for n in range(1, 41)]
    terms = parse_query("pears apples").terms
    assert len(house.index.search_among(terms, among, 40)) > 20
    monkeypatch.setattr(planning, "_FEWEST_SCORED", 15)
    assert {int(one[-5:]) % 2 for one in house.index.search_among(terms, among, 40)} == {1}
