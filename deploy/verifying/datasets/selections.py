"""Selections: each file whole, of its day, run and user, with known papers; and the index over them."""

import math
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from deploy.verifying.premises import Premises
from shared.contracts import DEFAULT_USER
from shared.store.keeping.findings import RESTORE, Findings, counted, some
from shared.store.selected.candidates import PICKED, columns_of
from shared.store.selected.index import SelectionIndex
from shared.store.selections import SelectionStore, folder_of, may_be_anothers

INDEX = "selection-index"
"""The repair that writes the index anew."""
_COLUMNS = ("paper_id", "user", "day", "run_id", "score", "rank", "made_at")
_AGAIN = f"{RESTORE}, or remove it and select again with `papersys rank --day`"


class SelectionFile(NamedTuple):
    """A selection's file with the day and the user's folder that it lies in; the owner has none."""

    path: Path
    day: str
    folder: str


def selection_files(premises: Premises) -> Iterator[SelectionFile]:
    """Every file of a selection, the owner's first."""
    root = premises.data.path("selections")
    for path in sorted(root.glob("*/*.parquet")):
        yield SelectionFile(path, path.parent.name, "")
    for path in sorted(root.glob("users/*/*/*.parquet")):
        yield SelectionFile(path, path.parent.name, path.parent.parent.name)


def verify_selections(premises: Premises, findings: Findings) -> None:
    """Look at every selection, then at the folders of users and at the index."""
    papers: set[str] = set()
    for file in selection_files(premises):
        if file.path.name.startswith("."):
            continue
        table = _read(premises, findings, file)
        if table is not None:
            papers.update(table.column("paper_id").to_pylist())
            _verify_file(premises, findings, file, table)
    premises.note_unknown_papers(findings, "selections", "candidate", papers)
    _verify_folders(premises, findings)
    _verify_index(premises, findings)


def _read(premises: Premises, findings: Findings, file: SelectionFile) -> pa.Table | None:
    place = premises.place(file.path)
    try:
        with pa.OSFile(str(file.path)) as content, pq.ParquetFile(content, pre_buffer=False) as parquet:
            table = parquet.read(None if premises.deep else [*_COLUMNS], use_threads=False)
    except FileNotFoundError:
        return None
    except (pa.ArrowException, OSError, ValueError) as error:
        findings.damage(place, f"cannot be read: {_first_line(error)}", _AGAIN)
        return None
    missing = sorted({*_COLUMNS} - {*table.column_names})
    if missing:
        findings.damage(place, f"lacks the column {missing[0]}", _AGAIN)
        return None
    return table


def _verify_file(premises: Premises, findings: Findings, file: SelectionFile, table: pa.Table) -> None:
    place, rows = premises.place(file.path), {name: table.column(name).to_pylist() for name in _COLUMNS}
    keys = list(zip(rows["user"], rows["paper_id"], strict=True))
    if len(set(keys)) != len(keys):
        findings.damage(place, f"{counted(len(keys) - len(set(keys)), 'candidate')} twice", _AGAIN)
    if {str(day) for day in rows["day"]} - {file.day}:
        findings.damage(place, f"has candidates of {_others(rows['day'], file.day)}, not of its day", _AGAIN)
    if {*rows["run_id"]} - {file.path.stem}:
        findings.damage(place, f"has candidates of the run {_others(rows['run_id'], file.path.stem)}", _AGAIN)
    if any(score is not None and not math.isfinite(score) for score in rows["score"]):
        findings.damage(place, "has scores that are no numbers", _AGAIN)
    if any(premises.is_to_come(moment) for moment in rows["made_at"]) or _is_day_to_come(premises, file.day):
        findings.damage(place, "is of a time to come", "move it away; a clock was wrong when it was made")
    _verify_users(premises, findings, file, {str(user) for user in rows["user"]})


def _verify_users(premises: Premises, findings: Findings, file: SelectionFile, users: set[str]) -> None:
    """A file is of one user, whose folder it lies in; an older papersys put everybody's into one."""
    is_former = not file.folder and may_be_anothers(file.path)
    strangers = {user for user in users if not is_former and _folder(user) != file.folder}
    if strangers:
        whose = f"the folder of {file.folder!r}" if file.folder else "your own folder"
        text = f"lies in {whose} and has picks of {some(sorted(strangers))}"
        findings.damage(premises.place(file.path), text, "move it to where that user's selections lie, or away")
    unknown = users - premises.users - strangers
    if unknown:
        text = f"is of {some(sorted(unknown))}, who is no user here"
        findings.damage(premises.place(file.path), text, "add the user with `papersys users add`, or move it away")


def _verify_folders(premises: Premises, findings: Findings) -> None:
    known = {folder_of(user) for user in premises.users}
    for folder in sorted(premises.data.path("selections", "users").glob("*/")):
        if folder.name not in known and not any(folder.glob("*/*.parquet")):
            findings.note(premises.place(folder), "is a folder of nobody who is a user here", "it may be removed")


def _verify_index(premises: Premises, findings: Findings) -> None:
    index = SelectionIndex(premises.data)
    for path in sorted(premises.data.path("state", "selections").rglob("????-??.parquet")):
        if not index.is_readable(path):
            findings.gap(
                premises.place(path),
                "cannot be read; pages read every selection meanwhile",
                "`papersys reconcile` makes it anew",
                INDEX,
            )
    for path in index.gone():
        remedy = f"{RESTORE}; if you moved it away, remove `state/selections`, which is made again"
        findings.damage(premises.place(path), "is gone; the index over the selections knows it", remedy)
    months = {(file.folder, file.day[:7]) for file in selection_files(premises)}
    for folder, month in sorted(months):
        if not index.has(month, ("users", folder) if folder else ()):
            what = f"{month} of {folder or 'you'} is not in it; pages read its selections one by one"
            findings.note("state/selections", what, "the next selection notes it, or `papersys reconcile`", INDEX)
    if premises.deep:
        _compare_index(premises, findings, index)


def _compare_index(premises: Premises, findings: Findings, index: SelectionIndex) -> None:
    for file in selection_files(premises):
        noted = index.ids(file.path)
        if noted is None:
            continue
        try:
            stored = pq.read_table(file.path, columns=["paper_id"]).column(0).to_pylist()
        except (pa.ArrowException, OSError, ValueError):
            continue
        if noted.to_pylist() != stored and index.ids(file.path) is not None:
            text = f"does not know the papers of {premises.place(file.path)}"
            findings.gap("state/selections", text, "`papersys reconcile` makes it anew", INDEX)


def picks_of(path: Path) -> Iterator[tuple[str, datetime]]:
    """The papers that a selection picked, and when; none where it cannot be read."""
    table = columns_of(path)
    if table is None or not {"paper_id", "outcome", "made_at"} <= {*table.column_names}:
        return
    picked = table.filter(pc.equal(table.column("outcome"), PICKED))
    yield from zip(picked.column("paper_id").to_pylist(), picked.column("made_at").to_pylist(), strict=True)


def rebuild_selection_index(premises: Premises) -> str:
    """Write the index over all selections anew; returns what was done, in words."""
    store = SelectionStore(premises.data)
    for user in sorted(premises.users):
        store.of(user).index_anew()
    return "The index over the selections is written anew."


def _folder(user: str) -> str:
    return "" if user == DEFAULT_USER else folder_of(user)


def _is_day_to_come(premises: Premises, day: str) -> bool:
    try:
        return (date.fromisoformat(day) - premises.moment.date()).days > 1
    except ValueError:
        return False


def _others(values: list[Any], own: str) -> str:
    return some(sorted({str(value) for value in values} - {own}))


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]
