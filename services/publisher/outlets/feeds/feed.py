"""A user's newest picks, as any kind of feed shows them. Ratings and reasons are private and stay out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape

from services.publisher.pages.cards import Card, build_cards
from services.publisher.pages.components import Components
from services.publisher.pages.templating import paper_path
from services.publisher.paper.revisions.news import RevisionNews, recent_news
from services.publisher.records.records import picks_of
from services.publisher.rendering.safe_html import parts_of, without_controls
from shared.contracts import FIRST_MOMENT

_DAYS = 14
_MOST_ITEMS = 150


@dataclass(frozen=True)
class FeedItem:
    """A pick, or what became of a paper that the user knows: `html` is safe to show, everything else is plain text."""

    item_id: str
    title: str
    address: str
    html: str
    authors: Sequence[str]
    categories: Sequence[str]
    picked_at: datetime


@dataclass(frozen=True)
class Feed:
    """Items newest first; `home` is the reader, `address` the feed's own."""

    title: str
    home: str
    address: str
    updated_at: datetime
    items: Sequence[FeedItem]


def build_feed(mine: Components, base: str, address: str) -> Feed:
    """The picks of the last days with picks; `base` is where the reader answers, without a slash at its end."""
    items: dict[str, FeedItem] = {}
    for day in mine.records.days()[:_DAYS]:
        picks = picks_of(mine.records.candidates(day))
        cards = build_cards(mine.records, mine.ratings, [pick.paper_id for pick in picks], picks=picks)
        for card in cards:
            items.setdefault(card.paper_id, _item(mine, card, base))
    for news in recent_news(mine.records, mine.ratings, _DAYS):
        items[f"{news.paper_id} {news.version}"] = _news_item(news, base)
    newest = sorted(items.values(), key=lambda item: item.picked_at, reverse=True)[:_MOST_ITEMS]
    updated_at = max((item.picked_at for item in newest), default=FIRST_MOMENT)
    return Feed(_title(mine.user), f"{base}/", address, updated_at, newest)


def plain_title(card: Card) -> str:
    """The title as text, formulas between dollars."""
    return _plain(card.title)


def _plain(title: str) -> str:
    text = "".join(part.text if part.kind == "words" else f"${part.text}$" for part in parts_of(title))
    return " ".join(without_controls(text).split())


def _item(mine: Components, card: Card, base: str) -> FeedItem:
    template = mine.templates.env.get_template("feed_item.html")
    return FeedItem(
        item_id=f"tag:papersys,2026:paper/{card.paper_id}",
        title=plain_title(card),
        address=f"{base}{paper_path(card.paper_id)}",
        html=template.render(card=card),
        authors=[_clean(author) for author in card.paper.authors] if card.paper else [],
        categories=[_clean(category) for category in card.paper.categories] if card.paper else [],
        picked_at=card.pick.made_at if card.pick and card.pick.made_at else FIRST_MOMENT,
    )


def _news_item(news: RevisionNews, base: str) -> FeedItem:
    lines = filter(None, (news.text, f"{news.quotes}." if news.quotes else ""))
    return FeedItem(
        item_id=f"tag:papersys,2026:revision/{news.paper_id}/v{news.version}/{news.kind.lower()}",
        title=f"{news.kind}: {_plain(news.title)}",
        address=f"{base}{paper_path(news.paper_id)}",
        html="".join(f"<p>{escape(line)}</p>" for line in lines),
        authors=[],
        categories=[],
        picked_at=news.found_at,
    )


def _title(user: str) -> str:
    return "papersys picks" if user == "me" else f"papersys picks of {_clean(user)}"


def _clean(text: str) -> str:
    return " ".join(without_controls(text).split())
