"""The page My ratings: what was liked, disliked, skipped and opened, with its day; the newest first."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from urllib.parse import urlencode

from services.publisher.library.paging import Slice, slice_of
from services.publisher.pages.cards import Card, build_cards
from services.publisher.records.ratings import Ratings
from services.publisher.records.records import Records

SHOWN = {"": "Rated", "liked": "Liked", "disliked": "Disliked", "skipped": "Skipped", "opened": "Read"}
_PAPERS_A_PAGE = 30
_LONGEST_QUERY = 200


class Entry(NamedTuple):
    """What was done with a paper, and when."""

    card: Card
    done: str
    at: datetime


@dataclass(frozen=True)
class RatingsPage:
    """The entries of one page of a list; `counts` of every list by its name, whatever words are sought."""

    show: str
    words: str
    counts: Mapping[str, int]
    slice: Slice[str]
    entries: list[Entry]

    @property
    def base(self) -> str:
        """The first page of the list as it is filtered."""
        facts = {name: value for name, value in (("show", self.show), ("words", self.words)) if value}
        return f"/ratings?{urlencode(facts)}" if facts else "/ratings"

    @property
    def address(self) -> str:
        """This page, filter and page number included."""
        number = self.slice.number
        return f"{self.base}{'&' if '?' in self.base else '?'}page={number}" if number > 1 else self.base


def build_ratings(records: Records, ratings: Ratings, show: str, words: str, number: int | None) -> RatingsPage:
    """Page `number` of a list (`show`; an unknown one shows all ratings), of papers that `words` all stand in."""
    lists = _lists(ratings)
    show, words = show if show in SHOWN else "", words.strip()[:_LONGEST_QUERY]
    dates = lists[show]
    shown = slice_of(_matching(records, list(dates), words), number, _PAPERS_A_PAGE)
    cards = build_cards(records, ratings, shown.items)
    entries = [Entry(card, _done(card, show), dates[card.paper_id]) for card in cards]
    return RatingsPage(show, words, {name: len(papers) for name, papers in lists.items()}, shown, entries)


def _lists(ratings: Ratings) -> dict[str, dict[str, datetime]]:
    """The papers of each list with their dates, the newest first. Who rates a paper has skipped it no longer."""
    current = ratings.current()
    return {
        "": {paper_id: rating.occurred_at for paper_id, rating in current.items()},
        "liked": {paper_id: rating.occurred_at for paper_id, rating in current.items() if rating.label == "like"},
        "disliked": {paper_id: rating.occurred_at for paper_id, rating in current.items() if rating.label == "dislike"},
        "skipped": {paper_id: at for paper_id, at in ratings.library.skipped().items() if paper_id not in current},
        "opened": ratings.library.opened(),
    }


def _matching(records: Records, paper_ids: list[str], words: str) -> list[str]:
    """The papers with every word in the title, the authors or the id, in any case."""
    if not words:
        return paper_ids
    sought, texts = words.casefold().split(), records.short_texts(paper_ids)
    return [paper_id for paper_id in paper_ids if all(word in texts[paper_id] for word in sought)]


def _done(card: Card, show: str) -> str:
    if show in ("skipped", "opened"):
        return SHOWN[show]
    return "Liked" if card.label == "like" else "Disliked"
