"""All that is known of one paper that can be asked, for `papersys arxiv info`."""

from pydantic import BaseModel, ConfigDict

from shared.contracts import ListedPaper
from shared.errors import PermanentFailure
from shared.paper_ids import is_local
from shared.store.files.data_folder import DataFolder
from shared.store.papers.documents import DocumentRecord, DocumentStore
from shared.store.papers.metadata import MetadataStore, Paper
from shared.store.research.reading_list import ReadingListStore
from shared.text.safe.plain_text import shortened


class PaperFacts(BaseModel):
    """`listed` is None where the paper is not on the list. `sections` are titles, in the order of the text."""

    model_config = ConfigDict(frozen=True)

    paper_id: str
    title: str = ""
    authors: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    submitted: str = ""
    newest_version: int | None = None
    listed: ListedPaper | None = None
    text_version: int | None = None
    route: str | None = None
    grade: str | None = None
    words: int = 0
    sections: tuple[str, ...] = ()
    stored_versions: tuple[int, ...] = ()


def facts_of(data: DataFolder, user: str, paper_id: str) -> PaperFacts:
    """Raises PermanentFailure for a paper of which nothing is stored."""
    listed = ReadingListStore(data).get(user, paper_id)
    paper = None if is_local(paper_id) else MetadataStore(data).get([paper_id]).get(paper_id)
    documents = DocumentStore(data)
    record = documents.record(paper_id, listed.version if listed is not None else None)
    if listed is None and paper is None and record is None:
        raise PermanentFailure(f"Nothing is stored of {paper_id}; add it with `papersys arxiv add {paper_id}`.")
    facts = {"paper_id": paper_id, "title": listed.title if listed else "", "listed": listed}
    return PaperFacts.model_validate({**facts, **_metadata(paper), **_text(documents, record)})


def _metadata(paper: Paper | None) -> dict[str, object]:
    if paper is None:
        return {}
    return {
        "title": shortened(paper.title),
        "authors": paper.authors,
        "categories": paper.categories,
        "submitted": f"{paper.published_at:%Y-%m-%d}" if paper.published_at else "",
        "newest_version": paper.version,
    }


def _text(documents: DocumentStore, record: DocumentRecord | None) -> dict[str, object]:
    if record is None:
        return {}
    versions = {"stored_versions": documents.versions(record.paper_id), "text_version": record.version}
    if record.status != "converted":
        return versions
    titles = [shortened(part.title, 200) for part in documents.sections(record.paper_id, record.version)]
    quality = {"route": record.route, "grade": record.grade, "words": record.words}
    return {**versions, **quality, "sections": [title for title in titles if title]}
