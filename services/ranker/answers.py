"""Answers to requests: search, recommend, explain. With stores of its own: no question waits for the day's work."""

import asyncio
import threading
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from services.ranker.corpus import best_rows
from services.ranker.explaining import Explainer
from services.ranker.judging import titles_of
from services.ranker.learning import Learner
from services.ranker.reasons import names_near, reasons_of
from services.ranker.search.arxiv import ArxivSearcher
from services.ranker.search.searcher import Owner, Searcher
from services.ranker.taste import Taste
from shared.contracts import (
    Explain,
    ExplainReply,
    Hit,
    HitsReply,
    Recommend,
    Search,
)
from shared.store.embeddings import VectorStore
from shared.store.metadata import MetadataStore
from shared.store.preferences import VerdictStore
from shared.store.selections import Candidate, SelectionStore

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
        searcher: Searcher,
        arxiv: ArxivSearcher,
    ) -> None:
        self._vectors, self._metadata, self._selections, self._verdicts = vectors, metadata, selections, verdicts
        self._explainer, self._learner, self.searcher, self.arxiv = explainer, learner, searcher, arxiv
        self._reading = threading.Lock()

    async def search(self, request: Search) -> HitsReply:
        """Papers by words and by meaning, within filters; see `services.ranker.search`."""
        searcher = self.arxiv if request.where == "arxiv" else self.searcher
        return await searcher.search(request, await self.owner(request))

    async def owner(self, request: Search) -> Owner:
        """What a request needs to know of its user."""
        taste = await self._learner.current(request.user) if request.where == "arxiv" else None
        knows_taste = taste is not None and taste.regime != "typical"
        seen, liked = frozenset[str](), frozenset[str]()
        if request.seen is not None:
            seen = frozenset(await asyncio.to_thread(self._shown, request.user))
        if request.liked is not None:
            verdicts = await asyncio.to_thread(self._verdicts.current, request.user)
            liked = frozenset(paper_id for paper_id, verdict in verdicts.items() if verdict.label == "like")
        return Owner(seen, liked, taste.score if taste is not None and knows_taste else None)

    async def recommend(self, request: Recommend) -> HitsReply:
        """The best papers submitted in the last days (counted back from the newest paper) that were not shown yet."""
        taste = await self._learner.current(request.user)
        return await asyncio.to_thread(self.recommended, request, taste)

    async def explain(self, request: Explain) -> ExplainReply:
        """A paper's score now, its fate in each selection, and which verdicts moved the score."""
        taste = await self._learner.current(request.user)
        return await asyncio.to_thread(self._explainer.explain, request, taste)

    def recommended(self, request: Recommend, taste: Taste) -> HitsReply:
        """The same in the light of any taste. Blocks."""
        with self._reading:
            unseen = recent(self._metadata, request.days) - self._shown(request.user)
            ids, matrix = self._vectors.get(sorted(unseen))
            best, scores = best_rows(taste, matrix, request.limit)
            rows = best.tolist()
            near = {name for row in rows for name in names_near(taste, matrix[row])}
            titles = titles_of(self._metadata, near)
        chances = taste.chances(scores)
        hits = [
            Hit(
                paper_id=ids[row],
                score=float(scores[place]),
                reasons=reasons_of(taste, matrix[row], titles),
                probability=None if chances is None else float(chances[place]),
            )
            for place, row in enumerate(rows)
        ]
        return HitsReply(hits=tuple(hits), regime=taste.regime)

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
