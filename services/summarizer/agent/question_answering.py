"""Answers to questions about papers that were read: by a model with checked quotes, or the nearest sentences."""

import asyncio
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from services.summarizer.agent.answers import Answer
from services.summarizer.agent.prompt_files import PromptFiles
from services.summarizer.agent.prompts import question_again, question_prompt
from services.summarizer.evidence.quotes import Quotes, words_of
from services.summarizer.links.neighbour_index import NeighbourIndex
from services.summarizer.llm.asking import AskContext, LanguageModels
from services.summarizer.llm.failures import LlmUnusable
from services.summarizer.llm.messages import ChatMessage
from services.summarizer.llm.structured import UnreadableReply
from services.summarizer.text.passages import Passage, passages_of
from services.summarizer.text.sentences import sentences_of
from services.summarizer.vectors import Encoder
from shared.contracts import Ask, AskReply, Quote
from shared.errors import SettingsError
from shared.store.papers.documents import DocumentStore
from shared.store.papers.metadata import MetadataStore
from shared.store.summaries import SummaryStore

_MOST_PAPERS = 6
_MOST_SCORED = 128
_MOST_QUOTES = 5
_MOST_PARAGRAPHS = 12
_LEAST_SIMILARITY = 0.25
_NOTHING_READ = "None of these papers was read yet."
_NOTHING_NEAR = "Nothing in the papers that were read comes near to this question."
_COMMON = "a an and are as by do does for from how in is it of on or the this to was what which why with"


class Piece(NamedTuple):
    """A sentence or paragraph of a paper."""

    paper_id: str
    passage: Passage

    def quote(self) -> Quote:
        return Quote(paper_id=self.paper_id, text=self.passage.text, section=self.passage.section)


class Answerer:
    """Answers from papers that were read."""

    def __init__(
        self,
        models: LanguageModels,
        prompts: PromptFiles,
        encoder: Encoder,
        index: NeighbourIndex,
        summaries: SummaryStore,
        metadata: MetadataStore,
        documents: DocumentStore,
    ) -> None:
        self._models = models
        self._prompts = prompts
        self._encoder = encoder
        self._index = index
        self._summaries = summaries
        self._metadata = metadata
        self._documents = documents

    async def answer(self, request: Ask) -> AskReply:
        """Raises TemporaryFailure while the model's server is away."""
        papers = await self._papers(request)
        if not papers:
            return AskReply(answer=_NOTHING_READ, mode="extractive")
        texts = await asyncio.to_thread(lambda: {paper_id: self._passages(paper_id) for paper_id in papers})
        if self._models.model_for("ask") is None:
            return await self._sentences(request, texts, "No language model is configured.")
        try:
            return await self._written(request, texts)
        except (LlmUnusable, UnreadableReply, SettingsError) as error:
            return await self._sentences(request, texts, f"No model answered: {str(error).rstrip('.')}.")

    async def _papers(self, request: Ask) -> list[str]:
        if request.paper_ids:
            return list(await asyncio.to_thread(self._summaries.get_many, request.paper_ids))
        vectors = await self._encoder.encode([request.question], "query")
        if vectors is not None:
            near = [neighbour.paper_id for neighbour in await self._index.nearest(vectors[0], _MOST_PAPERS)]
            return list(await asyncio.to_thread(self._summaries.get_many, near))
        return await asyncio.to_thread(self._by_words, request.question)

    def _by_words(self, question: str) -> list[str]:
        """The papers whose summaries share most words with the question."""
        shared = {
            summary.paper_id: _shared_words(question, " ".join(field.text for field in summary.fields))
            for summary in self._summaries.all()
        }
        return sorted((paper_id for paper_id in shared if shared[paper_id]), key=lambda paper_id: -shared[paper_id])[
            :_MOST_PAPERS
        ]

    def _passages(self, paper_id: str) -> tuple[Passage, ...]:
        """The text that is in the data folder; the abstract alone where the document is not there."""
        paper = self._metadata.get([paper_id]).get(paper_id)
        record = self._documents.record(paper_id)
        there = record is not None and record.status == "converted"
        sections = self._documents.sections(paper_id, record.version) if there and record else []
        return passages_of(sections, paper.abstract if paper else "")

    async def _sentences(self, request: Ask, texts: dict[str, tuple[Passage, ...]], why: str) -> AskReply:
        pieces = [
            Piece(paper_id, Passage(sentence.section, sentence.text))
            for paper_id, passages in texts.items()
            for sentence in sentences_of(passages)
        ]
        best = await self._best(request.question, pieces, _MOST_QUOTES)
        quotes = tuple(piece.quote() for piece in best)
        text = "These sentences of the papers come nearest to the question." if quotes else _NOTHING_NEAR
        return AskReply(answer=f"{why} {text}", mode="extractive", quotes=quotes)

    async def _written(self, request: Ask, texts: dict[str, tuple[Passage, ...]]) -> AskReply:
        """The model's answer, if at least one quote of it stands in a paper; with one repair. Raises LlmUnusable."""
        paragraphs = [
            Piece(paper_id, Passage(passage.section, paragraph))
            for paper_id, passages in texts.items()
            for passage in passages
            for paragraph in passage.text.split("\n\n")
        ]
        best = await self._best(request.question, paragraphs, _MOST_PARAGRAPHS)
        pieces = [(piece.paper_id, piece.passage) for piece in best]
        prompts = self._prompts.load()
        conversation = question_prompt(prompts, request.question, pieces)
        reply, quotes = await self._reply(conversation, texts)
        if not quotes:
            problems = ["None of the quotes stands in the paper it is said to be of."]
            reply, quotes = await self._reply(question_again(prompts, conversation, reply, problems), texts)
        if not quotes:
            raise LlmUnusable("it gave no quote that stands in the papers")
        return AskReply(answer=reply.answer, mode="llm", quotes=quotes)

    async def _reply(
        self, conversation: Sequence[ChatMessage], texts: dict[str, tuple[Passage, ...]]
    ) -> tuple[Answer, tuple[Quote, ...]]:
        answered = await self._models.ask(conversation, Answer, AskContext("ask"))
        return answered.value, await asyncio.to_thread(verified_quotes, answered.value, texts)

    async def _best(self, question: str, pieces: Sequence[Piece], limit: int) -> list[Piece]:
        """The pieces nearest to a question, by words first and then, where the embedder answers, by meaning."""
        candidates = sorted(pieces, key=lambda piece: -_shared_words(question, piece.passage.text))[:_MOST_SCORED]
        if not candidates:
            return []
        vectors = await self._encoder.encode([question, *(piece.passage.text for piece in candidates)], "query")
        if vectors is None:
            return [piece for piece in candidates[:limit] if _shared_words(question, piece.passage.text)]
        scores = vectors[1:] @ vectors[0]
        order = np.argsort(-scores, kind="stable")[:limit]
        return [candidates[row] for row in order if scores[row] >= _LEAST_SIMILARITY]


def verified_quotes(reply: Answer, texts: dict[str, tuple[Passage, ...]]) -> tuple[Quote, ...]:
    """Those quotes of an answer that stand in the papers, in the papers' own words."""
    searchable = {paper_id: Quotes(passages) for paper_id, passages in texts.items()}
    quotes = []
    for claimed in reply.quotes:
        quote = searchable[claimed.paper_id].find(claimed.quote) if claimed.paper_id in searchable else None
        if quote:
            quotes.append(Quote(paper_id=claimed.paper_id, text=quote.text, section=quote.section))
    return tuple(dict.fromkeys(quotes))


def _shared_words(question: str, text: str) -> int:
    wanted = {word for word in words_of(question) if word not in _COMMON.split()}
    return len(wanted & set(words_of(text)))
