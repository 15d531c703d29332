"""The daily feeds, against the demo server."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from deploy.demo.misbehaviour.faults import parse_fault
from services.fetcher.arxiv.client import Garbled
from services.fetcher.arxiv.feeds import feed_path, parse_feed
from services.fetcher.arxiv.query import parse_results, search_arguments
from services.fetcher.harvesting.cursor import HarvestPlan
from shared.errors import TemporaryFailure
from shared.store.papers.metadata import MetadataStore
from tests.support.arxiv.demo import Site

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


@pytest.mark.parametrize("day", ["soon", "99999999", "Fri, 31 Dec 99999 23:59:59 GMT", "²"])
def test_a_feed_with_an_odd_day_is_read_without_one(day: str) -> None:
    assert parse_feed(f"<rss><channel><pubDate>{day}</pubDate></channel></rss>".encode()).day is None
