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
from services.ranker.search.index_updater import IndexUpdater
from services.ranker.search.keywords import Damaged, KeywordIndex
from services.ranker.search.parsed_query import ParsedQuery, Term, parse_query
from services.ranker.search.snippets import Marked, mark_words
from services.ranker.search.vector_search import VectorSearch
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
class SearchUser:
    """The user's seen papers (picked for them, or rated) and liked ones, and how their model scores vectors."""

    seen: frozenset[str] = frozenset()
    liked: frozenset[str] = frozenset()
    score: Callable[[Matrix], Array] | None = None


class Rankings(NamedTuple):
    """What is fused: paper ids by keywords, best first, and by meaning with their cosines, nearest first."""

    by_words: list[str]
    by_meaning: dict[str, float]


class Searcher:
    """Reads everything, writes only the derived index."""

    def __init__(
        self,
        metadata: MetadataStore,
        index: KeywordIndex,
        updater: IndexUpdater,
        vector_search: VectorSearch,
        ask: SendRequest,
    ) -> None:
        self._metadata, self._index, self.updater = metadata, index, updater
        self._vector_search, self._ask = vector_search, ask

    async def search(self, request: Search, user: SearchUser) -> HitsReply:
        """The hits for a request. Where the embedder does not answer, by keywords alone, which the note says."""
        queries, note = await self.queries(request)
        return await asyncio.to_thread(self.search_by, request, user, queries, note)

    async def queries(self, request: Search) -> tuple[Matrix | None, str]:
        """The query vectors (n x dimension) and a note on what could not be encoded; None without vectors."""
        like = await asyncio.to_thread(self._like_vectors, request.like)
        text = parse_query(request.query).plain
        texts = [text] if text else []
        if len(like) < len(request.like):
            papers = await asyncio.to_thread(
                self._metadata.get, [paper_id for paper_id in request.like if paper_id not in like]
            )
            texts += [paper.text[:8000] for paper in papers.values()]
        try:
            rows = [*like.values(), *(await self.encoded(texts, "query"))]
        except RequestFailed as error:
            log.warning("Searching by keywords alone: %s", error, extra={"action": "search_without_meaning"})
            rows, note = list(like.values()), f"Searched by keywords alone: {error}"
            return (np.array(rows, dtype=np.float32) if rows else None), note
        return (np.array(rows, dtype=np.float32) if rows else None), ""

    def search_by(self, request: Search, user: SearchUser, queries: Matrix | None, note: str = "") -> HitsReply:
        """As `search`, with the query vectors at hand. Blocks."""
        state = self.updater.refresh(REFRESH_SECONDS)
        parsed = parse_query(request.query)
        filters = filters_of(request, parsed, user.seen, user.liked)
        try:
            rankings = self._rankings(request, parsed, filters, queries)
        except Damaged:
            self.updater.mend()
            state = self.updater.refresh(REFRESH_SECONDS)
            rankings = self._rankings(request, parsed, filters, queries)
        ranked = fuse(rankings.by_words, list(rankings.by_meaning))[: request.limit]
        papers = self._metadata.find([paper_id for paper_id, _ in ranked])
        marked = mark_words(list(papers.values()), parsed.terms)
        notes = " ".join(filter(None, (note, state.note)))
        hits = (_hit(paper_id, score, rankings, marked) for paper_id, score in ranked)
        return HitsReply(hits=tuple(hits), note=notes)

    def _rankings(self, request: Search, parsed: ParsedQuery, filters: Filters, queries: Matrix | None) -> Rankings:
        terms = parsed.terms or self._title_words(request.like)
        if not terms and queries is None:
            return Rankings(self._index.newest(filters, request.limit) if filters else [], {})
        among = self._index.allowed(filters, _MOST_ALLOWED) if filters else None
        if among is not None:
            by_meaning = {} if queries is None else self._vector_search.nearest_among(queries, among, DEPTH)
            return Rankings(self._index.search_among(terms, among, DEPTH), by_meaning)
        if queries is None:
            return Rankings(self._index.search(terms, filters, DEPTH), {})
        with ThreadPoolExecutor(1) as beside:
            near = beside.submit(self._nearest, queries, filters)
            by_words = self._index.search(terms, filters, DEPTH) if terms else []
            return Rankings(by_words, near.result())

    def _nearest(self, queries: Matrix, filters: Filters) -> dict[str, float]:
        """The papers nearest in meaning that broad filters leave: the search goes deeper until there are enough."""
        nearness = self._vector_search.nearness(queries)
        depth, enough = DEPTH * (_DEEPER if filters else 1), min(DEPTH, 100)
        while True:
            near = nearness.best(depth)
            left = self._index.passing(list(near), filters) if filters else list(near)
            if len(left) >= enough or len(near) < depth:
                return {paper_id: near[paper_id] for paper_id in left[:DEPTH]}
            depth *= min(_DEEPEST, 2 + enough // max(1, len(left)))

    def _title_words(self, like: Sequence[str]) -> tuple[Term, ...]:
        """The words of these papers' titles, to find papers like them."""
        papers = self._metadata.find(like) if like else {}
        terms = dict.fromkeys(term for paper in papers.values() for term in parse_query(bare(paper.title)).terms)
        return tuple(terms)[:_WORDS_OF_TITLES]

    def _like_vectors(self, like: Sequence[str]) -> dict[str, Matrix]:
        return self._vector_search.vectors_of(like) if like else {}

    async def encoded(self, texts: Sequence[str], kind: str) -> list[Matrix]:
        rows: list[Matrix] = []
        for start in range(0, len(texts), _TEXTS_AT_ONCE):
            question = Encode.model_validate({"texts": tuple(texts[start : start + _TEXTS_AT_ONCE]), "kind": kind})
            reply = await self._ask(question)
            rows += [np.array(vector, dtype=np.float32) for vector in reply.vectors]
        return rows


def _hit(paper_id: str, score: float, rankings: Rankings, marked: Mapping[str, Marked]) -> Hit:
    text = marked.get(paper_id, Marked("", ""))
    reasons = _matches(paper_id, rankings)
    return Hit(paper_id=paper_id, score=score, reasons=reasons, title=text.title, snippet=text.passage)


def _matches(paper_id: str, rankings: Rankings) -> tuple[str, ...]:
    """By what a paper was found: its rank among keyword matches, its cosine to the query."""
    ranks, cosines = rankings.by_words, rankings.by_meaning
    keywords = (f"keyword match #{ranks.index(paper_id) + 1}",) if paper_id in ranks else ()
    semantic = (f"semantic {cosines[paper_id]:.2f}",) if paper_id in cosines else ()
    return keywords + semantic


def bare(text: str) -> str:
    """A text without the characters that have a meaning in a query."""
    return text.replace('"', " ").replace(":", " ").replace(" -", " ")
