"""A user's newest picks, as any kind of feed shows them. Ratings and reasons are private and stay out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from services.publisher.pages.cards import Card, build_cards
from services.publisher.pages.components import Components
from services.publisher.pages.templating import paper_path
from services.publisher.records.records import picks_of
from services.publisher.rendering.safe_html import parts_of, without_controls
from shared.contracts import FIRST_MOMENT

_DAYS = 14
_MOST_ITEMS = 150


@dataclass(frozen=True)
class FeedItem:
    """A pick: `html` is safe to show, everything else is plain text."""

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
    newest = sorted(items.values(), key=lambda item: item.picked_at, reverse=True)[:_MOST_ITEMS]
    updated_at = max((item.picked_at for item in newest), default=FIRST_MOMENT)
    return Feed(_title(mine.user), f"{base}/", address, updated_at, newest)


def plain_title(card: Card) -> str:
    """The title as text, formulas between dollars."""
    text = "".join(part.text if part.kind == "words" else f"${part.text}$" for part in parts_of(card.title))
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


def _title(user: str) -> str:
    return "papersys picks" if user == "me" else f"papersys picks of {_clean(user)}"


def _clean(text: str) -> str:
    return " ".join(without_controls(text).split())
