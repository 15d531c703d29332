"""Metadata from files."""

from collections.abc import Sequence
from pathlib import Path

from services.fetcher.commands.running import prepared
from services.fetcher.metadata.importing import ImportResult, OnBytesRead, import_files
from services.fetcher.settings import Settings
from shared.service.memory import limited_memory
from shared.store.papers.metadata import MetadataStore


def import_papers(settings: Settings, paths: Sequence[Path], progress: OnBytesRead | None = None) -> ImportResult:
    """Bring metadata in from files; nothing is announced, `papersys embed` gives them vectors. Raises PapersysError."""
    data = prepared(settings)
    with limited_memory(settings.fetcher.memory_mb):
        return import_files(paths, MetadataStore(data), progress)
