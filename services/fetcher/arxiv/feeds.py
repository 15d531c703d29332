"""arXiv's RSS feeds: what is announced today, new, cross-listed or replaced. OAI-PMH stays the truth about papers.

A feed holds at most 2,000 items, and the cut drops new papers first; it is empty on days without an announcement.
Format: https://info.arxiv.org/help/rss_specifications.html
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from email.utils import parsedate_to_datetime
from typing import Literal, get_args

from services.fetcher.arxiv.oai import words, xml_root
from shared.paper_ids import parse_versioned_id

Kind = Literal["new", "cross", "replace", "replace-cross"]
MOST_ITEMS = 2_000
_TYPE = "{http://arxiv.org/schemas/atom}announce_type"


@dataclass(frozen=True, slots=True)
class Announcement:
    """A version of a paper that is announced today."""

    paper_id: str
    version: int
    kind: Kind


@dataclass(frozen=True)
class Feed:
    """A day's announcements; `day` None where arXiv does not say."""

    day: date | None
    items: tuple[Announcement, ...]

    def ids(self, *kinds: Kind) -> tuple[str, ...]:
        return tuple(item.paper_id for item in self.items if item.kind in kinds)

    def __str__(self) -> str:
        counts = Counter[str](item.kind for item in self.items)
        names = {"new": "new", "cross": "cross-listed", "replace": "replaced", "replace-cross": "cross-listed replaced"}
        return ", ".join(f"{counts[kind]} {name}" for kind, name in names.items() if counts[kind]) or "nothing"


def parse_feed(body: bytes) -> Feed:
    """Read an RSS feed. Raises Garbled for what is none."""
    root = xml_root(body, "rss")
    published = words(root.findtext("channel/pubDate"))
    items = tuple(_announcement(item.findtext("guid"), item.findtext(_TYPE)) for item in root.iterfind("channel/item"))
    return Feed(_day(published), tuple(filter(None, items)))


def feed_path(categories: Iterable[str]) -> str:
    """`cs.CV+cs.CL`, as the address of a feed names them."""
    return "+".join(sorted(categories))


def _day(published: str) -> date | None:
    try:
        return parsedate_to_datetime(published).date() if published else None
    except (ValueError, TypeError, OverflowError):
        return None


def _announcement(guid: str | None, kind: str | None) -> Announcement | None:
    """None for an item that names no version of a paper, or a kind that is not known."""
    try:
        named = parse_versioned_id(words(guid))
    except ValueError:
        return None
    kinds: tuple[Kind, ...] = get_args(Kind)
    announced = next((name for name in kinds if name == words(kind)), None)
    return Announcement(named.paper_id, named.version or 1, announced) if announced else None
