"""Today's announcements as arXiv's feeds show them: RSS 2.0 and Atom, empty on days without an announcement."""

import xml.etree.ElementTree as ET
from datetime import date, datetime, time, timedelta, timezone
from email.utils import format_datetime
from typing import NamedTuple

from deploy.demo.papers.accents import tex_to_unicode
from deploy.demo.papers.corpus import Corpus, Row
from deploy.demo.papers.paper import Paper
from deploy.demo.web.markup import add_element, new_element, to_bytes
from shared.categories import ARCHIVES, SUBJECTS

MOST_ITEMS = 2_000
_NEWEST_REPLACEMENT = 5
_EASTERN = timezone(timedelta(hours=-5))
_ARXIV = "http://arxiv.org/schemas/atom"
_DC = "http://purl.org/dc/elements/1.1/"
_ATOM = "http://www.w3.org/2005/Atom"


class UnknownFeed(Exception):
    """A feed of something that is no category or archive."""


class Item(NamedTuple):
    paper: Paper
    version: int
    announce_type: str

    @property
    def guid(self) -> str:
        return f"oai:arXiv.org:{self.paper.paper_id}v{self.version}"

    @property
    def link(self) -> str:
        return f"https://arxiv.org/abs/{self.paper.paper_id}"

    @property
    def description(self) -> str:
        head = f"arXiv:{self.paper.paper_id}v{self.version} Announce Type: {self.announce_type} \n"
        return f"{head}Abstract: {tex_to_unicode(self.paper.abstract)}"

    @property
    def creators(self) -> str:
        return ", ".join(tex_to_unicode(author.full_name) for author in self.paper.authors)


def parse_feed(text: str) -> list[str]:
    """`cs.CV+cs.CL` or `cs`; arXiv refuses a feed that names anything else."""
    wanted = [part for part in text.split("+") if part]
    unknown = [part for part in wanted if part not in SUBJECTS and part not in ARCHIVES]
    if unknown or not wanted:
        raise UnknownFeed(f"Bad archive/category '{', '.join(unknown)}'.")
    return wanted


def announced_items(corpus: Corpus, today: date, wanted: list[str]) -> list[Item]:
    """The cut at 2,000 items drops new papers first, as arXiv's does; version 6 and later are left out."""
    rows = corpus.view(today).announced_today()
    typed = [(row, _announce_type(row, corpus.papers[row.paper_id], wanted)) for row in rows]
    items = [
        Item(corpus.papers[row.paper_id], row.version, kind)
        for row, kind in typed
        if kind and row.version <= _NEWEST_REPLACEMENT
    ]
    order = ["replace-cross", "replace", "cross", "new"]
    kept = sorted(items, key=lambda item: order.index(item.announce_type))[:MOST_ITEMS]
    return sorted(kept, key=lambda item: -order.index(item.announce_type))


def write_rss(items: list[Item], wanted: list[str], today: date, now: datetime, url: str) -> bytes:
    root = new_element(
        "rss",
        {
            "xmlns:arxiv": _ARXIV,
            "xmlns:dc": _DC,
            "xmlns:atom": _ATOM,
            "xmlns:content": "http://purl.org/rss/1.0/modules/content/",
            "version": "2.0",
        },
    )
    channel = add_element(root, "channel")
    published = format_datetime(_midnight(today))
    names = ", ".join(wanted)
    add_element(channel, "title", f"{names} updates on arXiv.org")
    add_element(channel, "link", url)
    add_element(channel, "description", f"{names} updates on the arXiv.org e-print archive.")
    add_element(channel, "atom:link", "", {"href": url, "rel": "self", "type": "application/rss+xml"})
    add_element(channel, "docs", "http://www.rssboard.org/rss-specification")
    add_element(channel, "language", "en-us")
    add_element(channel, "lastBuildDate", format_datetime(now))
    add_element(channel, "managingEditor", "rss-help@arxiv.org")
    add_element(channel, "pubDate", published)
    skipped = add_element(channel, "skipDays")
    add_element(skipped, "day", "Saturday")
    add_element(skipped, "day", "Sunday")
    for item in items:
        channel.append(_rss_item(item, published))
    return to_bytes(root)


def write_atom(items: list[Item], wanted: list[str], today: date, now: datetime, url: str) -> bytes:
    root = new_element("feed", {"xmlns:arxiv": _ARXIV, "xmlns:dc": _DC, "xmlns": _ATOM, "xml:lang": "en-us"})
    names = ", ".join(wanted)
    add_element(root, "id", url)
    add_element(root, "title", f"{names} updates on arXiv.org")
    add_element(root, "updated", now.isoformat())
    add_element(root, "link", "", {"href": url, "rel": "self", "type": "application/atom+xml"})
    add_element(root, "subtitle", f"{names} updates on the arXiv.org e-print archive.")
    for item in items:
        entry = add_element(root, "entry")
        add_element(entry, "id", item.guid)
        add_element(entry, "title", tex_to_unicode(item.paper.title))
        add_element(entry, "updated", now.isoformat())
        add_element(entry, "link", "", {"href": item.link, "rel": "alternate", "type": "text/html"})
        add_element(entry, "summary", item.description)
        for category in item.paper.categories:
            add_element(entry, "category", "", {"term": category})
        add_element(entry, "published", _midnight(today).isoformat())
        _add_announcement(entry, item)
    return to_bytes(root)


def _rss_item(item: Item, published: str) -> ET.Element:
    element = new_element("item")
    add_element(element, "title", tex_to_unicode(item.paper.title))
    add_element(element, "link", item.link)
    add_element(element, "description", item.description)
    add_element(element, "guid", item.guid, {"isPermaLink": "false"})
    for category in item.paper.categories:
        add_element(element, "category", category)
    add_element(element, "pubDate", published)
    _add_announcement(element, item)
    return element


def _add_announcement(element: ET.Element, item: Item) -> None:
    add_element(element, "arxiv:announce_type", item.announce_type)
    add_element(element, "dc:rights", item.paper.license)
    add_element(element, "dc:creator", item.creators)


def _announce_type(row: Row, paper: Paper, wanted: list[str]) -> str:
    is_primary = _is_wanted(paper.categories[0], wanted)
    if not is_primary and not any(_is_wanted(category, wanted) for category in paper.categories[1:]):
        return ""
    if row.version == 1:
        return "new" if is_primary else "cross"
    return "replace" if is_primary else "replace-cross"


def _is_wanted(category: str, wanted: list[str]) -> bool:
    return category in wanted or category.partition(".")[0] in wanted


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=_EASTERN)
