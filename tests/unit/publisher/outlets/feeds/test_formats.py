"""Feeds as feed readers parse them, with text of strangers in every place."""

import json
from dataclasses import replace
from typing import Any

import feedparser
import pytest
from hypothesis import given

from services.publisher.outlets.feeds.feed import Feed, FeedItem
from services.publisher.outlets.feeds.formats import FEEDS, atom, json_feed, rss
from services.publisher.rendering.safe_html import without_controls
from tests.support.arxiv.hostile_text import ANY_TEXT
from tests.support.folders.seed import GRAPHS, HOSTILE_TITLE, NOON

ITEM = FeedItem(
    f"tag:papersys,2026:paper/{GRAPHS}",
    HOSTILE_TITLE,
    f"http://127.0.0.1:8080/paper/{GRAPHS}",
    "<p>Short &amp; sweet</p>",
    ["Mira Oduya", "]]><x/>"],
    ["cs.LG"],
    NOON,
)
FEED = Feed("papersys picks", "http://127.0.0.1:8080/", "http://127.0.0.1:8080/feed/k/atom.xml", NOON, [ITEM])


@pytest.mark.parametrize("write", [rss, atom])
def test_a_feed_reader_understands_it(write: Any) -> None:
    parsed = feedparser.parse(write(FEED), sanitize_html=False)
    assert not parsed.bozo
    (entry,) = parsed.entries
    assert (parsed.feed.title, parsed.feed.link) == ("papersys picks", "http://127.0.0.1:8080/")
    assert (entry.id, entry.link) == (ITEM.item_id, ITEM.address)
    assert entry.title == HOSTILE_TITLE
    assert entry.published_parsed[:5] == NOON.timetuple()[:5]
    assert "<p>Short &amp; sweet</p>" in (entry.content[0].value if "content" in entry else entry.summary)
    assert [tag.term for tag in entry.tags] == ["cs.LG"]


def test_a_json_feed_has_the_same() -> None:
    content = json.loads(json_feed(FEED))
    (item,) = content["items"]
    assert content["version"] == "https://jsonfeed.org/version/1.1"
    assert (item["id"], item["title"], item["authors"][1]["name"]) == (ITEM.item_id, HOSTILE_TITLE, "]]><x/>")


@pytest.mark.parametrize("name", FEEDS)
def test_a_feed_without_picks_is_one(name: str) -> None:
    assert FEEDS[name].write(replace(FEED, items=[]))


@given(ANY_TEXT)
def test_any_text_leaves_the_document_whole(text: str) -> None:
    clean = without_controls(text)
    feed = replace(FEED, items=[replace(ITEM, title=clean, html=clean, authors=[clean], categories=[clean])])
    assert [feedparser.parse(write(feed)).bozo for write in (rss, atom)] == [False, False]
