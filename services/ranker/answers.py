"""Answers to requests: search, recommend, explain. With stores of its own: no question waits for the day's work."""

import asyncio
import logging
import threading
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import numpy as np

from services.ranker.corpus import best_rows
from services.ranker.explaining import Explainer
from services.ranker.judging import titles_of
from services.ranker.keywords import KeywordIndex, fuse
from services.ranker.learning import Learner
from services.ranker.reasons import names_near, reasons_of
from services.ranker.seeds import Ask
from services.ranker.taste import Taste
from shared.contracts import (
    Encode,
    Explain,
    ExplainReply,
    Hit,
    HitsReply,
    Recommend,
    Search,
)
from shared.errors import RequestFailed
from shared.store.embeddings import Matrix, VectorStore
from shared.store.metadata import MetadataStore
from shared.store.preferences import VerdictStore
from shared.store.selections import Candidate, SelectionStore

log = logging.getLogger(__name__)

_DEPTH = 300
_BEFORE_ARXIV = datetime(1990, 1, 1, tzinfo=UTC)


class Answers:
    """Reads everything, writes nothing."""

    def __init__(
        self,
        vectors: VectorStore,
        metadata: MetadataStore,
        selections: SelectionStore,
        verdicts: VerdictStore,
        explainer: Explainer,
        learner: Learner,
        ask: Ask,
    ) -> None:
        self._vectors, self._metadata, self._selections, self._verdicts = vectors, metadata, selections, verdicts
        self._explainer, self._learner, self._ask = explainer, learner, ask
        self._reading = threading.Lock()
        self._index = KeywordIndex()
        self._indexed = ""

    async def search(self, request: Search) -> HitsReply:
        """Papers by words and by meaning; by words alone while the embedder does not answer, which the reasons show."""
        try:
            query = await self.encoded(request.query)
        except RequestFailed as error:
            log.warning("Searching by keywords alone: %s", error, extra={"action": "search_without_meaning"})
            query = None
        return await asyncio.to_thread(self.search_by, request, query)

    async def recommend(self, request: Recommend) -> HitsReply:
        """The best papers submitted in the last days (counted back from the newest paper) that were not shown yet."""
        taste = await self._learner.current(request.user)
        return await asyncio.to_thread(self.recommended, request, taste)

    async def explain(self, request: Explain) -> ExplainReply:
        """A paper's score now, its fate in each selection, and which verdicts moved the score."""
        taste = await self._learner.current(request.user)
        return await asyncio.to_thread(self._explainer.explain, request, taste)

    async def encoded(self, query: str) -> Matrix:
        """The vector of a query, from the embedder. Raises RequestFailed."""
        reply = await self._ask(Encode(texts=(query,), kind="query"))
        return np.array(reply.vectors[0], dtype=np.float32)

    def search_by(self, request: Search, query: Matrix | None) -> HitsReply:
        """The hits for a request's words and, where there is one, the vector of its query. Blocks."""
        with self._reading:
            by_words = [paper_id for paper_id, _ in self._keywords().search(request.query, _DEPTH)]
        by_meaning = self._nearest(query) if query is not None else {}
        hits = [
            Hit(paper_id=paper_id, score=score, reasons=_found_by(paper_id, by_words, by_meaning))
            for paper_id, score in fuse(by_words, list(by_meaning))[: request.limit]
        ]
        return HitsReply(hits=tuple(hits))

    def _nearest(self, query: Matrix) -> dict[str, float]:
        """The papers nearest in meaning with their cosines, nearest first."""
        near: list[tuple[str, float]] = []
        for year in self._vectors.years():
            ids, matrix = self._vectors.all([year])
            if ids and matrix.shape[1] == len(query):
                cosines = matrix @ query
                depth = min(_DEPTH, len(ids))
                near += [(ids[row], float(cosines[row])) for row in np.argpartition(-cosines, depth - 1)[:depth]]
        return dict(sorted(near, key=lambda one: (-one[1], one[0]))[:_DEPTH])

    def _keywords(self) -> KeywordIndex:
        fingerprint = self._metadata.fingerprint()
        if fingerprint != self._indexed:
            index = KeywordIndex()
            for paper in self._metadata.all():
                index.add(paper.paper_id, paper.title, paper.abstract)
            self._index, self._indexed = index, fingerprint
        return self._index

    def recommended(self, request: Recommend, taste: Taste) -> HitsReply:
        """The same in the light of any taste. Blocks."""
        with self._reading:
            unseen = recent(self._metadata, request.days) - self._shown(request.user)
            ids, matrix = self._vectors.get(sorted(unseen))
            best, scores = best_rows(taste, matrix, request.limit)
            rows = best.tolist()
            near = {name for row in rows for name in names_near(taste, matrix[row])}
            titles = titles_of(self._metadata, near)
        hits = [
            Hit(paper_id=ids[row], score=float(score), reasons=reasons_of(taste, matrix[row], titles))
            for row, score in zip(rows, scores, strict=True)
        ]
        return HitsReply(hits=tuple(hits))

    def _shown(self, user: str) -> set[str]:
        picked = {one.paper_id for one in _everything(self._selections) if one.user == user and one.fate == "picked"}
        return picked | set(self._verdicts.current(user))


def recent(metadata: MetadataStore, days: int) -> set[str]:
    """Papers first submitted at most `days` before the newest stored one; withdrawn ones left out."""
    months = metadata.months()
    newest = max(_submitted(metadata, months[-1:]).values(), default=None)
    if newest is None:
        return set()
    oldest = max(newest - timedelta(days=days), _BEFORE_ARXIV)
    near = [month for month in months if month >= (oldest - timedelta(days=31)).strftime("%Y-%m")]
    return {paper_id for paper_id, submitted in _submitted(metadata, near).items() if submitted >= oldest}


def _submitted(metadata: MetadataStore, months: Iterable[str]) -> dict[str, datetime]:
    papers = (paper for month in months for paper in metadata.month(month) if not paper.withdrawn)
    return {paper.paper_id: paper.published_at for paper in papers if paper.published_at is not None}


def _everything(selections: SelectionStore) -> Iterable[Candidate]:
    return (one for day in selections.days() for one in selections.day(day))


def _found_by(paper_id: str, by_words: list[str], by_meaning: dict[str, float]) -> tuple[str, ...]:
    words = (f"words (place {by_words.index(paper_id) + 1})",) if paper_id in by_words else ()
    meaning = (f"meaning ({by_meaning[paper_id]:.2f})",) if paper_id in by_meaning else ()
    return words + meaning
