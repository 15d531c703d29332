"""A row of an older table as a paper of papersys. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from deploy.migrating.tables.cells import ReadId, read_categories, read_moment, read_names, read_words
from shared.store.papers.limits import within_limits
from shared.store.papers.rows import Paper

SOURCE = "migrate"
"""What metadata, vectors, ratings and summaries that came this way say of their origin."""


@dataclass(frozen=True)
class ReadPaper:
    """A paper, and what of its row could not be read though the rest could."""

    paper: Paper
    remark: str = ""


def paper_of(read_id: ReadId, cells: Mapping[str, object], harvested_at: datetime) -> ReadPaper:
    """The paper of a row by field. Raises ValueError that says what is missing."""
    title, categories = read_words(cells.get("title")), read_categories(cells.get("categories"))
    if not title or not categories:
        raise ValueError(f"it has no {'title' if not title else 'categories'}")
    remarks: list[str] = []
    moments = {name: _moment(cells.get(name), name, remarks) for name in ("date", "created", "updated")}
    published = moments["created"] or moments["date"]
    paper = Paper(
        paper_id=read_id.paper_id,
        version=read_id.version or version_of(cells.get("version")),
        title=title,
        abstract=read_words(cells.get("abstract")),
        authors=read_names(cells.get("authors")),
        categories=categories,
        primary_category=read_words(cells.get("primary_category")) or categories[0],
        published_at=published,
        updated_at=moments["updated"] or published,
        doi=read_words(cells.get("doi")),
        comment=read_words(cells.get("comment")),
        journal_ref=read_words(cells.get("journal_ref")),
        license=read_words(cells.get("license")),
        source=SOURCE,
        harvested_at=harvested_at,
    )
    return ReadPaper(within_limits(paper), "; ".join(remarks))


def _moment(cell: object, name: str, remarks: list[str]) -> datetime | None:
    try:
        return read_moment(cell)
    except ValueError as error:
        remarks.append(f"{name}: {error}, left empty")
        return None


def version_of(cell: object) -> int:
    """The version that a cell says. A lower bound, as everywhere: 1 where nothing or nothing readable is said."""
    text = read_words(cell).removeprefix("v").removesuffix(".0")
    return int(text) if text.isascii() and text.isdigit() and 0 < int(text) < 1_000_000 else 1
