"""Whether a row's rating is a word of its owner, decided from what the row is known to show."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from shared.contracts import FeedbackLabel, Label
from shared.notion.properties import Row, RowRating
from shared.notion.row_files import ReadRating, WrittenRow
from shared.notion.shown_rating import ShownRating, shown_rating, standing
from shared.store.people.preferences import Rating

SOURCE = "notion"
_NAMESPACE = uuid.UUID("0b5f1a52-7a2e-4f6e-9d0c-2f6a4b1c7e90")
_MINUTE = timedelta(minutes=1)
_SETTLING = timedelta(seconds=5)
"""How old an answer of Notion may be that was asked for now."""


@dataclass(frozen=True)
class Reading:
    """What a row comes to: the event to publish, if it is news, and what is remembered of it."""

    event: FeedbackLabel | None
    state: ReadRating


def read_row(
    row: Row, written: WrittenRow | None, read: ReadRating | None, newest: Rating | None, user: str, asked_at: datetime
) -> Reading | None:
    """None where the row says nothing new, or nothing sure yet: it is read again then.

    `newest` is the user's newest word on the paper, removals included; `asked_at` is when Notion was asked.
    """
    shown = shown_rating(written, read)
    if shown is None:
        return _first_look(row, written, newest, user, asked_at)
    if shown.since > asked_at - _SETTLING or row.edited_at + _MINUTE <= shown.since:
        return None
    if row.rating == shown.rating:
        return None
    if written is not None and row.rating == written.intended:
        return None
    return _changed(row, shown, newest, user, asked_at)


def _first_look(
    row: Row, written: WrittenRow | None, newest: Rating | None, user: str, asked_at: datetime
) -> Reading | None:
    """Of a row of which nothing is known: an empty rating says nothing, another one what is not known already."""
    if not row.rating or (written is not None and row.rating == written.intended):
        return None
    at = min(row.edited_at, asked_at)
    if row.rating == standing(newest.label if newest else None):
        return Reading(None, _state(row, newest.occurred_at if newest else None, asked_at))
    if newest is not None and newest.occurred_at >= at:
        return Reading(None, _state(row, at, asked_at))
    return _word(row, f"first {row.edited_at.isoformat()}", at, user, asked_at)


def _changed(row: Row, shown: ShownRating, newest: Rating | None, user: str, asked_at: datetime) -> Reading:
    """The word was said after the row showed something else, and not before the minute of the row's last change.

    The minute may be that of a later change of something else, but never of an earlier one.
    """
    if newest is not None and standing(newest.label) == row.rating:
        return Reading(None, _state(row, newest.occurred_at, asked_at))
    at = min(max(row.edited_at, shown.since + timedelta(milliseconds=1)), asked_at)
    return _word(row, f"{shown.rating} {shown.since.isoformat()}", at, user, asked_at)


def _word(row: Row, before: str, at: datetime, user: str, asked_at: datetime) -> Reading:
    """The same change read twice has the same id, whatever else was edited meanwhile."""
    label: Label = row.rating or "clear"
    event_id = uuid.uuid5(_NAMESPACE, f"{row.page_id} {before} {label}").hex
    event = FeedbackLabel(
        event_id=f"notion-{event_id}",
        paper_ids=(row.paper_id,),
        label=label,
        source=SOURCE,
        actor=user,
        user=user,
        occurred_at=at,
    )
    return Reading(event, _state(row, at, asked_at))


def _state(row: Row, word_at: datetime | None, seen_at: datetime) -> ReadRating:
    rating: RowRating = row.rating
    return ReadRating(paper_id=row.paper_id, page_id=row.page_id, rating=rating, word_at=word_at, seen_at=seen_at)
