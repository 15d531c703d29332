"""The files as such: whether they are what was written, what lies where nothing reads it, what a killed writer left."""

import os
import re
import time
from collections.abc import Container, Iterable, Iterator
from pathlib import Path

from deploy.verifying.premises import Premises
from shared.store.files.checksums import compared, forget, note_whole
from shared.store.keeping.findings import RESTORE, Findings, counted

DRAFTS = "drafts"
"""The repair that removes what killed writers left."""
CHECKSUMS = "checksums"
"""The repair that notes checksums of files that have none."""

_WRITTEN = (
    "metadata/*.csv",
    "preferences/*",
    "signals/*.csv",
    "follows/*.jsonl",
    "users/*.jsonl",
    "selections/*/*.parquet",
    "selections/users/*/*/*.parquet",
    "summaries/*.jsonl",
    "tags/*.jsonl",
    "links/*.jsonl",
    "revisions/*.jsonl",
    "results/*.jsonl",
    "ledger/*.jsonl",
    "traces/*/*.jsonl",
    "papersys.json",
    "embeddings/*/manifest.json",
    "chunks/manifest.json",
    "chunks/vectors/*/manifest.json",
    "embeddings/backlog.parquet",
    "documents/*/v*/*",
    "reading_list/*.jsonl",
    "reading_list/files/*",
    "state/fetcher/runs/*.json",
    "state/fetcher/sources/*/state.json",
    "state/missed/*/*.json",
    "state/translations/*/*.jsonl",
)
"""Files that papersys alone writes, by way of the data folder; what people edit is not among them."""

_STATE = ("state/ranker/**/*.npz", "state/ranker/**/*.json", "state/selections/**/*.parquet", "state/publisher/*.json")
"""Files of services that are made again; not all are written by way of the data folder."""

_SAID_ONCE = (
    "preferences/*.csv",
    "signals/*.csv",
    "follows/*.jsonl",
    "users/*.jsonl",
    "reading_list/*.jsonl",
    "traces/*/*.jsonl",
)
"""Files that only grow, or keep what is taken back: one without a line has lost them."""

_MONTH, _DAY = r"\d{4}-(0[1-9]|1[0-2])", r"\d{4}-\d{2}-\d{2}"
_READ = {
    "metadata": rf"({_MONTH}\.csv|unreadable/{_MONTH}\.csv)",
    "signals": rf"{_MONTH}\.csv",
    "preferences": r"(events-\d{4}\.csv|facets\.json)",
    "follows": r"follows\.jsonl",
    "glossaries": r"[^/]+/[a-z]{2,3}(-[A-Za-z0-9]{2,8})?\.txt",
    "users": r"users\.jsonl",
    "summaries": rf"({_MONTH}\.jsonl|unreadable/{_MONTH}\.jsonl)",
    "links": rf"({_MONTH}\.jsonl|unreadable/{_MONTH}\.jsonl|unknown_papers\.jsonl)",
    "revisions": rf"({_MONTH}\.jsonl|unreadable/{_MONTH}\.jsonl)",
    "results": rf"({_MONTH}\.jsonl|unreadable/{_MONTH}\.jsonl)",
    "ledger": rf"{_MONTH}\.jsonl",
    "traces": rf"{_MONTH}/\d{{8}}T\d{{12}}-[0-9a-f]{{6}}\.jsonl",
    "tags": r"(decisions|index|proposals|tags)\.jsonl",
    "reading_list": r"([^/]+\.jsonl|unreadable/[^/]+\.jsonl|files/local_[0-9a-f]{16}\.(pdf|tex|gz|tar))",
    "selections": rf"(users/[^/]+/)?{_DAY}/[^/]+\.parquet",
}
"""What is read of each dataset, by its name within the folder; other files there are read by nobody."""

_DRAFT = re.compile(r"\..*\.tmp")
_DRAFT_SECONDS = 3_600.0
_CLOCK_SECONDS = 86_400.0
_MOVE = "move it away, or give its content to papersys, if it should count"


def verify_files(premises: Premises, findings: Findings) -> None:
    """Compare every file with its checksum; name strays, drafts, and files of a time to come."""
    without = 0
    for path in _written(premises):
        try:
            comparison = compared(path)
        except FileNotFoundError:
            continue
        except OSError as error:
            findings.damage(premises.place(path), f"cannot be read: {error.strerror}", "check its owner and the disk")
            continue
        without += comparison == "unknown"
        if comparison in ("changed", "cut"):
            _say_changed(premises, findings, path, comparison)
        if path.stat().st_mtime > time.time() + _CLOCK_SECONDS:
            text = "was written at a time to come, by its date"
            findings.note(premises.place(path), text, "set the clock right; `touch` the file")
        if comparison == "unknown" and _is_emptied(premises, path):
            findings.damage(premises.place(path), "is empty", f"{RESTORE}; remove it if it never held anything")
    for path in (path for pattern in _STATE for path in sorted(premises.data.root.glob(pattern))):
        _verify_made(premises, findings, path)
    if without:
        text = f"{counted(without, 'file')} without a checksum: a changed letter in them would not be noticed"
        remedy = "`papersys reconcile` notes one; copies and files of an older papersys have none"
        findings.note(".", text, remedy, CHECKSUMS)
    _verify_names(premises, findings)
    _verify_drafts(premises, findings)


def _verify_made(premises: Premises, findings: Findings, path: Path) -> None:
    try:
        if compared(path) in ("changed", "cut"):
            text = "is not what papersys wrote: bytes differ"
            findings.gap(premises.place(path), text, "remove it: its service makes it again")
    except OSError:
        return  # gone meanwhile, or said where services look at their own


def _is_emptied(premises: Premises, path: Path) -> bool:
    place = Path(premises.place(path))
    return any(place.match(pattern) for pattern in _SAID_ONCE) and not path.stat().st_size


def accept(path: Path) -> None:
    """Take a file that another program changed as it is now. Raises OSError where it cannot be read."""
    forget(path)
    note_whole(path)


def note_checksums(premises: Premises, damaged: Container[str]) -> str:
    """Note the checksums of files that have none, and in which nothing is wrong; returns how many, in words."""
    sound = (path for path in _written(premises) if premises.place(path) not in damaged)
    fresh = [path for path in sound if compared(path) == "unknown"]
    for path in fresh:
        note_whole(path)
    left = sum(compared(path) == "unknown" for path in fresh)
    kept = f"; this disk keeps none for {counted(left, 'file')}" if left else ""
    return f"{counted(len(fresh) - left, 'file')} got a checksum{kept}."


def remove_drafts(premises: Premises) -> str:
    """Remove what killed writers left; returns how much, in words."""
    drafts = list(_drafts(premises))
    for path in drafts:
        path.unlink(missing_ok=True)
    return f"{counted(len(drafts), 'unfinished file')} of killed writers removed."


def _written(premises: Premises) -> Iterator[Path]:
    for pattern in _WRITTEN:
        yield from (
            path
            for path in sorted(premises.data.root.glob(pattern))
            if path.is_file() and not path.name.startswith(".")
        )


def _say_changed(premises: Premises, findings: Findings, path: Path, comparison: str) -> None:
    place = premises.place(path)
    what = "is shorter than what was written" if comparison == "cut" else "is not what papersys wrote: bytes differ"
    findings.damage(place, what, f"{RESTORE}; if you changed it yourself, `papersys reconcile --accept {place}`")


def _verify_names(premises: Premises, findings: Findings) -> None:
    for dataset, pattern in _READ.items():
        folder = premises.data.path(dataset)
        for path in _files_in(folder):
            name = path.relative_to(folder).as_posix()
            if not re.fullmatch(pattern, name) and not _DRAFT.fullmatch(path.name):
                findings.note(premises.place(path), "is no file that papersys reads", _MOVE)


def _files_in(folder: Path) -> Iterable[Path]:
    """Without an error where a folder goes away meanwhile."""
    return sorted(Path(inner, name) for inner, _, names in os.walk(folder) for name in names)


def _verify_drafts(premises: Premises, findings: Findings) -> None:
    drafts = list(_drafts(premises))
    if drafts:
        text = f"{counted(len(drafts), 'unfinished file')} that a killed process left"
        findings.note(premises.place(drafts[0]), text, "`papersys reconcile` removes such files", DRAFTS)


def _drafts(premises: Premises) -> Iterator[Path]:
    """Drafts of replaced files that nobody has written to for an hour."""
    oldest = time.time() - _DRAFT_SECONDS
    for path in _files_in(premises.data.root):
        try:
            if _DRAFT.fullmatch(path.name) and path.stat().st_mtime < oldest:
                yield path
        except OSError:
            continue
