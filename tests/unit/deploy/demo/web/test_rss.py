"""RSS and Atom of the demo arXiv."""

import xml.etree.ElementTree as ET
from datetime import UTC, date, datetime

import pytest

from deploy.demo.papers.corpus import Corpus, load_corpus
from deploy.demo.papers.paper import Paper
from deploy.demo.web.rss import MOST_ITEMS, UnknownFeed, announced_items, parse_feed, write_atom, write_rss

NOW = datetime(2026, 11, 6, 12, tzinfo=UTC)
LAST_DAY = date(2026, 11, 6)
ATOM = "{http://www.w3.org/2005/Atom}"
OPENSEARCH = "{http://a9.com/-/spec/opensearch/1.1/}"


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    return load_corpus()


def test_a_feed_shows_new_papers_cross_lists_and_replacements(corpus: Corpus) -> None:
    items = announced_items(corpus, date(2026, 11, 4), ["cs", "quant-ph"])
    kinds = {item.paper.paper_id: item.announce_type for item in items}
    assert kinds["2610.20504"] == "replace"
    assert kinds["2611.01108"] == "new"
    crossed = announced_items(corpus, date(2026, 10, 27), ["cs.LG"])
    assert ("2610.20802", "cross") in {(item.paper.paper_id, item.announce_type) for item in crossed}
    assert [item.announce_type for item in items] == sorted(
        (item.announce_type for item in items), key=["new", "cross", "replace", "replace-cross"].index
    )


def test_a_feed_is_empty_at_the_weekend_but_still_a_feed(corpus: Corpus) -> None:
    saturday = date(2026, 11, 7)
    items = announced_items(corpus, saturday, ["cs"])
    root = ET.fromstring(write_rss(items, ["cs"], saturday, NOW, "http://localhost/rss/cs"))
    assert root.findall(".//item") == []
    assert root.findtext(".//pubDate") == "Sat, 07 Nov 2026 00:00:00 -0500"
    assert [day.text for day in root.iter("day")] == ["Saturday", "Sunday"]


def test_rss_and_atom_show_the_same_items(corpus: Corpus) -> None:
    wanted = ["cs", "math", "hep-th"]
    items = announced_items(corpus, LAST_DAY, wanted)
    rss = ET.fromstring(write_rss(items, wanted, LAST_DAY, NOW, "http://localhost/rss/x"))
    atom = ET.fromstring(write_atom(items, wanted, LAST_DAY, NOW, "http://localhost/atom/x"))
    guids = [item.findtext("guid") for item in rss.iter("item")]
    assert len(guids) > 5
    assert guids == [entry.findtext(f"{ATOM}id") for entry in atom.iter(f"{ATOM}entry")]


def test_the_cut_drops_new_papers_first_and_late_versions_are_left_out() -> None:
    days = tuple(f"2026-10-{day:02}" for day in range(20, 26))
    papers = [Paper(f"2610.{n:05}", "T", "A.", (), ("cs.LG",), ("2026-11-06",)) for n in range(MOST_ITEMS)]
    papers += [Paper(f"2609.{n:05}", "T", "A.", (), ("cs.LG",), ("2026-10-01", "2026-11-06")) for n in range(5)]
    papers += [Paper("2601.00001", "T", "A.", (), ("cs.LG",), (*days, "2026-11-06"))]
    items = announced_items(Corpus({paper.paper_id: paper for paper in papers}), LAST_DAY, ["cs"])
    assert len(items) == MOST_ITEMS
    assert sum(item.announce_type == "replace" for item in items) == 5


@pytest.mark.parametrize("text", ["cs.XX", "nonsense", "", "cs.CV+foo"])
def test_an_unknown_category_has_no_feed(text: str) -> None:
    with pytest.raises(UnknownFeed):
        parse_feed(text)
