"""What is told of a pick: title, authors, one sentence, where to read it. Ratings and reasons stay here."""

from datetime import date

from services.publisher.outlets.feeds.feed import plain_title
from services.publisher.outlets.webhooks.chats.chat import ToldPick
from services.publisher.pages.cards import Card, short_authors
from services.publisher.pages.templating import paper_path
from services.publisher.rendering.dates import long_date
from services.publisher.rendering.safe_html import first_words, without_controls
from shared.paper_labels import page_address

_ABSTRACT_CHARACTERS = 300


def told_pick(card: Card, reader: str | None, arxiv: str) -> ToldPick:
    """A card as plain text. It leads to the reader where that has an address for others, else to the original."""
    authors = short_authors(card.paper.authors) if card.paper else ""
    original = page_address(card.paper_id, arxiv, source=card.paper.source if card.paper else "")
    address = f"{reader}{paper_path(card.paper_id)}" if reader else original
    return ToldPick(card.paper_id, plain_title(card), _line(authors), _line(_sentence(card)), address).cut()


def heading(day: date, count: int) -> str:
    """`3 picks for Friday, 6 November 2026`."""
    return f"{count} {'pick' if count == 1 else 'picks'} for {long_date(day)}"


def _sentence(card: Card) -> str:
    field = card.lead or next(iter(card.told), None)
    if field is not None:
        return field.claims[0].text
    return first_words(card.paper.abstract, _ABSTRACT_CHARACTERS) if card.paper else ""


def _line(text: str) -> str:
    return " ".join(without_controls(text).split())
