"""Papers as they lie in the data folder: titles, authors, texts, references. A person's own files have no metadata."""

from collections.abc import Mapping, Sequence

from shared.paper_ids import is_local
from shared.store.papers.documents import DocumentStore, Reference
from shared.store.papers.metadata import MetadataStore, Paper


class StoredPapers:
    def __init__(self, metadata: MetadataStore, documents: DocumentStore) -> None:
        self._metadata = metadata
        self._documents = documents

    def titles(self, paper_ids: Sequence[str], user: str) -> Mapping[str, str]:
        """By id; what was never harvested is left out."""
        wanted = [paper_id for paper_id in dict.fromkeys(paper_ids) if not is_local(paper_id)]
        return {paper_id: paper.title for paper_id, paper in self._metadata.get(wanted).items()}

    def authors(self, paper_id: str) -> str:
        """Their names in one line; empty where they are not known."""
        paper = self._paper(paper_id)
        return ", ".join(paper.authors) if paper else ""

    def text(self, paper_id: str, version: int, *, abstract: bool) -> str:
        """The version's `document.md`, or the abstract; empty where it is not there."""
        if abstract and (paper := self._paper(paper_id)):
            return paper.abstract
        try:
            return self._documents.markdown(paper_id, version)
        except (OSError, ValueError):
            return ""

    def references(self, paper_id: str, version: int) -> tuple[Reference, ...]:
        record = self._documents.record(paper_id, version)
        return record.references if record else ()

    def _paper(self, paper_id: str) -> Paper | None:
        return None if is_local(paper_id) else self._metadata.get([paper_id]).get(paper_id)
