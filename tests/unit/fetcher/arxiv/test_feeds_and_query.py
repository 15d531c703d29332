"""The daily feeds and the query API, against the demo server."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from deploy.demo.misbehaviour.faults import parse_fault
from services.fetcher.arxiv.addresses import feeds_url
from services.fetcher.arxiv.client import Garbled
from services.fetcher.arxiv.feeds import feed_path, parse_feed
from services.fetcher.arxiv.query import Results, ids_arguments, parse_results, search_arguments
from services.fetcher.harvesting.cursor import HarvestPlan
from services.fetcher.metadata.lookup import look_up
from services.fetcher.searching import search_arxiv
from services.fetcher.settings import FetcherSettings
from shared.errors import PermanentFailure, TemporaryFailure
from shared.store.papers.metadata import MetadataStore
from tests.support.arxiv import Site, demo_corpus

FRIDAY = date(2026, 11, 6)


async def test_the_feed_of_the_day_says_what_is_new_cross_listed_and_replaced(tmp_path: Path) -> None:
    components = Site().components(tmp_path)
    await components.harvester.run(HarvestPlan(date(2026, 10, 1)))
    feed = await components.arxiv.feed(feed_path(["cs.LG", "cs.CL"]), parse_feed)
    assert feed.day == FRIDAY
    papers = MetadataStore(components.data).get(feed.ids("new", "cross", "replace", "replace-cross"))
    assert len(papers) == len(feed.items) > 0
    for item in feed.items:
        assert (papers[item.paper_id].primary_category in ("cs.LG", "cs.CL")) is (item.kind in ("new", "replace"))
        assert (item.version == 1) is (item.kind in ("new", "cross"))


async def test_on_a_quiet_day_the_feed_is_empty(tmp_path: Path) -> None:
    site = Site()
    site.switchboard.today = date(2026, 11, 1)
    feed = await site.components(tmp_path).arxiv.feed("cs.LG", parse_feed)
    assert (feed.items, str(feed)) == ((), "nothing")


async def test_what_the_feed_announces_and_oai_does_not_have_is_in_the_outcome(tmp_path: Path) -> None:
    site = Site()
    site.switchboard.today = date(2026, 11, 5)
    components = site.components(tmp_path, categories=("cs.LG",))
    daily: Any = components.daily
    daily._clock = lambda: datetime(2026, 11, 6, 4, tzinfo=UTC)
    assert "feed" not in (await daily.run()).outcome
    site.switchboard.today = FRIDAY
    site.switchboard.faults = site.switchboard.faults.and_also(parse_fault("stale-none:/oai"))
    run = await daily.run()
    assert "today's feed announces" in run.outcome
    assert "OAI-PMH does not list 1 of them yet, the next harvest will ask again" in run.outcome


async def test_papers_are_found_by_id_with_their_exact_version(tmp_path: Path) -> None:
    components = Site().components(tmp_path)
    revised = next(paper for paper in demo_corpus().papers.values() if len(paper.announced) > 1)
    results = await components.arxiv.query(ids_arguments([revised.paper_id, "2612.99999"]), parse_results)
    (paper,) = results.papers
    assert (paper.paper_id, paper.version) == (revised.paper_id, len(revised.announced))
    assert paper.categories == revised.categories


async def test_a_search_gives_what_arxiv_finds(tmp_path: Path) -> None:
    components = Site().components(tmp_path)
    results = await components.arxiv.query(search_arguments("cat:cs.LG", 5), parse_results)
    assert len(results.papers) == 5 < results.total
    assert all("cs.LG" in paper.categories for paper in results.papers)


async def test_arxivs_search_can_be_asked_and_stores_nothing(tmp_path: Path) -> None:
    components = Site().components(tmp_path)
    reply = await search_arxiv("cat:cs.LG", 5, components.arxiv)
    assert len(reply.papers) == 5 < reply.total
    assert all(paper.title and paper.abstract and paper.authors for paper in reply.papers)
    assert MetadataStore(components.data).months() == []


async def test_a_search_that_arxiv_does_not_understand_says_why(tmp_path: Path) -> None:
    components = Site().components(tmp_path)

    async def refuse(arguments: Any, read: Any) -> Results:
        return Results((), 0, "what is this")

    components.arxiv.query = refuse  # type: ignore[method-assign,assignment]
    with pytest.raises(PermanentFailure, match="does not understand this query: what is this"):
        await search_arxiv("(((", 5, components.arxiv)


async def test_an_empty_page_of_a_search_that_has_results_is_asked_again(tmp_path: Path) -> None:
    site = Site(faults=("empty-page:/api:2",))
    results = await site.components(tmp_path).arxiv.query(search_arguments("cat:cs.LG", 5), parse_results)
    assert len(results.papers) == 5
    assert len(site.paths()) == 3


async def test_an_error_of_the_query_api_is_told(tmp_path: Path) -> None:
    components = Site().components(tmp_path)
    results = await components.arxiv.query({"id_list": "nonsense"}, parse_results)
    assert (results.papers, results.problem) == ((), "incorrect id format for nonsense")


async def test_a_paper_that_oai_does_not_have_yet_is_looked_up_by_the_query_api(tmp_path: Path) -> None:
    site = Site()
    components = site.components(tmp_path)
    oai = components.arxiv.oai

    async def without(arguments: Any, read: Any) -> Any:
        return await oai({**arguments, "identifier": "oai:arXiv.org:2612.99999"}, read)

    components.arxiv.oai = without  # type: ignore[method-assign]
    reply = await look_up(("2610.20101",), components.arxiv, components.catalogue)
    assert (reply.found, reply.missing) == (("2610.20101",), {})
    assert (await components.catalogue.get(["2610.20101"]))["2610.20101"].source == "query"
    components.arxiv.oai = oai  # type: ignore[method-assign]
    run = await components.harvester.run(HarvestPlan(date(2026, 10, 1)))
    assert "2610.20101" not in (*run.new_ids, *run.revised_ids)
    assert (await components.catalogue.get(["2610.20101"]))["2610.20101"].source == "oai"


async def test_a_stop_holds_for_feeds_and_queries_too(tmp_path: Path) -> None:
    site = Site(faults=("403:/rss:1",))
    components = site.components(tmp_path)
    with pytest.raises(TemporaryFailure):
        await components.arxiv.feed("cs.LG", parse_feed)
    with pytest.raises(TemporaryFailure, match="Requests to arXiv stopped"):
        await components.arxiv.query(search_arguments("x", 1), parse_results)
    assert len(site.paths()) == 1


@pytest.mark.parametrize("body", [b"Rate", b"<html/>", b"<!DOCTYPE x><rss/>"])
def test_what_is_no_feed_is_garbled(body: bytes) -> None:
    for read in (parse_feed, parse_results):
        with pytest.raises(Garbled):
            read(body)


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({}, "https://rss.arxiv.org/rss"),
        ({"arxiv_url": "http://127.0.0.1:8099/"}, "http://127.0.0.1:8099/rss"),
        ({"rss_url": "http://feeds/"}, "http://feeds"),
    ],
)
def test_feeds_come_from_where_the_rest_comes_from(settings: dict[str, str], expected: str) -> None:
    assert feeds_url(FetcherSettings.model_validate(settings)) == expected


@pytest.mark.parametrize("day", ["soon", "99999999", "Fri, 31 Dec 99999 23:59:59 GMT", "²"])
def test_a_feed_with_an_odd_day_is_read_without_one(day: str) -> None:
    assert parse_feed(f"<rss><channel><pubDate>{day}</pubDate></channel></rss>".encode()).day is None


@pytest.mark.parametrize("number", ["²", "-1", "9" * 5_000, "many"])
def test_odd_numbers_and_times_of_the_query_api_are_no_traceback(number: str) -> None:
    entry = (
        "<entry><id>http://arxiv.org/abs/2611.00001v1</id><title>On walls</title><category term='cs.CL'/>"
        f"<published>{number[:50]}</published></entry>"
    )
    head = "<feed xmlns='http://www.w3.org/2005/Atom' xmlns:o='http://a9.com/-/spec/opensearch/1.1/'>"
    results = parse_results(f"{head}<o:totalResults>{number}</o:totalResults>{entry}</feed>".encode())
    assert (results.total, [paper.published_at for paper in results.papers]) == (0, [None])


def test_a_search_with_an_illegal_character_in_its_answer_is_read() -> None:
    head = "<feed xmlns='http://www.w3.org/2005/Atom'>"
    entry = (
        "<entry><id>http://arxiv.org/abs/2611.00001v1</id><title>On\x0cwalls</title><category term='cs.CL'/></entry>"
    )
    (paper,) = parse_results(f"{head}{entry}</feed>".encode()).papers
    assert paper.title == "On walls"
