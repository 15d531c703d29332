"""Looks at the files of chunks and of their vectors, and leaves damaged ones out, so that they are made anew."""

from collections.abc import Iterator
from pathlib import Path

from services.summarizer.settings import Settings
from shared.command_line.context import load
from shared.errors import PapersysError
from shared.store.files.data_folder import DataFolder
from shared.store.keeping.findings import Finding, Findings, counted
from shared.store.research.chunks import FOLDER, LOCK
from shared.store.research.table_manifest import (
    FILE_NAME,
    TablesManifest,
    damaged_tables,
    lost_tables,
    read_tables_manifest,
)

PASSAGES = "passages"
"""The repair that leaves damaged files out."""

_REMEDY = "`papersys reconcile` leaves it out; the summarizer cuts and embeds those papers again"


def verify_passages(*, deep: bool) -> list[Finding]:
    """Whether the manifests are there with every file that they name; with `deep` whether each is as it was written."""
    data, findings = _data(), Findings("passages")
    for folder in _folders(data):
        place = (folder / FILE_NAME).relative_to(data.root).as_posix()
        try:
            problems = _problems(folder, deep=deep)
        except PapersysError:
            findings.gap(place, "cannot be read", _REMEDY, PASSAGES)
            continue
        for name, problem in problems.items():
            findings.gap((folder / name).relative_to(data.root).as_posix(), problem, _REMEDY, PASSAGES)
    return findings.all()


def rebuild_passages() -> str:
    """Leave damaged files out; returns what was done, in words. Raises TemporaryFailure while they are written."""
    data, removed = _data(), 0
    with data.lock(LOCK):
        for folder in _folders(data):
            try:
                manifest, problems = read_tables_manifest(folder / FILE_NAME), _problems(folder, deep=True)
            except PapersysError:
                manifest, problems = TablesManifest(), {path.name: "" for path in folder.glob("*.parquet")}
            removed += len(problems)
            _leave_out(data, folder, manifest or TablesManifest(), problems)
    return f"{counted(removed, 'damaged file')} of passages left out; the summarizer makes them again."


def _problems(folder: Path, *, deep: bool) -> dict[str, str]:
    manifest = read_tables_manifest(folder / FILE_NAME)
    if manifest is None:
        return {path.name: f"is not read: {FILE_NAME} beside it is gone" for path in sorted(folder.glob("*.parquet"))}
    return damaged_tables(folder, manifest) if deep else lost_tables(folder, manifest)


def _leave_out(data: DataFolder, folder: Path, manifest: TablesManifest, problems: dict[str, str]) -> None:
    gone = [file for file in manifest.files if file.name in problems]
    if not manifest.facts and not manifest.files:
        data.remove(folder / FILE_NAME)
    elif gone:
        data.write_text(folder / FILE_NAME, manifest.with_files(gone).to_json())
    for name in problems:
        data.remove(folder / name)


def _folders(data: DataFolder) -> Iterator[Path]:
    """The folder of chunks, and that of each set of vectors."""
    root = data.path(FOLDER)
    return iter([root, *sorted(path for path in root.glob("vectors/*") if path.is_dir())])


def _data() -> DataFolder:
    settings = load(Settings)
    return DataFolder(settings.data.path, settings.data.min_free_mb)
