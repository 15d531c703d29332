"""What a person did last, and what takes it back: everything that was said stands in append-only files, so undoing is
saying again what held before.

The word that undoes another carries its event's id, so that nothing is undone twice and a second undo takes back what
was done before.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from shared.contracts import Label, SignalKind
from shared.reached import place_of
from shared.store.people.preferences import Rating
from shared.store.people.signals import OPPOSITES, TAKEN_BACK, Signal

READER = "reader"
"""The source of what is done on the pages; what a command or an import said is not undone by a key."""
_UNDO = "undo-"
_NOT_UNDONE = ("open", "click", "read")
"""To open or read a paper is to look at it, nothing that one would want back."""

Said = Label | SignalKind


@dataclass(frozen=True)
class Word:
    """What was said about one paper: a rating or a signal."""

    event_id: str
    paper_id: str
    said: Said
    source: str
    occurred_at: datetime


@dataclass(frozen=True)
class Action:
    """What was done at one stroke, to one paper or several."""

    event_id: str
    said: Said
    paper_ids: tuple[str, ...]
    occurred_at: datetime


@dataclass(frozen=True)
class Reversal:
    """What is to be said about these papers so that what held before holds again."""

    event_id: str
    said: Said
    paper_ids: tuple[str, ...]


def words_of(ratings: Iterable[Rating], signals: Iterable[Signal]) -> list[Word]:
    """Both as words, oldest first."""
    words = [
        Word(said.event_id, said.paper_id, said.label, place_of(said.source), said.occurred_at) for said in ratings
    ]
    words += [
        Word(said.event_id, said.paper_id, said.kind, place_of(said.source), said.occurred_at) for said in signals
    ]
    return sorted(words, key=lambda word: word.occurred_at)


def last_action(words: Sequence[Word], since: datetime) -> Action | None:
    """The newest action on a page that was not undone; None where there is none since then. `words` oldest first."""
    undone = undone_ids(words)
    for word in reversed(words):
        if word.occurred_at < since:
            return None
        is_undo = bool(_undone_by(word.event_id)) or word.event_id in undone
        if word.source == READER and not is_undo and word.said not in _NOT_UNDONE:
            return _action(word, words)
    return None


def undone_ids(words: Iterable[Word]) -> set[str]:
    """The ids of the events that were undone."""
    return {undone_id for word in words if (undone_id := _undone_by(word.event_id))}


def reversals(action: Action, words: Sequence[Word]) -> list[Reversal]:
    """What to say so that everything is as it was before the action."""
    before: dict[str, Said] = {}
    for word in words:
        if word.event_id == action.event_id:
            break
        if word.said in _alternatives(action.said):
            before[word.paper_id] = word.said
    nothing = _nothing(action.said)
    papers: dict[Said, list[str]] = {}
    for paper_id in action.paper_ids:
        papers.setdefault(before.get(paper_id, nothing), []).append(paper_id)
    return [Reversal(f"{_UNDO}{action.event_id}-{said}", said, tuple(ids)) for said, ids in papers.items()]


def what_was_undone(action: Action, restored: Sequence[Reversal], title: str) -> str:
    """What a toast says; `title` of the paper, where it is one."""
    paper = f"“{title}”" if len(action.paper_ids) == 1 else f"{len(action.paper_ids)} papers"
    again = {"like": " It is liked again.", "dislike": " It is disliked again."}
    rest = again.get(restored[0].said, "") if len(action.paper_ids) == 1 and restored else ""
    return f"Undone: {_DONE[action.said].format(paper=paper)}.{rest}"


_DONE: dict[Said, str] = {
    "like": "like of {paper}",
    "dislike": "dislike of {paper}",
    "clear": "removal of your rating of {paper}",
    "save": "saving {paper}",
    "unsave": "removal of {paper} from Saved",
    "skip": "skipping {paper}",
    "unskip": "taking back the skip of {paper}",
    "open": "opening {paper}",
    "unopen": "marking {paper} as unread",
}


def _action(newest: Word, words: Sequence[Word]) -> Action:
    paper_ids = dict.fromkeys(word.paper_id for word in words if word.event_id == newest.event_id)
    return Action(newest.event_id, newest.said, tuple(paper_ids), newest.occurred_at)


def _undone_by(event_id: str) -> str:
    """The id of the event that such a word undid; empty where it undid none."""
    return event_id.removeprefix(_UNDO).rpartition("-")[0] if event_id.startswith(_UNDO) else ""


def _alternatives(said: Said) -> tuple[Said, ...]:
    return (said, OPPOSITES[said]) if said in OPPOSITES else ("like", "dislike", "clear")


def _nothing(said: Said) -> Said:
    """What holds of a paper of which nothing was said."""
    if said in OPPOSITES:
        return TAKEN_BACK.get(said, said)
    return "clear"
