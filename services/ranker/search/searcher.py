"""Search among all that was harvested: words and meaning together, within filters; papers like others."""

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from services.ranker.learning.similarity import Array
from services.ranker.search.filters import Filters, filters_of
from services.ranker.search.fusion import fuse
from services.ranker.search.index_updater import Upkeep
from services.ranker.search.keywords import Damaged, KeywordIndex
from services.ranker.search.parsed_query import Term, Wording, read_wording
from services.ranker.search.snippets import Marked, mark_words
from services.ranker.search.vector_search import Meaning
from shared.bus.requests import SendRequest
from shared.contracts import Encode, Hit, HitsReply, Search
from shared.errors import RequestFailed
from shared.store.papers.metadata import MetadataStore
from shared.store.vectors.embeddings import Matrix

log = logging.getLogger(__name__)

DEPTH = 300
REFRESH_SECONDS = 0.25
_MOST_ALLOWED = 3_000
_DEEPER, _DEEPEST = 4, 16
_WORDS_OF_TITLES = 12
_TEXTS_AT_ONCE = 64


@dataclass(frozen=True)
class Owner:
    """What one user has seen (picked for them, or judged) and liked, and how their taste scores vectors."""

    seen: frozenset[str] = frozenset()
    liked: frozenset[str] = frozenset()
    score: Callable[[Matrix], Array] | None = None


class Rankings(NamedTuple):
    """What is fused: paper ids best first, each ranking under the name by which reasons call it."""

    by_words: list[str]
    by_meaning: dict[str, float]


class Searcher:
    """Reads everything, writes only the derived index."""

    def __init__(
        self, metadata: MetadataStore, index: KeywordIndex, upkeep: Upkeep, meaning: Meaning, ask: SendRequest
    ) -> None:
        self._metadata, self._index, self.upkeep, self._meaning, self._ask = metadata, index, upkeep, meaning, ask

    async def search(self, request: Search, owner: Owner) -> HitsReply:
        """The hits for a request. Where the embedder does not answer, by words alone, which the note says."""
        queries, note = await self.queries(request)
        return await asyncio.to_thread(self.search_by, request, owner, queries, note)

    async def queries(self, request: Search) -> tuple[Matrix | None, str]:
        """The vectors of what is sought, n x dimension, and what could not be had; None where there are none."""
        like = await asyncio.to_thread(self._like_vectors, request.like)
        text = read_wording(request.query).plain
        texts = [text] if text else []
        if len(like) < len(request.like):
            papers = await asyncio.to_thread(self._metadata.get, [one for one in request.like if one not in like])
            texts += [paper.text[:8000] for paper in papers.values()]
        try:
            rows = [*like.values(), *(await self.encoded(texts, "query"))]
        except RequestFailed as error:
            log.warning("Searching by keywords alone: %s", error, extra={"action": "search_without_meaning"})
            rows, note = list(like.values()), f"Searched by keywords alone: {error}"
            return (np.array(rows, dtype=np.float32) if rows else None), note
        return (np.array(rows, dtype=np.float32) if rows else None), ""

    def search_by(self, request: Search, owner: Owner, queries: Matrix | None, note: str = "") -> HitsReply:
        """As `search`, with the vectors of what is sought. Blocks."""
        state = self.upkeep.refresh(REFRESH_SECONDS)
        wording = read_wording(request.query)
        filters = filters_of(request, wording, owner.seen, owner.liked)
        try:
            found = self._rankings(request, wording, filters, queries)
        except Damaged:
            self.upkeep.mend()
            state = self.upkeep.refresh(REFRESH_SECONDS)
            found = self._rankings(request, wording, filters, queries)
        ranked = fuse(found.by_words, list(found.by_meaning))[: request.limit]
        papers = self._metadata.find([paper_id for paper_id, _ in ranked])
        marked = mark_words(list(papers.values()), wording.terms)
        notes = " ".join(one for one in (note, state.note) if one)
        hits = (_hit(paper_id, score, found, marked) for paper_id, score in ranked)
        return HitsReply(hits=tuple(hits), note=notes)

    def _rankings(self, request: Search, wording: Wording, filters: Filters, queries: Matrix | None) -> Rankings:
        terms = wording.terms or self._telling_words(request.like)
        if not terms and queries is None:
            return Rankings(self._index.newest(filters, request.limit) if filters else [], {})
        among = self._index.allowed(filters, _MOST_ALLOWED) if filters else None
        if among is not None:
            by_meaning = {} if queries is None else self._meaning.nearest_among(queries, among, DEPTH)
            return Rankings(self._index.search_among(terms, among, DEPTH), by_meaning)
        if queries is None:
            return Rankings(self._index.search(terms, filters, DEPTH), {})
        with ThreadPoolExecutor(1) as beside:
            near = beside.submit(self._nearest, queries, filters)
            by_words = self._index.search(terms, filters, DEPTH) if terms else []
            return Rankings(by_words, near.result())

    def _nearest(self, queries: Matrix, filters: Filters) -> dict[str, float]:
        """The papers nearest in meaning that broad filters leave: looked for ever deeper until there are enough."""
        nearness = self._meaning.nearness(queries)
        depth, enough = DEPTH * (_DEEPER if filters else 1), min(DEPTH, 100)
        while True:
            near = nearness.best(depth)
            left = self._index.passing(list(near), filters) if filters else list(near)
            if len(left) >= enough or len(near) < depth:
                return {paper_id: near[paper_id] for paper_id in left[:DEPTH]}
            depth *= min(_DEEPEST, 2 + enough // max(1, len(left)))

    def _telling_words(self, like: Sequence[str]) -> tuple[Term, ...]:
        """For papers that others shall be like: the words of their titles."""
        papers = self._metadata.find(like) if like else {}
        terms = dict.fromkeys(term for paper in papers.values() for term in read_wording(bare(paper.title)).terms)
        return tuple(terms)[:_WORDS_OF_TITLES]

    def _like_vectors(self, like: Sequence[str]) -> dict[str, Matrix]:
        return self._meaning.vectors_of(like) if like else {}

    async def encoded(self, texts: Sequence[str], kind: str) -> list[Matrix]:
        rows: list[Matrix] = []
        for start in range(0, len(texts), _TEXTS_AT_ONCE):
            question = Encode.model_validate({"texts": tuple(texts[start : start + _TEXTS_AT_ONCE]), "kind": kind})
            reply = await self._ask(question)
            rows += [np.array(vector, dtype=np.float32) for vector in reply.vectors]
        return rows


def _hit(paper_id: str, score: float, found: Rankings, marked: Mapping[str, Marked]) -> Hit:
    said = marked.get(paper_id, Marked("", ""))
    reasons = _found_by(paper_id, found)
    return Hit(paper_id=paper_id, score=score, reasons=reasons, title=said.title, snippet=said.passage)


def _found_by(paper_id: str, found: Rankings) -> tuple[str, ...]:
    if not found.by_meaning and paper_id in found.by_words:
        return (f"words (place {found.by_words.index(paper_id) + 1})",)
    words = (f"words (place {found.by_words.index(paper_id) + 1})",) if paper_id in found.by_words else ()
    meaning = (f"meaning ({found.by_meaning[paper_id]:.2f})",) if paper_id in found.by_meaning else ()
    return words + meaning


def bare(text: str) -> str:
    """A text without the marks that a query gives a meaning to."""
    return text.replace('"', " ").replace(":", " ").replace(" -", " ")
