"""Which papers an export is of: one, those named, a day's picks, a tag's, those liked ..."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from starlette.exceptions import HTTPException

from services.publisher.pages.addresses import read_date, read_paper_id
from services.publisher.pages.components import Components
from services.publisher.records.records import picks_of
from services.publisher.records.tag_slugs import tag_slug
from shared.contracts import Label
from shared.paper_ids import folder_name, is_arxiv

MOST_PAPERS = 5_000
_MOST_NAMED = 500


@dataclass(frozen=True)
class PaperList:
    """The papers of an export in their order, and the name of its file without the ending."""

    file_name: str
    paper_ids: list[str]


Query = Mapping[str, str]


def find_list(mine: Components, name: str, query: Query) -> PaperList:
    """The list that an address names. Raises HTTPException 404."""
    if name not in LISTS:
        raise HTTPException(404, f"There is no list {name[:40]!r} to export; there are {', '.join(LISTS)}.")
    found = LISTS[name](mine, query)
    return PaperList(found.file_name, found.paper_ids[:MOST_PAPERS])


def _one(mine: Components, query: Query) -> PaperList:
    paper_id = read_paper_id(query.get("id", ""))
    return PaperList(f"{'arxiv-' if is_arxiv(paper_id) else ''}{folder_name(paper_id)}", [paper_id])


def _named(mine: Components, query: Query) -> PaperList:
    """A list that a page shows: `ids`, separated by commas."""
    texts = query.get("ids", "").replace(",", " ").split()
    if not 0 < len(texts) <= _MOST_NAMED:
        raise HTTPException(404, f"Name 1 to {_MOST_NAMED} papers: ids=2403.12345,2403.12346.")
    return PaperList("papersys-papers", list(dict.fromkeys(map(read_paper_id, texts))))


def _day(mine: Components, query: Query) -> PaperList:
    day = read_date(query.get("day", ""))
    return PaperList(f"papersys-{day}", [pick.paper_id for pick in picks_of(mine.records.candidates(day))])


def _tag(mine: Components, query: Query) -> PaperList:
    name, paper_ids = mine.records.tags.papers(query.get("tag", ""))
    return PaperList(f"papersys-tag-{_ascii(tag_slug(name))}", paper_ids)


def _category(mine: Components, query: Query) -> PaperList:
    category = query.get("category", "")
    return PaperList(f"papersys-{_ascii(category)}", mine.records.tags.in_category(category))


def _rated(label: Label) -> Callable[[Components, Query], PaperList]:
    def rated(mine: Components, query: Query) -> PaperList:
        """The newest rating first."""
        ratings = mine.ratings.current().values()
        return PaperList(f"papersys-{label}d", [rating.paper_id for rating in ratings if rating.label == label])

    return rated


def _saved(mine: Components, query: Query) -> PaperList:
    """The paper that was saved last first."""
    return PaperList("papersys-saved", list(mine.ratings.library.saved()))


def _with_notes(mine: Components, query: Query) -> PaperList:
    """The note that was changed last first."""
    return PaperList("papersys-notes", [note.paper_id for note in mine.notes.all(mine.user)])


def _ascii(text: str) -> str:
    """What may stand in the name of a file and in a header."""
    return "".join(char if char.isascii() and (char.isalnum() or char in ".-") else "-" for char in text)[:60]


LISTS: Mapping[str, Callable[[Components, Query], PaperList]] = {
    "paper": _one,
    "papers": _named,
    "day": _day,
    "tag": _tag,
    "category": _category,
    "liked": _rated("like"),
    "disliked": _rated("dislike"),
    "notes": _with_notes,
    "saved": _saved,
}
