"""The page of all notes, each with its paper."""

from dataclasses import dataclass

from services.publisher.pages.cards import Card, build_cards
from services.publisher.pages.components import Components
from shared.store.people.notes import Note

NOTES_A_PAGE = 50


@dataclass(frozen=True)
class NotesPage:
    """Notes with their papers, the last changed first; `total` counts those of other pages too, `number` from 1."""

    notes: list[tuple[Note, Card]]
    total: int
    number: int

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // NOTES_A_PAGE))


def build_notes(mine: Components, number: int) -> NotesPage:
    notes, total = mine.notes.page(mine.user, (number - 1) * NOTES_A_PAGE, NOTES_A_PAGE)
    cards = build_cards(mine.records, mine.ratings, [note.paper_id for note in notes])
    return NotesPage(list(zip(notes, cards, strict=True)), total, number)
