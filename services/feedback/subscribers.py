"""What the feedback service does with a rating, a follow, a note, a glossary, and a paper saved, skipped or opened."""

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime

from services.feedback.lookups import Lookups
from shared.bus.bus import Bus
from shared.contracts import (
    CLOCK_DIFFERENCE,
    FeedbackLabel,
    KeepSignal,
    KeepSignalReply,
    PutGlossary,
    PutGlossaryReply,
    PutNote,
    PutNoteReply,
    SetFollow,
    SetFollowReply,
    SignalKind,
    now,
)
from shared.errors import PermanentFailure
from shared.store.people.follows import Follow, FollowStore
from shared.store.people.glossaries import GlossaryStore
from shared.store.people.notes import NoteStore
from shared.store.people.preferences import RatingStore, ratings_of
from shared.store.people.signals import SignalStore, signals_of

log = logging.getLogger(__name__)

_ASKED_FOR: tuple[SignalKind, ...] = ("save", "unsave", "skip", "unskip")
"""What a person wants remembered; who opens a paper has asked for nothing."""


def register(bus: Bus, ratings: RatingStore, lookups: Lookups, clock: Callable[[], datetime] = now) -> None:
    """Every rating is stored, whether or not its paper was ever harvested; but none of the future."""

    async def on_feedback_label(event: FeedbackLabel) -> None:
        refuse_future(event, clock())
        stored = await asyncio.to_thread(ratings.append, ratings_of(event))
        facts = {"action": "rating_stored", "label": event.label, "source": event.source, "event_id": event.event_id}
        log.info("Stored %d of %d ratings.", stored, len(event.paper_ids), extra=facts)
        lookups.notice()

    bus.on(FeedbackLabel, on_feedback_label)


def refuse_future(event: FeedbackLabel, present: datetime) -> None:
    """Raises PermanentFailure for a rating of a later time than now, clocks' differences apart."""
    if event.occurred_at > present + CLOCK_DIFFERENCE:
        raise PermanentFailure(
            f"The rating ({event.label} from {event.source}) is of {event.occurred_at:%Y-%m-%d %H:%M:%S} UTC, which "
            f"lies in the future: it is {present:%Y-%m-%d %H:%M:%S} UTC here. It is not stored, because the newest "
            "rating wins; set the clocks right, then give the rating again."
        )


def register_follows(bus: Bus, follows: FollowStore) -> None:
    """Every follow is stored, and its end; asked twice, once."""

    async def on_set_follow(request: SetFollow) -> SetFollowReply:
        follow = Follow(**request.model_dump(), at=now())
        if await asyncio.to_thread(follows.put, follow):
            facts = {"action": "follow_stored", "kind": follow.kind, "followed": follow.followed}
            log.info("Stored a follow.", extra=facts)
        return SetFollowReply(kind=follow.kind, value=follow.value, followed=follow.followed)

    bus.answer(SetFollow, on_set_follow)


def register_notes(bus: Bus, notes: NoteStore) -> None:
    """A note is kept, unless the writer had not seen the one that stands."""

    async def on_note(request: PutNote) -> PutNoteReply:
        is_saved, note = await asyncio.to_thread(
            notes.put, request.user, request.paper_id, request.text, request.based_on
        )
        return PutNoteReply(is_saved=is_saved, text=note.text, fingerprint=note.fingerprint)

    bus.answer(PutNote, on_note)


def register_glossaries(bus: Bus, glossaries: GlossaryStore) -> None:
    """A glossary is kept, unless the writer had not seen the one that stands."""

    async def on_glossary(request: PutGlossary) -> PutGlossaryReply:
        is_saved, glossary = await asyncio.to_thread(
            glossaries.put, request.user, request.language, request.text, request.based_on
        )
        return PutGlossaryReply(is_saved=is_saved, text=glossary.text, fingerprint=glossary.fingerprint)

    bus.answer(PutGlossary, on_glossary)


def register_signals(bus: Bus, signals: SignalStore, *, keep_opened: bool) -> None:
    """Papers saved and skipped are always remembered, opened ones where the settings allow it."""

    async def keep_signal(request: KeepSignal) -> KeepSignalReply:
        if not keep_opened and request.kind not in _ASKED_FOR:
            return KeepSignalReply(is_kept=False)
        stored = await asyncio.to_thread(signals.append, signals_of(request))
        facts = {"action": "signal_stored", "kind": request.kind, "source": request.source}
        log.info("Stored %d of %d signals.", stored, len(request.paper_ids), extra=facts)
        return KeepSignalReply(stored=stored)

    bus.answer(KeepSignal, keep_signal)
