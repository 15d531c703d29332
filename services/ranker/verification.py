"""Looks at what the ranker derives: the search index, models, maps, facets, what rises. All of it is made again.

A model also names the papers that it was fitted to: it knows of ratings that are gone.
"""

import contextlib
import hashlib
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from services.ranker.components import build_searchers
from services.ranker.search.index.updater import IndexUpdater
from services.ranker.settings import Settings
from shared.bus.questions.question_bus import QuestionBus
from shared.command_line.context import load
from shared.errors import PapersysError
from shared.store.files.data_folder import DataFolder
from shared.store.keeping.findings import Finding, Findings, counted, some
from shared.store.papers.metadata import MetadataStore
from shared.store.people.preferences import RatingStore

SEARCH_INDEX = "search-index"
"""The repair that brings the search index up to the metadata."""
RANKER_FILES = "ranker-files"
"""The repair that removes derived files that cannot be used."""

_SETTLED_SECONDS = 600.0
"""A month that changed longer ago than this should be in the search index."""
_ANEW = "`papersys reconcile` makes it anew"


def verify_ranker(*, deep: bool) -> list[Finding]:
    """Look at the index, and at every user's models."""
    data = _data()
    findings = Findings("search")
    _verify_index(data, findings, deep=deep)
    models = Findings("models")
    for path, problem in _unusable(data, deep=deep):
        models.gap(path.relative_to(data.root).as_posix(), problem, _ANEW, RANKER_FILES)
    ratings = Findings("ratings")
    _verify_ratings(data, ratings)
    return [*findings.all(), *models.all(), *ratings.all()]


def rebuild_search_index() -> str:
    """Bring the index up to the metadata, a damaged one from nothing; returns what was done, in words."""
    updater = _updater(_data())
    updater.check()
    state = updater.refresh()
    return f"The search index knows {counted(state.papers, 'paper')}.{' ' + state.note if state.note else ''}"


def remove_unusable() -> str:
    """Remove derived files that cannot be used; returns which, in words."""
    data = _data()
    with data.lock("ranker-models"):
        gone = [path for path, _ in _unusable(data, deep=True)]
        for path in gone:
            path.unlink(missing_ok=True)
    return f"{counted(len(gone), 'derived file')} of the ranker removed; it learns and draws them again."


def _verify_index(data: DataFolder, findings: Findings, *, deep: bool) -> None:
    folder, metadata = data.path("state", "search"), MetadataStore(data)
    months = metadata.stamps()
    if not months:
        return
    if not folder.exists() or not any(folder.iterdir()):
        findings.gap("state/search", "there is no search index", f"the first search, or {_ANEW}", SEARCH_INDEX)
        return
    try:
        updater = _updater(data)
        behind, damage = updater.months_behind(), updater.damage() if deep else ""
    except PapersysError as error:
        findings.gap("state/search", f"the search index is damaged: {error}", _ANEW, SEARCH_INDEX)
        return
    if damage:
        findings.gap("state/search", damage, _ANEW, SEARCH_INDEX)
    late = [month for month in behind if _is_settled(data.path("metadata", f"{month}.csv"))]
    if late:
        text = f"the search index has not looked at {counted(len(late), 'month')} as the files are now ({late[0]} ...)"
        findings.note("state/search", text, "the next search does, as after each copy of the folder", SEARCH_INDEX)


def _is_settled(path: Path) -> bool:
    try:
        return time.time() - path.stat().st_mtime > _SETTLED_SECONDS
    except FileNotFoundError:
        return True


def _verify_ratings(data: DataFolder, findings: Findings) -> None:
    """Nothing that was ever said of a paper goes, so what a model was fitted to is there."""
    ratings = RatingStore(data)
    for path in sorted(data.path("state", "ranker").glob("*/model.json")):
        with contextlib.suppress(OSError, ValueError, TypeError, KeyError, AttributeError, PapersysError):
            record = json.loads(path.read_bytes())
            user, names = str(record["user"]), record["names"]
            lost = {*names["likes"], *names["dislikes"]} - {rating.paper_id for rating in ratings.all(user)}
            if lost:
                text = f"lack the ratings of {user} on {counted(len(lost), 'paper')} ({some(sorted(lost))})"
                findings.damage("preferences", f"{text}, to which a model was fitted")


def _unusable(data: DataFolder, *, deep: bool) -> Iterator[tuple[Path, str]]:
    root = data.path("state", "ranker")
    for path in sorted([*root.glob("*/*.json"), *root.glob("*/kept/*.json")]):
        try:
            record: Any = json.loads(path.read_bytes())
        except FileNotFoundError:
            continue
        except (OSError, ValueError) as error:
            yield path, f"cannot be read: {error}"
            continue
        if isinstance(record, dict) and "arrays" in record:
            folder = path.parent.parent if path.parent.name == "kept" else path.parent
            arrays = folder / Path(str(record["arrays"])).name
            background = root / "backgrounds" / Path(str(record.get("background"))).name
            yield from _unusable_arrays(path, arrays, record.get("sha256"), deep=deep)
            yield from _unusable_arrays(path, background, record.get("background_sha256"), deep=deep)


def _unusable_arrays(record: Path, arrays: Path, digest: object, *, deep: bool) -> Iterator[tuple[Path, str]]:
    """What is wrong with the arrays that a record names; a record that was replaced meanwhile names nothing."""
    if not arrays.exists():
        if record.exists():
            yield record, f"names {arrays.name}, which is gone"
    elif deep:
        with contextlib.suppress(FileNotFoundError):
            if hashlib.sha256(arrays.read_bytes()).hexdigest() != digest:
                yield arrays, "is not what was written (its SHA-256 differs)"


def _updater(data: DataFolder) -> IndexUpdater:
    settings = load(Settings)
    searcher, _ = build_searchers(data, settings.embedding.model, QuestionBus(settings.bus))
    return searcher.updater


def _data() -> DataFolder:
    settings = load(Settings)
    return DataFolder(settings.data.path, settings.data.min_free_mb)
