"""What a row of Notion needs, from what is known of it: decided without a request."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from services.publisher.outlets.notion.row_content import RowContent
from shared.notion.properties import RowRating
from shared.notion.row_files import ReadRating, WrittenRow
from shared.notion.shown_rating import shown_rating, standing
from shared.store.people.preferences import Rating

Need = Literal["create", "update", "nothing", "removed"]


@dataclass(frozen=True)
class RowPlan:
    """`rating` is what the row should show instead of what it shows; None leaves it."""

    content: RowContent
    known: WrittenRow
    need: Need
    writes_properties: bool = False
    writes_body: bool = False
    rating: RowRating | None = None
    newest: Rating | None = None

    @property
    def changes(self) -> list[str]:
        """What would be written, in words."""
        parts = {"properties": self.writes_properties, "body": self.writes_body, "rating": self.rating is not None}
        return [name for name, is_written in parts.items() if is_written]

    @property
    def requests(self) -> int:
        """How many requests it takes at least."""
        if self.need == "create":
            return 1
        return 2 * self.writes_body + (self.writes_properties or self.rating is not None) + (self.rating is not None)


def plan_row(content: RowContent, known: WrittenRow | None, read: ReadRating | None, newest: Rating | None) -> RowPlan:
    """`newest` is the user's newest word on the paper, removals included."""
    known = known or WrittenRow(paper_id=content.paper_id)
    if known.is_removed:
        return RowPlan(content, known, "removed")
    if not known.page_id:
        return RowPlan(content, known, "create", True, True, standing(newest.label if newest else None), newest)
    properties, body = known.properties != content.properties_hash, known.body != content.body_hash
    rating = rating_to_write(known, read, newest)
    need: Need = "update" if properties or body or rating is not None else "nothing"
    return RowPlan(content, known, need, properties, body, rating, newest)


def rating_to_write(known: WrittenRow, read: ReadRating | None, newest: Rating | None) -> RowRating | None:
    """What a row should show instead; None while nothing newer was said than what it shows.

    A word that was read from the row may still be on its way into the store: then nothing in the store is newer.
    """
    shown = shown_rating(known, read)
    rating = standing(newest.label if newest else None)
    if newest is None:
        return None
    if known.page_id and known.intended is not None:
        return rating  # whether that was written is not known
    if shown is not None and (shown.rating == rating or (shown.word_at and newest.occurred_at <= shown.word_at)):
        return None
    return rating


def newest_words(ratings: Iterable[Rating]) -> Mapping[str, Rating]:
    """The newest word on each paper, of ratings from the oldest on."""
    return {rating.paper_id: rating for rating in ratings}
