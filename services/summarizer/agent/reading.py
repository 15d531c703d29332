"""Reading: a paper's metadata and its text, or why only the abstract can be read."""

import asyncio
import hashlib
import json

from services.summarizer.state import State
from services.summarizer.text.passages import ABSTRACT, Passage, passages_of
from shared.bus.bus import Bus
from shared.bus.questions.requests import ReplyT
from shared.contracts import Document, DocumentReply, DocumentStatus, Lookup, PapersSelected, Request
from shared.errors import PermanentFailure, RequestFailed, TemporaryFailure
from shared.store.papers.documents import DocumentStore
from shared.store.papers.metadata import MetadataStore, Paper

ABSTRACT_ROUTE = "abstract"
_WHY_ABSTRACT: dict[DocumentStatus, str] = {
    "withdrawn": "the paper was withdrawn",
    "encrypted": "its authors encrypted the source",
    "html_only": "arXiv has it only as HTML",
    "too_large": "its source is too large",
    "hostile": "its source was refused as unsafe",
    "missing": "arXiv has no source of it",
}


class PaperReader:
    """Gets papers through the fetcher."""

    def __init__(self, bus: Bus, metadata: MetadataStore, documents: DocumentStore) -> None:
        self._bus = bus
        self._metadata = metadata
        self._documents = documents

    async def read(self, state: State) -> State:
        """Raises PermanentFailure for an unknown paper or an unreadable source, TemporaryFailure when it may come."""
        paper = await self.paper(state["paper_id"])
        reply = await self._document(paper.paper_id, state["event"])
        if reply.status == "unreadable":
            raise PermanentFailure(
                f"The source of {paper.paper_id} cannot be read: {reply.detail or 'no reason given'}"
            )
        if reply.status != "converted":
            return _only_abstract(paper, reply)
        note = "The text could be converted only in part; read the paper itself where it matters."
        texts = await asyncio.to_thread(self._texts, paper, reply.version)
        facts = State(route=reply.route or "", version=reply.version, notes=(note,) if reply.grade == "bad" else ())
        return {**texts, **facts}

    async def again(self, state: State) -> State | None:
        """The texts of a state that was kept, from the data folder alone; None where they are not there any more."""
        stored = await asyncio.to_thread(self._metadata.get, [state["paper_id"]])
        paper = stored.get(state["paper_id"])
        if paper is None:
            return None
        if state["route"] == ABSTRACT_ROUTE:
            return _texts_of_abstract(paper)
        try:
            return await asyncio.to_thread(self._texts, paper, state["version"])
        except TemporaryFailure:
            return None

    async def paper(self, paper_id: str) -> Paper:
        """The metadata; looked up at arXiv where it was never harvested. Raises PermanentFailure, TemporaryFailure."""
        stored = await asyncio.to_thread(self._metadata.get, [paper_id])
        if paper_id in stored:
            return stored[paper_id]
        reply = await ask_service(self._bus, Lookup(paper_ids=(paper_id,)))
        stored = await asyncio.to_thread(self._metadata.get, [paper_id])
        if paper_id not in stored:
            raise PermanentFailure(f"{paper_id} is unknown: {reply.missing.get(paper_id, 'arXiv has no such paper')}")
        return stored[paper_id]

    async def _document(self, paper_id: str, event: PapersSelected) -> DocumentReply:
        """With force the source is fetched anew, once for an event however often it is delivered."""
        record = await asyncio.to_thread(self._documents.record, paper_id)
        again = event.force and (record is None or record.made_at < event.occurred_at)
        reply = await ask_service(self._bus, Document(paper_id=paper_id, force=again))
        return reply

    def _texts(self, paper: Paper, version: int) -> State:
        try:
            sections = self._documents.sections(paper.paper_id, version)
            markdown = self._documents.markdown(paper.paper_id, version)
        except (OSError, ValueError) as error:
            raise TemporaryFailure(
                f"The document of {paper.paper_id} is not in its folder any more: {error}"
            ) from error
        record = self._documents.record(paper.paper_id, version)
        return {
            "paper": paper,
            "passages": passages_of(sections, paper.abstract),
            "references": record.references if record else (),
            "markdown": markdown,
            "sections": (Passage(ABSTRACT, paper.abstract), *(Passage(part.title, part.text) for part in sections)),
        }


def texts_hash(state: State) -> str:
    """Changes with whatever of a paper is read: title, abstract, text, version."""
    paper, passages = state["paper"], state["passages"]
    parts = json.dumps([paper.title, paper.abstract, paper.version, passages])
    return hashlib.sha256(parts.encode()).hexdigest()[:16]


async def ask_service(bus: Bus, request: Request[ReplyT]) -> ReplyT:
    """The answer of another service. Raises TemporaryFailure or PermanentFailure, which decide about delivery."""
    try:
        return await bus.ask(request)
    except RequestFailed as error:
        raise error.as_failure() from error


def _only_abstract(paper: Paper, reply: DocumentReply) -> State:
    why = _WHY_ABSTRACT.get(reply.status, reply.status)
    detail = f" ({reply.detail})" if reply.detail else ""
    facts = State(
        route=ABSTRACT_ROUTE,
        version=reply.version,
        notes=(f"Made from the abstract alone: {why}{detail}.",),
    )
    return {**_texts_of_abstract(paper), **facts}


def _texts_of_abstract(paper: Paper) -> State:
    return {
        "paper": paper,
        "passages": passages_of([], paper.abstract),
        "references": (),
        "markdown": "",
        "sections": (Passage(ABSTRACT, paper.abstract),),
    }
