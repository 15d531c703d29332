"""The rating that a row of Notion is known to show: what tells a change by its owner from a word that we wrote."""

from dataclasses import dataclass
from datetime import datetime

from shared.contracts import Label
from shared.notion.properties import RowRating
from shared.notion.row_files import ReadRating, WrittenRow


@dataclass(frozen=True)
class ShownRating:
    """What a row shows since a moment, and when the word was said that it stands for (None: nothing was said)."""

    rating: RowRating
    since: datetime
    word_at: datetime | None


def shown_rating(written: WrittenRow | None, read: ReadRating | None) -> ShownRating | None:
    """The later of what was written there and what was read there, of the same page; None where neither is known."""
    known: list[ShownRating] = []
    if written is not None and written.shown_at is not None:
        known.append(ShownRating(written.rating, written.shown_at, written.word_at))
    if read is not None and (written is None or written.page_id in ("", read.page_id)):
        known.append(ShownRating(read.rating, read.seen_at, read.word_at))
    return max(known, key=lambda shown: shown.since, default=None)


def standing(label: Label | None) -> RowRating:
    """What a row shows of somebody's newest word."""
    return "" if label is None or label == "clear" else label
