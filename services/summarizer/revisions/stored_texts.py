"""Texts of two versions as they are stored, and what the newer one changed as a record."""

from dataclasses import dataclass
from datetime import datetime

from services.summarizer.revisions.anchors import Anchors, anchored
from services.summarizer.revisions.comparison import compare, counts_of
from services.summarizer.revisions.following import summarised_version
from shared.contracts import DocumentReply
from shared.store.files.data_folder import DataFolder
from shared.store.papers.documents import DocumentStore
from shared.store.papers.metadata import Paper
from shared.store.papers.revisions import Revision
from shared.store.papers.summaries import Summary, SummaryStore

_NO_TEXT = "The text of version {version} could not be had ({why}), so what changed in it is not known."
_DIFFERENT_ROUTES = "One version was read from its source and the other from its PDF, so their texts were not compared."


@dataclass(frozen=True)
class Wanted:
    """With which version a paper's newest one is compared, and which of the two have to be asked for."""

    base: int
    needs_base: bool
    needs_newest: bool

    @property
    def documents(self) -> int:
        return self.needs_base + self.needs_newest


class StoredTexts:
    """Reads documents and summaries; writes nothing."""

    def __init__(self, data: DataFolder) -> None:
        self._documents, self._summaries = DocumentStore(data), SummaryStore(data)

    def summary(self, paper_id: str) -> Summary | None:
        return self._summaries.get(paper_id)

    def versions(self, paper_id: str) -> list[int]:
        return [version for version in self._documents.versions(paper_id) if self._has_text(paper_id, version)]

    def wanted(self, paper: Paper, record: Revision) -> Wanted:
        """The version that was summarised is compared where its text is still there, else the one seen last.

        Where the newest one was summarised already, the one seen last is what people knew.
        """
        candidates = (summarised_version(self.summary(paper.paper_id)), record.known_version)
        earlier = [version for version in candidates if 0 < version < paper.version]
        bases = [version for version in earlier if self._has_text(paper.paper_id, version)]
        newest = self._documents.record(paper.paper_id)
        is_there = newest is not None and max(newest.version, newest.asked_version or 0) >= paper.version
        return Wanted(bases[0] if bases else record.known_version, not bases, not is_there)

    def compared(self, paper: Paper, record: Revision, base: int, reply: DocumentReply, at: datetime) -> Revision:
        """The record with what the version of the reply changed. Raises OSError where a text went away meanwhile."""
        facts: dict[str, object] = {
            **{"seen_version": max(reply.version, paper.version), "from_version": base, "to_version": reply.version},
            **{"found_at": at, "made_at": at, "withdrawn_at": None, "text_withdrawn": False},
            **{"sections": (), "quotes": (), "counts": {}, "problem": ""},
        }
        if reply.status == "withdrawn":
            return record.model_copy(update={**facts, "withdrawn_at": at, "text_withdrawn": True})
        if reply.status != "converted":
            why = reply.status.replace("_", " ")
            return record.model_copy(update={**facts, "problem": _NO_TEXT.format(version=reply.version, why=why)})
        found = self._differences(paper, base, reply.version)
        return record.model_copy(update={**facts, **found, "known_version": reply.version})

    def without_text(self, paper: Paper, record: Revision, why: str, at: datetime) -> Revision:
        """The record of a paper whose newer text is not to be had."""
        problem = _NO_TEXT.format(version=paper.version, why=why.rstrip("."))
        return record.model_copy(
            update={"seen_version": paper.version, "found_at": at, "made_at": at, "problem": problem}
        )

    def _differences(self, paper: Paper, base: int, version: int) -> dict[str, object]:
        markdown = self._documents.markdown(paper.paper_id, version)
        summary = self.summary(paper.paper_id)
        facts: dict[str, object] = {}
        if summary is not None and summarised_version(summary) < version:
            sections = self._documents.sections(paper.paper_id, version)
            facts["quotes"] = anchored(summary, Anchors(markdown, sections, paper.abstract))
        before, after = self._documents.record(paper.paper_id, base), self._documents.record(paper.paper_id, version)
        if before is None or before.status != "converted" or after is None:
            return {**facts, "problem": _NO_TEXT.format(version=base, why="it is not stored")}
        if (before.route == "pdf") != (after.route == "pdf"):
            return {**facts, "problem": _DIFFERENT_ROUTES}
        changes = compare(self._documents.markdown(paper.paper_id, base), markdown)
        return {**facts, "sections": changes, "counts": counts_of(changes)}

    def _has_text(self, paper_id: str, version: int) -> bool:
        record = self._documents.record(paper_id, version)
        return record is not None and record.status == "converted"
