"""What the fetcher is asked: metadata of ids never harvested, documents, arXiv's own search."""

from typing import Literal

from pydantic import AwareDatetime, Field

from shared.contracts.base import Message, PaperIds, Reply, Request
from shared.paper_ids import AnyPaperId, PaperId


class LookupReply(Reply):
    """Ids whose metadata is stored now, and why the others are not."""

    found: tuple[PaperId, ...] = ()
    missing: dict[str, str] = Field(default_factory=dict)


class Lookup(Request[LookupReply]):
    """Get and store the metadata of ids that were never harvested; with `exact_versions`, ask for the newest version
    of each, which harvests do not tell."""

    subject = "fetcher.lookup"
    deadline_seconds = 60.0
    paper_ids: PaperIds
    exact_versions: bool = False


DocumentStatus = Literal[
    "converted", "withdrawn", "encrypted", "html_only", "too_large", "hostile", "unreadable", "missing"
]


class DocumentReply(Reply):
    """Where a paper's text lies. `folder` is relative to the data folder; None unless `status` is `converted`."""

    paper_id: AnyPaperId
    version: int
    status: DocumentStatus
    route: Literal["latex", "html", "pdf"] | None = None
    grade: Literal["good", "fair", "bad"] | None = None
    folder: str | None = None
    detail: str = ""


class Document(Request[DocumentReply]):
    """Get one paper's source and convert it to Markdown: the newest version where none is named.

    The text of a person's own file is made of what lies in `reading_list/files/`.
    """

    subject = "fetcher.document"
    deadline_seconds = 300.0
    paper_id: AnyPaperId
    force: bool = False
    version: int | None = Field(default=None, ge=1, le=999_999)


class FoundPaper(Message):
    """What arXiv says of a paper, for one that may not be stored."""

    paper_id: PaperId
    title: str
    abstract: str = ""
    authors: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    published_at: AwareDatetime | None = None


class HarvestReply(Reply):
    """A harvest is due: it begins at once, or when the present one has ended."""


class Harvest(Request[HarvestReply]):
    """Harvest now, beside the schedule."""

    subject = "fetcher.harvest"
    deadline_seconds = 5.0


class ArxivSearchReply(Reply):
    """Papers as arXiv ranks them; `total` counts all that arXiv has."""

    papers: tuple[FoundPaper, ...] = ()
    total: int = 0


class ArxivSearch(Request[ArxivSearchReply]):
    """Ask arXiv's own search. Plain words, or arXiv's syntax (`au:doe`). Nothing is stored."""

    subject = "fetcher.search"
    deadline_seconds = 60.0
    query: str = Field(min_length=1, max_length=2000)
    limit: int = Field(default=50, ge=1, le=100)
