"""What users said: ratings and signals (CSV), follows, facet preferences, notes, glossaries, and who the users are."""

import csv
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from deploy.verifying.lines import read_lines, read_records
from deploy.verifying.premises import Premises
from shared.errors import PapersysError
from shared.paper_ids import is_local
from shared.store.files.csv_lines import latest_moment
from shared.store.files.file_names import file_name
from shared.store.keeping.findings import RESTORE, Findings, some
from shared.store.people.facet_preferences import FacetPreferenceStore
from shared.store.people.follows import Follow
from shared.store.people.notes import NoteStore, paper_id_in
from shared.store.people.preferences import COLUMNS as RATING_COLUMNS
from shared.store.people.preferences import Rating, rating_of_row
from shared.store.people.signals import COLUMNS as SIGNAL_COLUMNS
from shared.store.people.signals import Signal, signal_of_row
from shared.store.people.users import User

_MEND = "mend or remove the line, or restore the file from a backup"
_REMOVE = "remove the second line; the first one counts"
_ADD_USER = "add the user with `papersys users add`, or move what is of nobody away"


@dataclass(frozen=True)
class _Said:
    """A dataset of CSV lines: `period` is the part of a time that names the file."""

    pattern: str
    columns: Sequence[str]
    added: Sequence[str]
    period: str
    parse: Callable[..., Rating | Signal]
    name: str


_RATINGS = _Said("preferences/events-????.csv", RATING_COLUMNS, (), "events-%Y", rating_of_row, "rated paper")
_SIGNALS = _Said("signals/????-??.csv", SIGNAL_COLUMNS, ("value",), "%Y-%m", signal_of_row, "opened or saved paper")


def verify_ratings(premises: Premises, findings: Findings) -> None:
    """Look at every rating, and at the preferences about facets."""
    _verify_said(premises, findings, _RATINGS)
    _verify_facets(premises, findings)


def verify_signals(premises: Premises, findings: Findings) -> None:
    """Look at every signal."""
    _verify_said(premises, findings, _SIGNALS)


def verify_follows(premises: Premises, findings: Findings) -> None:
    """Look at what users follow."""
    path = premises.data.path("follows", "follows.jsonl")
    seen: dict[Follow, int] = {}
    for line in read_records(path, Follow):
        if line.record is None:
            findings.damage(premises.place(path), line.problem, _MEND, line=line.number)
            continue
        _verify_user(premises, findings, path, line.record.user, line.number)
        if premises.is_to_come(line.record.at):
            findings.damage(premises.place(path), "is of a time to come", _MEND, line=line.number)
        _verify_once(premises, findings, path, seen.setdefault(line.record, line.number), line.number)


def verify_users(premises: Premises, findings: Findings) -> None:
    """Look at the people, and at the folders that bear their names."""
    path = premises.data.path("users", "users.jsonl")
    place, tokens, seen = premises.place(path), dict[str, str](), dict[User, int]()
    for line in read_records(path, User):
        user = line.record
        if user is None:
            findings.damage(place, line.problem, _MEND, line=line.number)
            continue
        _verify_once(premises, findings, path, seen.setdefault(user, line.number), line.number)
        if premises.is_to_come(user.created_at):
            findings.damage(place, f"{user.name} is of a time to come", _MEND, line=line.number)
        if user.token_sha256 and tokens.setdefault(user.token_sha256, user.name) != user.name:
            text = f"{user.name} has the token of {tokens[user.token_sha256]}"
            findings.damage(place, text, f"make a new one with `papersys users token {user.name}`", line=line.number)
    folders = {file_name(user) for user in premises.users}
    for dataset in ("notes", "glossaries"):
        for folder in sorted(premises.data.path(dataset).glob("*/")):
            if folder.name not in folders:
                text = f"{dataset} of {folder.name!r}, who is no user here"
                findings.damage(premises.place(folder), text, _ADD_USER)


def verify_notes(premises: Premises, findings: Findings) -> None:
    """Look at the notes; their text is the user's own and is not judged."""
    papers = set()
    for path in sorted(premises.data.path("notes").glob("*/*.md")):
        paper_id = paper_id_in(path)
        if paper_id is None:
            findings.note(premises.place(path), "is named after no paper, so no page shows it")
            continue
        if not is_local(paper_id):
            papers.add(paper_id)
        for line in read_lines(path):
            if line.problem and "UTF-8" in line.problem:
                findings.damage(premises.place(path), line.problem, RESTORE, line=line.number)
        if NoteStore(premises.data).is_longer(path):
            findings.note(premises.place(path), "is longer than pages show")
    premises.note_unknown_papers(findings, "notes", "paper with a note", papers)


def _verify_said(premises: Premises, findings: Findings, said: _Said) -> None:
    papers: set[str] = set()
    for path in sorted(premises.data.root.glob(said.pattern)):
        seen: dict[tuple[str, str, str], int] = {}
        for number, word in _words(premises, findings, path, said):
            papers.add(word.paper_id)
            _verify_user(premises, findings, path, word.user, number)
            first = seen.setdefault((word.user, word.event_id, word.paper_id), number)
            _verify_once(premises, findings, path, first, number)
            if f"{word.occurred_at:{said.period}}" != path.stem:
                text = f"is of {word.occurred_at:%Y-%m-%d}, and belongs into another file"
                findings.note(premises.place(path), text, "it counts all the same", line=number)
    premises.note_unknown_papers(findings, said.pattern.partition("/")[0], said.name, papers)


def _words(premises: Premises, findings: Findings, path: Path, said: _Said) -> Iterator[tuple[int, Rating | Signal]]:
    order, latest = tuple(said.columns), latest_moment(path)
    for line in read_lines(path):
        if line.problem:
            findings.damage(premises.place(path), line.problem, _MEND, line=line.number)
            continue
        cells = next(csv.reader([line.text]), [])
        if line.number == 1 and {*said.columns} - {*said.added} <= {*cells}:
            order = tuple(cells)
            continue
        try:
            yield line.number, said.parse(_row(order, cells), latest)
        except (KeyError, ValueError, TypeError, OverflowError) as error:
            findings.damage(premises.place(path), f"cannot be read: {error}", _MEND, line=line.number)


def _row(order: Sequence[str], cells: Sequence[str]) -> Mapping[str, str]:
    return dict(zip(order, cells, strict=False))


def _verify_user(premises: Premises, findings: Findings, path: Path, user: str, line: int) -> None:
    if user not in premises.users:
        findings.damage(premises.place(path), f"is of {user!r}, who is no user here", _ADD_USER, line=line)


def _verify_once(premises: Premises, findings: Findings, path: Path, first: int, line: int) -> None:
    if first != line:
        findings.damage(premises.place(path), f"says again what line {first} says", _REMOVE, line=line)


def _verify_facets(premises: Premises, findings: Findings) -> None:
    store = FacetPreferenceStore(premises.data)
    place = premises.place(store.path)
    try:
        stored = store.everybody()
    except (PapersysError, OSError) as error:
        findings.damage(place, f"cannot be read: {error}")
        return
    strangers = sorted({preference.user for preference in stored} - premises.users)
    if strangers:
        findings.damage(place, f"preferences of {some(strangers)}, who is no user here", _ADD_USER)
    if any(premises.is_to_come(preference.set_at) for preference in stored):
        findings.damage(place, "a preference of a time to come", RESTORE)
