"""Looks at what the summarizer derives: Qdrant's points of the papers that were read."""

from collections.abc import Mapping

import numpy as np

from services.summarizer.commands import rebuild_index
from services.summarizer.links.qdrant_storage import STORAGE_ERRORS, stored_points
from services.summarizer.qdrant.connection import unit
from services.summarizer.settings import Settings
from services.summarizer.vectors import Matrix
from shared.command_line.context import load
from shared.errors import PapersysError
from shared.store.files.data_folder import DataFolder
from shared.store.files.held_locks import is_held
from shared.store.keeping.findings import Finding, Findings, counted, some
from shared.store.papers.summaries import SummaryStore
from shared.store.vectors.embeddings import VectorStore

QDRANT = "qdrant"
"""The repair that makes Qdrant's folder anew."""

_TOLERANCE = 1e-3


def verify_summarizer(*, deep: bool) -> list[Finding]:
    """Compare the points with the papers that were read; a folder that a running summarizer has open is its own.

    A Qdrant server is not asked: the summarizer brings it up to the summaries at each start.
    """
    settings = load(Settings)
    data, findings = DataFolder(settings.data.path, settings.data.min_free_mb), Findings("qdrant")
    if settings.summarizer.qdrant_url is None and deep and not is_held(data.path("state", "locks", "qdrant.lock")):
        _verify_points(data, settings.embedding.model, findings)
    return findings.all()


def rebuild_qdrant() -> str:
    """Make the folder anew; returns what was done, in words. Raises TemporaryFailure while a summarizer has it open."""
    return f"Qdrant has {counted(rebuild_index(load(Settings)), 'paper')}."


def _verify_points(data: DataFolder, alias: str, findings: Findings) -> None:
    storage = data.path("qdrant", "collection", f"papers-{alias}", "storage.sqlite")
    place = storage.relative_to(data.root).as_posix()
    try:
        wanted = _wanted(data, alias)
    except PapersysError:
        return  # said where vectors and summaries are looked at
    remedy = "`papersys reconcile` makes it anew; so does the summarizer when it starts"
    try:
        points = dict(stored_points(storage)) if storage.exists() else {}
    except (*STORAGE_ERRORS, PapersysError) as error:
        findings.gap(place, f"cannot be read: {error}", remedy, QDRANT)
        return
    if points.keys() != wanted.keys():
        has = len(points.keys() & wanted.keys())
        text = f"has points of {has} of {counted(len(wanted), 'paper')} with a summary and a vector"
        more = len(points.keys() - wanted.keys())
        findings.gap(place, text + (f", and {more} of others" if more else ""), remedy, QDRANT)
        return
    different = [paper_id for paper_id, vectors in points.items() if not _is_sound(vectors, wanted[paper_id])]
    if different:
        text = f"has other vectors than these {counted(len(different), 'paper')} ({some(different)})"
        findings.gap(place, text, remedy, QDRANT)


def _wanted(data: DataFolder, alias: str) -> dict[str, Matrix]:
    """The vector of each paper that was read."""
    vectors = VectorStore(data, alias, cached=False).get(SummaryStore(data).ids())
    return dict(zip(vectors.ids, vectors.matrix, strict=True))


def _is_sound(stored: Mapping[str, Matrix], wanted: Matrix) -> bool:
    """Whether a point has the paper's vector, and in its fields vectors of length 1."""
    is_whole = all(abs(float(np.linalg.norm(vector)) - 1) < _TOLERANCE for vector in stored.values())
    abstract = stored.get("abstract")
    return is_whole and abstract is not None and bool(np.allclose(abstract, unit(wanted), atol=_TOLERANCE))
