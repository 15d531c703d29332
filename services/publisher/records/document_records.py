"""Texts of papers as the reader shows them: which versions are stored, their Markdown, their pictures."""

import threading

from shared.store.papers.documents import DocumentRecord, DocumentStore


class DocumentRecords:
    """Read under the lock of the records, whose store this is."""

    def __init__(self, documents: DocumentStore, lock: threading.RLock) -> None:
        self._documents, self._lock = documents, lock

    def record(self, paper_id: str, version: int | None = None) -> DocumentRecord | None:
        with self._lock:
            return self._documents.record(paper_id, version)

    def text_versions(self, paper_id: str) -> list[int]:
        """The versions whose text is stored, oldest first."""
        with self._lock:
            known = {
                version: self._documents.record(paper_id, version) for version in self._documents.versions(paper_id)
            }
        return [version for version, record in known.items() if record and record.status == "converted"]

    def versions(self, paper_id: str) -> list[int]:
        """The versions that were looked at, oldest first, whether there is a text or not; reads no file."""
        return self._documents.versions(paper_id)

    def markdown(self, paper_id: str, version: int) -> str | None:
        """The text of a version, `document.md`; None where it is not stored, or cannot be read."""
        try:
            return self._documents.markdown(paper_id, version)
        except (OSError, ValueError):
            return None

    def stamp(self, paper_id: str, version: int) -> str:
        """Another one whenever the text of a version was written again; empty where it is not stored."""
        return self._documents.stamp(paper_id, version)

    def picture(self, paper_id: str, version: int, file: str) -> bytes | None:
        """A picture of a paper's figure, as the fetcher made it; None where it is not stored."""
        return self._documents.picture(paper_id, version, file)
