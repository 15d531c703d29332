"""What services keep beside the datasets: JSON, lines of JSON and SQLite under `state/` that can be read at all."""

import json
import os
import re
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from pathlib import Path

from deploy.verifying.datasets.selections import selection_files
from deploy.verifying.lines import CUT, read_lines
from deploy.verifying.premises import Premises
from shared.store.files.file_stamps import stamp_of
from shared.store.harvests.runs import HarvestRun, RunStore
from shared.store.keeping.findings import RESTORE, Findings, counted

_MADE_AGAIN = ("ranker", "selections")
_LEFT_OUT = {"search", "embeddings", "staging"}
"""Looked at by the service that writes them; copies of the data folder, made for a backup or a sync."""
_STAGE = "stage-"
_RUN_NAME = re.compile(r"[0-9]{8}T[0-9]+-[0-9a-f]{6}")
_SQLITE = b"SQLite format 3\0"
_WAL = b"\2\2"


def verify_state(premises: Premises, findings: Findings) -> None:
    """Look at every file of known form, and at the records of harvests."""
    root = premises.data.path("state")
    for path in sorted(_files_below(root)):
        look = _LOOKS.get(path.suffix)
        if look is None or not path.is_file():
            continue
        problem = _confirmed(premises, path, look)
        if problem and path.relative_to(root).parts[0] in _MADE_AGAIN:
            findings.gap(premises.place(path), problem, "remove it: it is derived, and made again")
        elif problem:
            findings.damage(
                premises.place(path), problem, f"{RESTORE}, or remove it: its service begins anew without it"
            )
    _verify_runs(premises, findings)


def _files_below(root: Path) -> Iterator[Path]:
    """Every file, but for folders that are left out; what goes away meanwhile is passed over."""
    for folder, folders, names in os.walk(root):
        folders[:] = [name for name in folders if name not in _LEFT_OUT and not name.startswith(_STAGE)]
        yield from (Path(folder, name) for name in names)


def _confirmed(premises: Premises, path: Path, look: Callable[[Path, bool], str]) -> str:
    """What is wrong with a file, unless it changed while it was looked at."""
    before = stamp_of(path)
    try:
        problem = look(path, premises.deep)
    except FileNotFoundError:
        return ""
    except OSError as error:
        problem = f"cannot be read: {error.strerror or error}"
    return problem if stamp_of(path) == before else ""


def _json_problem(path: Path, deep: bool) -> str:
    try:
        json.loads(path.read_bytes())
    except ValueError as error:
        return f"is no JSON: {error}"
    return ""


def _lines_problem(path: Path, deep: bool) -> str:
    for line in read_lines(path):
        if line.problem == CUT:
            return ""  # an append that was killed; the next one cuts it off
        if line.problem:
            return f"line {line.number} {line.problem}"
        try:
            json.loads(line.text)
        except ValueError as error:
            return f"line {line.number} is no JSON: {error}"
    return ""


def _sqlite_problem(path: Path, deep: bool) -> str:
    """By its header; looking deep, by SQLite's own check of a copy, so that nothing is written beside the file."""
    with path.open("rb") as file:
        head = file.read(100)
    if not head:
        return ""
    if not head.startswith(_SQLITE):
        return "is no SQLite database"
    page = int.from_bytes(head[16:18], "big")
    pages, size = int.from_bytes(head[28:32], "big"), path.stat().st_size
    is_counted = head[24:28] == head[92:96] and head[18:20] != _WAL
    if is_counted and pages * (65_536 if page == 1 else page) > size:
        return "is cut: SQLite knows more pages than it has"
    return _integrity_problem(path) if deep else ""


def _integrity_problem(path: Path) -> str:
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder, path.name)
        shutil.copyfile(path, copy)
        wal = path.with_name(f"{path.name}-wal")
        if wal.exists():
            shutil.copyfile(wal, copy.with_name(wal.name))
        try:
            with closing(sqlite3.connect(copy)) as connection:
                answer = str(connection.execute("pragma integrity_check(1)").fetchone()[0])
        except sqlite3.Error as error:
            answer = str(error)
    return "" if answer == "ok" else f"is damaged: {answer.splitlines()[0]}"


_LOOKS: Mapping[str, Callable[[Path, bool], str]] = {
    ".json": _json_problem,
    ".jsonl": _lines_problem,
    ".sqlite": _sqlite_problem,
}


def _verify_runs(premises: Premises, findings: Findings) -> None:
    """Harvested papers are stored before they are announced, so the metadata have them."""
    for path in sorted(premises.data.path("state", "fetcher", "runs").glob("*.json")):
        try:
            run = HarvestRun.model_validate_json(path.read_bytes())
        except (OSError, ValueError):
            continue
        where = premises.place(path)
        premises.note_unknown_papers(findings, where, "harvested paper", (*run.new_ids, *run.revised_ids))
        if run.announced and run.announced > run.size:
            findings.damage(where, f"counts {run.announced} announced of {counted(run.size, 'paper')}")
        if premises.is_to_come(run.started_at):
            findings.damage(where, "is of a time to come", "remove it; a clock was wrong when it was made")
    _verify_gone_runs(premises, findings)


def _verify_gone_runs(premises: Premises, findings: Findings) -> None:
    """A selection that bears the name of a harvest was made of its papers, so the harvest has a record."""
    selected = {file.path.stem for file in selection_files(premises) if _RUN_NAME.fullmatch(file.path.stem)}
    for run_id in sorted(selected - set(RunStore(premises.data).ids())):
        findings.damage("state/fetcher/runs", f"lacks the record of the harvest {run_id}, which has a selection")
