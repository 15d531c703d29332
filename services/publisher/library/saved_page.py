"""The page Saved: papers saved for later, the one saved last first."""

from dataclasses import dataclass

from services.publisher.library.paging import Slice, slice_of
from services.publisher.pages.cards import Card, build_cards
from services.publisher.records.ratings import Ratings
from services.publisher.records.records import Records
from shared.text.references.publication import publication_of

SHOWN = {"": "All", "unread": "Unread", "published": "Published or accepted"}
_PAPERS_A_PAGE = 25


@dataclass(frozen=True)
class SavedPage:
    """`total` papers are saved, of which the `slice` shows those that `show` lets through."""

    show: str
    total: int
    slice: Slice[str]
    cards: list[Card]

    @property
    def address(self) -> str:
        """This page, filter and page number included."""
        return f"{self.base}{'&' if self.show else '?'}page={self.slice.number}" if self.slice.number > 1 else self.base

    @property
    def base(self) -> str:
        """The first page of the list as it is filtered."""
        return f"/saved?show={self.show}" if self.show else "/saved"


def build_saved(records: Records, ratings: Ratings, show: str, number: int | None) -> SavedPage:
    """Page `number` of the saved papers; an unknown `show` shows all."""
    saved, opened = ratings.library.saved(), ratings.library.opened()
    show = show if show in SHOWN else ""
    wanted = [paper_id for paper_id in saved if not (show == "unread" and paper_id in opened)]
    if show == "published":
        papers = records.papers(wanted)
        wanted = [paper_id for paper_id in wanted if paper_id in papers and publication_of(papers[paper_id]).kind]
    shown = slice_of(wanted, number, _PAPERS_A_PAGE)
    return SavedPage(show, len(saved), shown, build_cards(records, ratings, shown.items))
