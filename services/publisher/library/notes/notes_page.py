"""The page of all notes, each with its paper."""

from collections.abc import Mapping
from dataclasses import dataclass

from services.publisher.pages.components import Components
from services.publisher.pages.templating import paper_path, text_path
from shared.contracts import Label
from shared.paper_ids import is_local
from shared.paper_labels import paper_label
from shared.store.papers.metadata import Paper
from shared.store.people.notes import Note

NOTES_A_PAGE = 50


@dataclass(frozen=True)
class NotedPaper:
    """A note with what its paper is called; `address` is empty where the paper has no page any more.

    `label` is None for a person's own file, which is not rated.
    """

    note: Note
    title: str
    source: str
    address: str
    label: str | None = None


@dataclass(frozen=True)
class NotesPage:
    """Notes with their papers, the last changed first; `total` counts those of other pages too, `number` from 1."""

    notes: list[NotedPaper]
    total: int
    number: int

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // NOTES_A_PAGE))


def build_notes(mine: Components, number: int) -> NotesPage:
    notes, total = mine.notes.page(mine.user, (number - 1) * NOTES_A_PAGE, NOTES_A_PAGE)
    ids = [note.paper_id for note in notes if not is_local(note.paper_id)]
    papers, labels = mine.records.papers(ids), mine.ratings.labels(ids)
    return NotesPage([_noted(mine, note, papers, labels) for note in notes], total, number)


def address_of(paper_id: str) -> str:
    """The page that shows a note: that of the paper; of a person's own file its text."""
    return text_path(paper_id) if is_local(paper_id) else paper_path(paper_id)


def _noted(mine: Components, note: Note, papers: Mapping[str, Paper], labels: Mapping[str, Label]) -> NotedPaper:
    if is_local(note.paper_id):
        own = mine.library.own_file(note.paper_id)
        if own is None:
            return NotedPaper(note, "A file that is no longer on your reading list", "own file", "")
        return NotedPaper(note, own.title or own.file_name or "Own file", "own file", address_of(note.paper_id))
    paper, label = papers.get(note.paper_id), paper_label(note.paper_id)
    title = paper.title if paper and paper.title else label
    return NotedPaper(note, title, label, address_of(note.paper_id), labels.get(note.paper_id, ""))
