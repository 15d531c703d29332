"""Takes back what a person did last on any page: what held before is said again."""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast, get_args

from services.publisher.api.event_sender import EventSender
from services.publisher.library.history import (
    READER,
    Action,
    Reversal,
    Word,
    last_action,
    reversals,
    undone_ids,
    what_was_undone,
    words_of,
)
from services.publisher.pages.components import Components
from services.publisher.rendering.safe_html import first_words
from shared.contracts import FeedbackLabel, KeepSignal, Label, SignalKind
from shared.errors import RequestFailed
from shared.paper_labels import paper_label
from shared.text.tex.words import in_words

log = logging.getLogger(__name__)

_REACH = timedelta(hours=24)
"""An older action is not undone by a key pressed by mistake; My ratings and Saved take it back."""
_TITLE_CHARACTERS = 80
NOTHING = "Nothing to undo: nothing was rated, saved or skipped here in the last 24 hours."


@dataclass(frozen=True)
class Undone:
    """`text` says what was undone; `problem` why it was not; `event_id` of the action, empty where there is none."""

    text: str
    event_id: str = ""
    paper_ids: tuple[str, ...] = ()
    problem: str = ""


async def undo_last(components: Components, sender: EventSender, now: datetime) -> Undone:
    """Undo the newest action of the person that was not undone yet."""
    words = await asyncio.to_thread(_words, components)
    action = last_action(words, now - _REACH)
    if action is None:
        return Undone(NOTHING)
    restored = reversals(action, words)
    for reversal in restored:
        if problem := await _say(components, sender, reversal):
            facts = {"action": "undo_failed", "event_id": action.event_id}
            log.warning("An action was not undone: %s", problem, extra=facts)
            return Undone("", problem=f"This was not undone ({problem}). Try again in a moment.")
    return await asyncio.to_thread(_undone, components, action, restored)


def undone_action(components: Components, event_id: str) -> Undone:
    """What was undone, as the files tell it; so the page may be loaded again without undoing more."""
    words = _words(components)
    papers = [word for word in words if word.event_id == event_id]
    if not papers or event_id not in undone_ids(words):
        return Undone(NOTHING)
    paper_ids = tuple(dict.fromkeys(word.paper_id for word in papers))
    action = Action(event_id, papers[0].said, paper_ids, papers[0].occurred_at)
    return _undone(components, action, reversals(action, words))


def states(components: Components, paper_ids: Sequence[str]) -> list[dict[str, Any]]:
    """What a card shows of each paper, for the page's script."""
    labels, marks = components.ratings.labels(paper_ids), components.library.marks(paper_ids)
    return [
        {
            "paper_id": paper_id,
            "label": labels.get(paper_id, ""),
            "saved": marks[paper_id].is_saved,
            "skipped": marks[paper_id].is_skipped,
            "opened": marks[paper_id].is_opened,
        }
        for paper_id in paper_ids
    ]


def _words(components: Components) -> list[Word]:
    return words_of(components.ratings.all(), components.library.signals())


async def _say(components: Components, sender: EventSender, reversal: Reversal) -> str:
    """Say what held before; why that failed, empty where it went well."""
    facts = {"event_id": reversal.event_id, "paper_ids": reversal.paper_ids, "user": components.user, "source": READER}
    if reversal.said in get_args(Label):
        event = FeedbackLabel.model_validate({**facts, "label": reversal.said})
        problem = await sender.send(event)
        if problem is None:
            await asyncio.to_thread(components.ratings.add_published, event)
        return problem or ""
    try:
        await components.bus.ask(KeepSignal.model_validate({**facts, "kind": cast(SignalKind, reversal.said)}))
    except RequestFailed as error:
        return str(error).rstrip(".")
    return ""


def _undone(components: Components, action: Action, restored: Sequence[Reversal]) -> Undone:
    (paper_id,) = action.paper_ids[:1]
    paper = components.records.papers([paper_id]).get(paper_id)
    title = in_words(paper.title) if paper and paper.title else paper_label(paper_id)
    return Undone(
        what_was_undone(action, restored, first_words(title, _TITLE_CHARACTERS)), action.event_id, action.paper_ids
    )
