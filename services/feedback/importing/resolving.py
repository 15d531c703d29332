"""Which paper a row of a file is about: by its id, by a damaged id made whole, by its title."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from services.feedback.importing.titles import TitleMatches, normal_title
from shared.paper_labels import paper_label
from shared.text.rating_files.paper_mentions import old_number_of, other_readings, undamaged
from shared.text.rating_files.rated_rows import RatedRow, RatingFile
from shared.text.safe.plain_text import shortened

State = Literal["known", "waiting", "offered", "not found"]


@dataclass(frozen=True)
class Resolved:
    """A row and its paper. `waiting`: the paper exists only if arXiv says so. `offers` are ids that it can be."""

    file: str
    row: RatedRow
    state: State
    paper_id: str = ""
    offers: tuple[str, ...] = ()
    why: str = ""

    @property
    def is_repaired(self) -> bool:
        return bool(self.paper_id and self.row.damaged_id and not self.row.paper_id)


@dataclass(frozen=True)
class KnownPapers:
    """`stored` those of the ids in question that have metadata; `refused` why arXiv has no such paper, by id;
    `old_numbers` stored ids by their seven digits."""

    stored: Collection[str] = frozenset()
    titles: TitleMatches = field(default_factory=TitleMatches)
    refused: Mapping[str, str] = field(default_factory=dict)
    old_numbers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def asked_ids(files: Iterable[RatingFile]) -> set[str]:
    """Every id that the files name, and what damaged ones can have been."""
    rows = [row for file in files for row in file.rows]
    damaged = damaged_ids(files)
    others = {paper_id for each in damaged for paper_id in other_readings(each)}
    named = {paper_id for row in rows for paper_id in (row.paper_id, row.preprint_id) if paper_id}
    return named | set(filter(None, map(undamaged, damaged))) | others


def damaged_ids(files: Iterable[RatingFile]) -> set[str]:
    """The damaged ids as they are written."""
    return {row.damaged_id for file in files for row in file.rows if row.damaged_id and not row.paper_id}


def asked_titles(files: Iterable[RatingFile]) -> set[str]:
    """The titles of rows without any id."""
    rows = (row for file in files for row in file.rows if not row.paper_id and not row.damaged_id)
    return {row.title for row in rows if row.title}


def resolve(files: Iterable[RatingFile], known: KnownPapers) -> list[Resolved]:
    """Every row with its paper, in the order of the files."""
    return [_resolve(file.name, row, known) for file in files for row in file.rows]


def _resolve(file: str, row: RatedRow, known: KnownPapers) -> Resolved:
    if row.paper_id:
        return Resolved(file, row, "known", row.paper_id)
    if row.preprint_id in known.stored:
        return Resolved(file, row, "known", row.preprint_id)
    if row.preprint_id and not row.title:
        return Resolved(file, row, "not found", why=f"{paper_label(row.preprint_id)} was not harvested here")
    by: Callable[[str, RatedRow, KnownPapers], Resolved] = _by_damaged_id if row.damaged_id else _by_title
    return by(file, row, known)


def _by_damaged_id(file: str, row: RatedRow, known: KnownPapers) -> Resolved:
    """The number that it was has only one id; where that is not stored, arXiv has to say whether it exists."""
    if number := old_number_of(row.damaged_id):
        return _by_old_number(file, row, number, known)
    paper_id = undamaged(row.damaged_id)
    if paper_id in known.stored:
        return Resolved(file, row, "known", paper_id)
    why = known.refused.get(paper_id)
    if why is None:
        return Resolved(file, row, "waiting", paper_id)
    others = tuple(other for other in other_readings(row.damaged_id) if other in known.stored)
    if others:
        return Resolved(file, row, "offered", offers=others)
    return Resolved(file, row, "not found", why=f"{row.damaged_id} would be {paper_id}: {why}")


def _by_old_number(file: str, row: RatedRow, number: str, known: KnownPapers) -> Resolved:
    """Every archive may have a paper of this number, so that none is taken for it, be it the only one stored."""
    offers = known.old_numbers.get(number, ())
    why = "" if offers else f"{row.damaged_id} lacks its archive, such as hep-th/{number}"
    return Resolved(file, row, "offered" if offers else "not found", offers=offers, why=why)


def _by_title(file: str, row: RatedRow, known: KnownPapers) -> Resolved:
    normal = normal_title(row.title)
    same = known.titles.same.get(normal, ())
    if len(same) == 1:
        return Resolved(file, row, "known", same[0])
    offers = same or known.titles.similar.get(normal, ())
    if offers:
        return Resolved(file, row, "offered", offers=offers)
    return Resolved(file, row, "not found", why=f"no stored paper has the title “{shortened(row.title, 100)}”")
