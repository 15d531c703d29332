"""A data folder with papers of a few fields, and search over it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from services.ranker.search.index.keyword_index import KeywordIndex
from services.ranker.search.index.updater import IndexUpdater
from shared.store.files.data_folder import DataFolder
from shared.store.papers.metadata import MetadataStore, Paper

FIRST_DAY = datetime(2026, 10, 1, tzinfo=UTC)


def a_paper(number: int, title: str, abstract: str = "", **facts: Any) -> Paper:
    """Paper `n` was submitted `n` days after the first of October; from number 5000 on it is a November id."""
    categories = tuple(facts.pop("categories", ("cs.LG",)))
    return Paper(
        paper_id=f"{2610 if number < 5000 else 2611}.{number:05}",
        version=facts.pop("version", 1),
        title=title,
        abstract=abstract,
        authors=tuple(facts.pop("authors", ("A. Author",))),
        categories=categories,
        primary_category=categories[0],
        published_at=facts.pop("published_at", FIRST_DAY + timedelta(days=number % 5000)),
        updated_at=FIRST_DAY,
        **facts,
    )


class House:
    """Metadata and the index of its words."""

    def __init__(self, folder: Path) -> None:
        self.data = DataFolder(folder, 0)
        self.metadata = MetadataStore(self.data)
        self.folder = self.data.path("state", "search", "words")
        self.open()

    def open(self) -> None:
        """The index as a new process has it."""
        self.index = KeywordIndex(self.folder)
        self.updater = IndexUpdater(self.data, MetadataStore(self.data), self.index)

    def add(self, *papers: Paper) -> None:
        self.metadata.put(papers)

    def count_batches(self) -> Callable[[], list[int]]:
        """Refresh whole; the sizes of the batches that were indexed."""
        sizes: list[int] = []
        return lambda: (self.updater.refresh(progress=sizes.append), sizes)[1]
