"""The words' index: what is found, in which order, and within which filters."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.ranker.search.index import keyword_index
from services.ranker.search.index.keyword_index import KeywordIndex
from services.ranker.search.index.paper_documents import numbers_of
from services.ranker.search.query.filters import Filters, filters_of
from services.ranker.search.query.parsed_query import Term, parse_query
from shared.contracts import Search
from tests.unit.ranker.search.house import House, a_paper

NOTHING = Filters()
NOBODY: frozenset[str] = frozenset()


@pytest.fixture
def house(tmp_path: Path) -> House:
    made = House(tmp_path)
    made.add(
        a_paper(
            1, "Graph transformers", "of images", authors=("Zoë Müller", "Ann Lee"), categories=("cs.LG", "stat.ML")
        ),
        a_paper(2, "Images", "by graph transformers", categories=("cs.CV",)),
        a_paper(3, "Images", "with zeolites", categories=("math.CO",), authors=("Ann Graph",)),
        a_paper(4, "Compressing networks", "Self-supervised pruning of the large network.", categories=("eess.IV",)),
    )
    made.add(*(a_paper(n, f"Of something else {n}", "the filler", categories=("q-bio.BM",)) for n in range(100, 130)))
    made.updater.refresh()
    return made


def find(house: House, query: str, filters: Filters = NOTHING) -> list[int]:
    found = house.index.search(parse_query(query).terms, filters, 20)
    return [number for one in found if (number := int(one[-3:])) < 100]


def left(house: House, filters: Filters) -> list[int]:
    found = house.index.newest(filters, 50)
    passing, known = house.index.passing(filters), house.index.newest(NOTHING, 50)
    numbers = set(passing.numbers().tolist())
    assert set(found) == {one for one in known if (numbers_of([one]).item() in numbers) != passing.are_others}
    return [number for one in found if (number := int(one[-3:])) < 100]


def test_a_word_in_the_title_counts_more_than_in_the_abstract_and_a_rare_word_more_than_a_common_one(
    house: House,
) -> None:
    assert find(house, "graph transformers")[:2] == [1, 2]
    assert find(house, "images zeolites")[0] == 3


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("COMPRESSED NETWORK", [4]),
        ("muller", [1]),
        ("Müller compressing", [4, 1]),
        ("self-supervised", [4]),
        ('"graph transformers"', [1, 2]),
        ('"transformers graph"', []),
        ("title:graph", [1]),
        ("abstract:graph", [2]),
        ("by the of", [2]),
        ("nowhere", []),
        ("", []),
    ],
)
def test_what_is_typed_is_understood(house: House, query: str, found: list[int]) -> None:
    assert find(house, query) == found


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        (Filters(categories=("cs.LG",)), [1]),
        (Filters(categories=("cs",)), [2, 1]),
        (Filters(categories=("math", "eess.IV")), [4, 3]),
        (Filters(since=date(2026, 10, 4)), [4, 3]),
        (Filters(until=date(2026, 10, 3)), [2, 1]),
        (Filters(since=date(2026, 10, 3), until=date(2026, 10, 4)), [3, 2]),
        (Filters(names=(Term(("lee",), "authors"),)), [1]),
        (Filters(without=(Term(("images",)),)), [4]),
        (Filters(only=frozenset({"2610.00002", "2610.00009"})), [2]),
        (Filters(never=frozenset({"2610.00002", "2610.00004"})), [3, 1]),
        (Filters(categories=("cs",), never=frozenset({"2610.00002"})), [1]),
        (Filters(without=(Term(("images",)),), never=frozenset({"2610.00002"})), [4]),
        (Filters(categories=("cs",), only=frozenset({"2610.00002", "2610.00004"})), [2]),
        (Filters(only=frozenset({"2610.00002", "2610.00004"}), never=frozenset({"2610.00002"})), [4]),
        (Filters(either=(Term(("zeolites",)), Term(("graph", "transformers"), "title"))), [3, 1]),
    ],
)
def test_filters_leave_what_they_say_newest_first(house: House, filters: Filters, found: list[int]) -> None:
    assert left(house, filters) == found
    sought = "graph images network with"
    assert find(house, sought, filters) == [one for one in find(house, sought) if one in found]


def test_an_author_filter_is_not_a_word_of_the_title(house: House) -> None:
    parsed = parse_query("author:graph")
    assert parsed.terms == ()
    assert left(house, Filters(names=parsed.names)) == [3]


def test_words_of_two_authors_are_no_name(house: House) -> None:
    for name, found in (("Lee, Ann", [1]), ("muller zoe", [1]), ("Ann Müller", []), ("Lee Ann Zoë", [])):
        assert (
            left(house, filters_of(Search(author=f'"{name}"'.replace(",", "")), parse_query(""), NOBODY, NOBODY))
            == found
        )


def test_whichever_are_fewer_are_listed_those_that_pass_or_the_others(house: House) -> None:
    few, many = Filters(categories=("cs",)), Filters(without=(Term(("images",)),))
    assert [(house.index.passing(one).count, house.index.passing(one).are_others) for one in (few, many)] == [
        (2, False),
        (31, True),
    ]
    assert len(house.index.passing(many).numbers()) == 3


HOSTILE = [
    '"',
    '""',
    "a OR",
    "NEAR(a b)",
    "title:",
    "{x} : y",
    "a*",
    "^a",
    "-",
    "--a",
    "NOT NOT",
    "a\x00b",
    ")(",
    "';--",
    "+ +",
]


@pytest.mark.parametrize("query", [*HOSTILE, " ".join(HOSTILE), "x" * 2000, "a " * 1000, "模型 ёж"])
def test_hostile_text_is_words_and_no_error(house: House, query: str) -> None:
    parsed = parse_query(query)
    house.index.search(parsed.terms, Filters(names=parsed.names, without=parsed.without), 5)
    house.index.passing(Filters(names=parsed.names, without=parsed.without)).numbers()


@pytest.fixture(scope="module")
def one_house(tmp_path_factory: pytest.TempPathFactory) -> KeywordIndex:
    made = House(tmp_path_factory.mktemp("words"))
    made.add(a_paper(1, "Graph transformers"))
    made.updater.refresh()
    return made.index


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.text(max_size=80))
def test_any_text_can_be_sought(one_house: KeywordIndex, text: str) -> None:
    parsed = parse_query(text)
    filters = Filters(names=parsed.names, without=parsed.without)
    assert len(one_house.search(parsed.terms, filters, 5)) <= 1
    one_house.newest(filters, 5)


def test_when_every_word_is_common_papers_that_have_them_in_the_title_come_first(tmp_path: Path) -> None:
    house = House(tmp_path)
    house.add(
        *(a_paper(n, f"Deep learning {n}" if n % 50 == 0 else f"Paper {n}", "deep learning") for n in range(1, 1999))
    )
    house.updater.refresh()
    found = house.index.search(parse_query("deep learning").terms, NOTHING, 20)
    assert all(int(one[-5:]) % 50 == 0 for one in found)
    assert len(found) == 20


@pytest.mark.parametrize("few", [0, 100], ids=["left out afterwards", "left out by the question"])
def test_papers_that_may_not_come_make_room_for_the_next_best(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    monkeypatch.setattr(keyword_index, "_FEW_NEVER", few)
    house = House(tmp_path)
    house.add(*(a_paper(n, f"Number{n}", " ".join(["apples"] * n)) for n in range(1, 31)))
    house.updater.refresh()
    best = house.index.search(parse_query("apples").terms, NOTHING, 30)
    assert len(best) == 30
    for count in (1, 9, 25):
        never = Filters(never=frozenset(best[:count]))
        assert house.index.search(parse_query("apples").terms, never, 5) == best[count : count + 5]
    only = Filters(only=frozenset(best[::7]))
    assert house.index.search(parse_query("apples").terms, only, 5) == best[::7]


def test_of_equally_good_papers_the_newest_comes_first(house: House) -> None:
    found = house.index.search(parse_query("filler").terms, NOTHING, 30)
    assert found == sorted(found, reverse=True)


def test_papers_with_a_common_word_alone_are_left_out_where_others_have_more(house: House) -> None:
    assert find(house, "zeolites filler") == [3]
    assert len(house.index.search(parse_query("zeolites filler").terms, NOTHING, 50)) == 1


def test_without_an_index_nothing_is_found_and_nothing_is_made(tmp_path: Path) -> None:
    index = KeywordIndex(tmp_path / "words")
    assert index.search(parse_query("graph").terms, NOTHING, 5) == index.newest(NOTHING, 5) == []
    assert (index.count(), index.newest_day(), index.passing(NOTHING).count) == (0, None, 0)
    assert not index.exists


def test_papers_are_found_by_where_they_were_published(house: House) -> None:
    published = replace(a_paper(50, "Images of tides"), journal_ref="J. Tides 5 (2024) 12")
    accepted = replace(a_paper(51, "Images of moons"), comment="Accepted at ICML 2025")
    house.add(published, accepted, replace(a_paper(52, "Images of suns"), comment="Submitted to ICML 2025"))
    house.updater.refresh()
    assert find(house, "images", Filters(publication="published")) == [50]
    assert sorted(find(house, "images", Filters(publication="accepted"))) == [50, 51]
    assert sorted(left(house, Filters(publication="accepted"))) == [50, 51]
