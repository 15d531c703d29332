"""Making a paper ready to be asked: its text is fetched, cut into chunks, embedded and indexed."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from pathlib import PurePath
from typing import Protocol

from services.summarizer.agent.reading import ask_service
from shared.bus.bus import Bus
from shared.contracts import Document, DocumentReply, DocumentStatus, ListedPaper, Lookup
from shared.errors import PermanentFailure
from shared.paper_ids import is_local
from shared.store.papers.documents import DocumentStore
from shared.store.papers.metadata import MetadataStore
from shared.text.safe.plain_text import shortened

Note = Callable[[Mapping[str, object]], Awaitable[None]]
"""Says how far a paper is: fields of `ListedPaper`. Raises where it is not wanted any more."""

_MOST_TITLE_CHARACTERS = 300
_NO_TEXT: Mapping[DocumentStatus, str] = {
    "withdrawn": "It was withdrawn",
    "encrypted": "Its authors encrypted the source",
    "html_only": "arXiv has it only as HTML",
    "too_large": "Its source is too large",
    "hostile": "Its source was refused as unsafe",
    "unreadable": "Its source cannot be read",
    "missing": "There is no source of it",
}


class PassageIndex(Protocol):
    """Where papers are kept as chunks with vectors (`retrieval.retriever.Retriever`)."""

    @property
    def chunker(self) -> str:
        """Names how papers are cut."""

    @property
    def embedding_model(self) -> str:
        """Names the model and text recipe of the vectors."""

    async def index(self, paper_id: str, version: int) -> int:
        """Cut, embed and index what is not yet; the number of chunks."""

    async def forget(self, paper_id: str) -> None:
        """Drop a paper's chunks, vectors and points, of all versions."""


class Preparation:
    """Steps that may each be done again: what a kill interrupts is begun anew and finds what was done."""

    def __init__(self, bus: Bus, metadata: MetadataStore, documents: DocumentStore, passages: PassageIndex) -> None:
        self._bus = bus
        self._metadata = metadata
        self._documents = documents
        self._passages = passages
        self._indexing = asyncio.Lock()

    async def prepare(self, paper: ListedPaper, note: Note) -> tuple[int, dict[str, object]]:
        """The version that can be asked now, and what the list says of it.

        Raises TemporaryFailure where it may work later, PermanentFailure where the paper has no text.
        """
        await note({"state": "fetching"})
        title = await self._title(paper)
        reply = await ask_service(self._bus, Document(paper_id=paper.paper_id, version=paper.wanted_version))
        if reply.status != "converted":
            raise PermanentFailure(why_no_text(reply, paper.wanted_version))
        await note({"state": "cutting", "title": title})
        facts = await self.index(paper.paper_id, reply.version, note)
        title = title or await asyncio.to_thread(self._own_title, paper, reply.version)
        newer = await asyncio.to_thread(self._newer, paper.paper_id, reply.version)
        return reply.version, {**facts, "title": title, "newer_version": newer}

    async def index(self, paper_id: str, version: int, note: Note | None = None) -> dict[str, object]:
        """Cut and embed a paper whose text is stored, one at a time; what the list says of it."""
        async with self._indexing:
            if note is not None:
                await note({"state": "embedding"})
            chunks = await self._passages.index(paper_id, version)
        if not chunks:
            raise PermanentFailure("Its text has no sentence that could be asked.")
        sections = await asyncio.to_thread(self._documents.sections, paper_id, version)
        made = {"chunker": self._passages.chunker, "embedding_model": self._passages.embedding_model}
        return {"sections": len(sections), "chunks": chunks, **made}

    async def _title(self, paper: ListedPaper) -> str:
        """The title as arXiv has it, looked up where the paper was never harvested; of an own file what was given.

        Where an update is wanted, arXiv is asked which version is the newest.
        """
        if is_local(paper.paper_id):
            return paper.title
        stored = await asyncio.to_thread(self._metadata.get, [paper.paper_id])
        is_update = paper.version is not None and paper.wanted_version is None
        if paper.paper_id not in stored or is_update:
            reply = await ask_service(self._bus, Lookup(paper_ids=(paper.paper_id,), exact_versions=is_update))
            stored = await asyncio.to_thread(self._metadata.get, [paper.paper_id])
            if paper.paper_id not in stored:
                why = reply.missing.get(paper.paper_id, "arXiv has no such paper")
                raise PermanentFailure(f"{paper.paper_id} is unknown: {why}.")
        return shortened(stored[paper.paper_id].title, _MOST_TITLE_CHARACTERS)

    def _newer(self, paper_id: str, version: int) -> int | None:
        paper = None if is_local(paper_id) else self._metadata.get([paper_id]).get(paper_id)
        return paper.version if paper is not None and paper.version > version else None

    def _own_title(self, paper: ListedPaper, version: int) -> str:
        """What the text is headed, or the file's name."""
        first = self._documents.markdown(paper.paper_id, version).lstrip().partition("\n")[0]
        heading = first.removeprefix("# ").strip() if first.startswith("# ") else ""
        return shortened(heading or PurePath(paper.file_name).stem or paper.paper_id, _MOST_TITLE_CHARACTERS)


def why_no_text(reply: DocumentReply, wanted_version: int | None) -> str:
    """Why a paper cannot be asked, in a sentence."""
    which = f" (version {wanted_version})" if wanted_version is not None else ""
    why, detail = _NO_TEXT.get(reply.status, reply.status), f": {reply.detail}" if reply.detail else ""
    return f"{why}{which}{detail}."
