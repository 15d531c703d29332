"""The page of all notes, each with its paper."""

from dataclasses import dataclass

from services.publisher.pages.cards import Card, build_cards
from services.publisher.pages.components import Components
from shared.store.notes import Note

_MAX_SHOWN = 200


@dataclass(frozen=True)
class NotesPage:
    """Notes with their papers, the last changed first; `total` counts those that are not shown too."""

    notes: list[tuple[Note, Card]]
    total: int


def build_notes(mine: Components) -> NotesPage:
    notes = mine.notes.all(mine.user)
    shown = notes[:_MAX_SHOWN]
    cards = build_cards(mine.records, mine.ratings, [note.paper_id for note in shown])
    return NotesPage(list(zip(shown, cards, strict=True)), len(notes))
