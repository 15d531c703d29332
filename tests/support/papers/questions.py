"""Questions to papers in memory: real stores, loop and traces; a plain search in sections instead of an index."""

import hashlib
import json
import re
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from services.summarizer.agent.prompt_files import PromptFiles
from services.summarizer.evidence.wording import content_stems
from services.summarizer.llm.gateway import Gateway
from services.summarizer.research.answers.prompts import PLACEHOLDERS
from services.summarizer.research.loop.asked.claims import Claims
from services.summarizer.research.loop.asked.questions import Questions
from services.summarizer.research.loop.graph import Loop
from services.summarizer.research.loop.ports import CorpusFacts
from services.summarizer.research.loop.question import FoundChunk
from services.summarizer.research.loop.stored_papers import StoredPapers
from services.summarizer.research.tracing.kept_calls import CallMemo
from services.summarizer.settings import Settings
from services.summarizer.vectors import Encoder
from shared.contracts import Ask, AskReply, Corpus, Encode, ResearchResult
from shared.settings.settings import DataSettings, LlmSettings
from shared.store.files.data_folder import DataFolder
from shared.store.models.ledger import Ledger
from shared.store.papers.documents import DocumentRecord, DocumentStore, Reference, Section
from shared.store.papers.metadata import MetadataStore, Paper
from shared.store.research.traces import TraceStore
from tests.support.bus.in_memory import FakeBus
from tests.support.llm.gateway import DictMemo
from tests.support.llm.server import Body, Scripted
from tests.support.papers.summarizer import encode

WHEN = datetime(2026, 10, 26, tzinfo=UTC)
TREES, WHALES = "2610.00001", "2610.00002"
METHOD = (
    "We use a tree of tournament nodes, each holding the head of one run [@few]. The tree is rebuilt whenever a run "
    "ends, which happens at most 64 times in a pass. Records larger than a page are not supported."
)
TEXTS = {
    TREES: {"Introduction": "External sorting is an old problem, and disks are still slow.", "Method": METHOD},
    WHALES: {
        "Introduction": "Blue whales swim far in winter and eat little on the way.",
        "Results": "Whales that were tagged swam 4,000 kilometres in 90 days. Rebuilt nets did not harm the whales.",
    },
}
TITLES = {TREES: "Merge trees for sorting on cheap disks", WHALES: "Whales in winter"}
REFERENCE = Reference(text="A. Author. External sorting with few disks.", arxiv_id="1901.00001", key="few")


class Hit(NamedTuple):
    chunk: FoundChunk
    score: float


class SectionSearch:
    """Sections of stored papers by shared words; every paper is in every corpus that does not name others."""

    def __init__(self, chunks: Iterable[FoundChunk] = ()) -> None:
        self.chunks = list(chunks)
        self.searches: list[str] = []

    async def resolve(self, corpus: Corpus, user: str) -> frozenset[str]:
        papers = frozenset(chunk.paper_id for chunk in self.chunks)
        return papers & set(corpus.paper_ids) if corpus.paper_ids else papers

    def facts(self, corpus: frozenset[str]) -> CorpusFacts:
        return CorpusFacts(corpus)

    async def find(self, query: str, corpus: frozenset[str], limit: int) -> list[Hit]:
        self.searches.append(query)
        wanted = set(content_stems(query))
        hits = [
            Hit(chunk, len(wanted & set(content_stems(chunk.text))))
            for chunk in self.chunks
            if chunk.paper_id in corpus
        ]
        return sorted((hit for hit in hits if hit.score), key=lambda hit: -hit.score)[:limit]

    async def neighbours(self, chunk: FoundChunk, around: int = 1) -> list[FoundChunk]:
        return []

    async def section(self, chunk: FoundChunk) -> list[FoundChunk]:
        return [chunk]


def chunks_of(paper_id: str, sections: Mapping[str, str]) -> tuple[str, list[FoundChunk]]:
    """A document, and each of its sections as a chunk."""
    document, chunks = "", []
    for title, text in sections.items():
        document += f"# {title}\n\n"
        name = hashlib.sha256(f"{paper_id}{title}".encode()).hexdigest()[:32]
        start = len(document)
        chunks.append(
            FoundChunk(
                chunk_id=name, paper_id=paper_id, version=1, titles=(title,), text=text, start=start,
                end=start + len(text), page=2,
            )
        )  # fmt: skip
        document += f"{text}\n\n"
    return document, chunks


class AskedRoom:
    """What answers questions, over a data folder with a few papers."""

    def __init__(
        self, folder: Path, llm: LlmSettings | None, texts: Mapping[str, Mapping[str, str]], **asked: Any
    ) -> None:
        self.settings = Settings.model_validate(
            {"data": DataSettings(path=folder, min_free_mb=0), "llm": llm or LlmSettings(), "summarizer": asked}
        )
        self.data = DataFolder(folder, 0)
        self.bus = FakeBus()
        self.bus.answers = {Encode: encode}
        self.ledger, self.traces = Ledger(self.data), TraceStore(self.data)
        self.search = SectionSearch()
        for paper_id, sections in texts.items():
            self.hold(paper_id, sections)
        self.models = Gateway(self.settings.llm, self.data, self.ledger, CallMemo(DictMemo()), pauses=())
        papers = StoredPapers(MetadataStore(self.data), DocumentStore(self.data))
        self.loop = Loop(self.search, papers, Encoder(self.bus))
        prompts = PromptFiles(self.data.path("prompts"), PLACEHOLDERS)
        self.questions = self.process(prompts)

    def process(self, prompts: PromptFiles | None = None, name: str = "") -> Questions:
        """What answers questions in a process of this name, or in this one."""
        prompts = prompts or PromptFiles(self.data.path("prompts"), PLACEHOLDERS)
        options, claims = self.settings.summarizer, Claims(self.traces, name)
        return Questions(
            self.loop, self.traces, self.models, prompts, options, self.settings.llm, pauses_seconds=(), claims=claims
        )

    def hold(self, paper_id: str, sections: Mapping[str, str], title: str = "") -> None:
        """A paper with its document, to be found by its sections."""
        document, chunks = chunks_of(paper_id, sections)
        title = title or TITLES.get(paper_id, f"Paper {paper_id}")
        record = DocumentRecord(
            paper_id=paper_id, version=1, status="converted", route="latex", references=(REFERENCE,), made_at=WHEN
        )
        listed = [Section(title=name, level=1, text=text) for name, text in sections.items()]
        DocumentStore(self.data).put(record, document, listed)
        MetadataStore(self.data).put([_paper(paper_id, title)])
        self.search.chunks += chunks

    async def ask(self, question: str, **more: Any) -> AskReply:
        return await self.questions.ask(Ask(question=question, **more))

    async def result(self, question: str, **more: Any) -> ResearchResult:
        reply = await self.ask(question, **more)
        assert reply.result is not None, reply
        return reply.result

    def document(self, paper_id: str) -> str:
        return DocumentStore(self.data).markdown(paper_id, 1)


@asynccontextmanager
async def asked_room(
    folder: Path,
    llm: LlmSettings | None = None,
    texts: Mapping[str, Mapping[str, str]] = TEXTS,
    **asked: Any,
) -> AsyncIterator[AskedRoom]:
    room = AskedRoom(folder, llm, texts, **asked)
    try:
        yield room
    finally:
        await room.questions.close()
        await room.models.close()


def assert_verbatim(result: ResearchResult, room: AskedRoom) -> None:
    """Each citation stands in the document of its paper, at its place, letter by letter."""
    for citation in result.citations:
        document = room.document(citation.paper_id)
        assert citation.raw_excerpt
        assert document[citation.start : citation.end] == citation.raw_excerpt


def purpose_of(body: Body) -> str:
    """What a call is for: its prompt says it."""
    system = body["messages"][0]["content"]
    if "Some sentences of your answer" in body["messages"][-1]["content"]:
        return "mend"
    marks = {"prepare a search": "plan", "judge which excerpts": "rank", "answer a question": "answer"}
    return next(purpose for words, purpose in marks.items() if words in system)


def numbers_of(body: Body, *words: str) -> list[int]:
    """The numbers under which sentences with these words were shown."""
    shown = body["messages"][1]["content"]
    sentences = re.findall(r"\((\d+)\) (.*?)(?= \(\d+\) |\n|$)", shown)
    return [int(number) for number, text in sentences if any(word in text for word in words)]


def said(*sentences: tuple[Sequence[int], str], **more: Any) -> Scripted:
    """An answer of the model."""
    listed = [{"sources": list(sources), "text": text} for sources, text in sentences]
    return Scripted(json.dumps({"answered": bool(listed), "sentences": listed, "missing": [], **more}))


def _paper(paper_id: str, title: str) -> Paper:
    return Paper(
        paper_id=paper_id, version=1, title=title, abstract=f"{title}, told in short.", authors=("A. Author",),
        categories=("cs.DS",), primary_category="cs.DS", published_at=WHEN, updated_at=WHEN,
    )  # fmt: skip
