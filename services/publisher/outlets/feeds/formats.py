"""A feed as RSS 2.0, Atom (RFC 4287) and JSON Feed 1.1 (https://www.jsonfeed.org/version/1.1/)."""

import json
from collections.abc import Callable, Mapping
from email.utils import format_datetime
from typing import NamedTuple
from xml.etree import ElementTree as ET

from services.publisher.outlets.feeds.feed import Feed, FeedItem

_ATOM = "http://www.w3.org/2005/Atom"
_DC = "http://purl.org/dc/elements/1.1/"
_RSS_TYPE, _ATOM_TYPE = "application/rss+xml", "application/atom+xml"


class FeedFormat(NamedTuple):
    """A kind of feed; `write` makes the document."""

    label: str
    media_type: str
    write: Callable[[Feed], bytes]


def rss(feed: Feed) -> bytes:
    root = ET.Element("rss", {"version": "2.0", "xmlns:dc": _DC, "xmlns:atom": _ATOM})
    channel = ET.SubElement(root, "channel")
    _add(channel, "title", feed.title)
    _add(channel, "link", feed.home)
    _add(channel, "description", "Papers that papersys picked for you")
    _add(channel, "lastBuildDate", format_datetime(feed.updated_at))
    _add(channel, "atom:link", "", href=feed.address, rel="self", type=_RSS_TYPE)
    for item in feed.items:
        entry = ET.SubElement(channel, "item")
        _add(entry, "title", item.title)
        _add(entry, "link", item.address)
        _add(entry, "guid", item.item_id, isPermaLink="false")
        _add(entry, "pubDate", format_datetime(item.picked_at))
        for author in item.authors:
            _add(entry, "dc:creator", author)
        for category in item.categories:
            _add(entry, "category", category)
        _add(entry, "description", item.html)
    return _document(root)


def atom(feed: Feed) -> bytes:
    root = ET.Element("feed", {"xmlns": _ATOM})
    _add(root, "title", feed.title)
    _add(root, "id", feed.address)
    _add(root, "updated", feed.updated_at.isoformat())
    _add(root, "link", "", href=feed.home)
    _add(root, "link", "", href=feed.address, rel="self", type=_ATOM_TYPE)
    _add(ET.SubElement(root, "author"), "name", "papersys")
    for item in feed.items:
        _atom_entry(root, item)
    return _document(root)


def _atom_entry(root: ET.Element, item: FeedItem) -> None:
    entry = ET.SubElement(root, "entry")
    _add(entry, "title", item.title, type="text")
    _add(entry, "id", item.item_id)
    _add(entry, "link", "", href=item.address, rel="alternate", type="text/html")
    _add(entry, "published", item.picked_at.isoformat())
    _add(entry, "updated", item.picked_at.isoformat())
    for author in item.authors:
        _add(ET.SubElement(entry, "author"), "name", author)
    for category in item.categories:
        _add(entry, "category", "", term=category)
    _add(entry, "content", item.html, type="html")


def json_feed(feed: Feed) -> bytes:
    items = [
        {
            "id": item.item_id,
            "url": item.address,
            "title": item.title,
            "content_html": item.html,
            "date_published": item.picked_at.isoformat(),
            "authors": [{"name": author} for author in item.authors],
            "tags": list(item.categories),
        }
        for item in feed.items
    ]
    content = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed.title,
        "home_page_url": feed.home,
        "feed_url": feed.address,
        "items": items,
    }
    return json.dumps(content, ensure_ascii=False, indent=1).encode("utf-8", "replace")


def _add(parent: ET.Element, name: str, text: str, **attributes: str) -> None:
    ET.SubElement(parent, name, attributes).text = text or None


def _document(root: ET.Element) -> bytes:
    return bytes(ET.tostring(root, encoding="utf-8", xml_declaration=True))


FEEDS: Mapping[str, FeedFormat] = {
    "rss.xml": FeedFormat("RSS", f"{_RSS_TYPE}; charset=utf-8", rss),
    "atom.xml": FeedFormat("Atom", f"{_ATOM_TYPE}; charset=utf-8", atom),
    "feed.json": FeedFormat("JSON Feed", "application/feed+json", json_feed),
}
"""By the last part of their address."""
