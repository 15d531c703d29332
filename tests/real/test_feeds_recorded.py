"""Feeds and answers of the query API as arXiv's own software writes them."""

import pytest

from services.fetcher.arxiv.feeds import parse_feed
from services.fetcher.arxiv.query import parse_results
from tests.support.folders.real_data import real_data

pytestmark = pytest.mark.real


def test_a_real_feed_is_read_item_by_item() -> None:
    body = real_data("rss", "day_rss.xml").read_bytes()
    feed = parse_feed(body)
    assert len(feed.items) == body.count(b"<item>")
    assert feed.ids("new")
    assert parse_feed(real_data("rss", "empty_weekend.xml").read_bytes()).items == ()


def test_real_results_are_read_with_versions_and_dates() -> None:
    results = parse_results(real_data("atom", "query_testing_0_10.xml").read_bytes())
    assert (len(results.papers), results.total) == (10, 214881)
    first = results.papers[0]
    assert (first.paper_id, first.version, first.primary_category) == ("2202.12139", 1, "cs.SE")
    assert all(paper.published_at and paper.updated_at and paper.authors for paper in results.papers)


def test_an_unknown_id_and_a_bad_one_are_answers() -> None:
    assert parse_results(real_data("atom", "id_unknown.xml").read_bytes()).papers == ()
    bad = parse_results(real_data("atom", "id_abc_http400.xml").read_bytes())
    assert (bad.papers, bool(bad.problem)) == ((), True)
