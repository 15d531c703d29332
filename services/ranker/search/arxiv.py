"""What arXiv's own search finds, ranked again: arXiv's order, meaning and the user's model together."""

import asyncio
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from services.ranker.learning.similarity import Array
from services.ranker.search.query.arxiv_query import arxiv_query
from services.ranker.search.query.filters import filters_of
from services.ranker.search.query.parsed_query import parse_query
from services.ranker.search.searcher import Searcher, SearchUser, problem_of
from services.ranker.search.snippets import Marked, mark_words
from services.ranker.search.vector_search import VectorSearch
from shared.bus.questions.requests import SendRequest
from shared.contracts import FIRST_MOMENT, ArxivSearch, FoundPaper, Hit, HitsReply, Search, SearchOrder
from shared.errors import RequestFailed
from shared.search.rank_fusion import fuse

_FROM_ARXIV = 100
_MOST_CHARACTERS = 8_000
_BY_MODEL = "your model"


class Ranking(NamedTuple):
    """Paper ids, best first, with a reason for each; `name` is by what."""

    name: str
    ids: list[str]
    reasons: dict[str, str]


class ArxivSearcher:
    """Asks arXiv through the fetcher, and re-ranks the papers it finds. Stores nothing."""

    def __init__(self, searcher: Searcher, vector_search: VectorSearch, ask: SendRequest) -> None:
        self._searcher, self._vector_search, self._ask = searcher, vector_search, ask

    async def search(self, request: Search, user: SearchUser) -> HitsReply:
        """The hits, or a note why there are none. Where the embedder does not answer, in arXiv's own order."""
        parsed = parse_query(request.query)
        if problem := problem_of(request, parsed):
            return HitsReply(problem=problem)
        if not (query := arxiv_query(request.query)):
            return HitsReply(note="Enter a query for arXiv.")
        try:
            reply = await self._ask(ArxivSearch(query=query, limit=_FROM_ARXIV))
        except RequestFailed as error:
            return HitsReply(note=f"arXiv's search is unavailable: {error}")
        filters = filters_of(request, parsed, user.seen, user.liked, user.disliked)
        papers = {paper.paper_id: paper for paper in reply.papers if filters.lets(paper)}
        note = f"arXiv finds {reply.total} papers; the first {len(reply.papers)} are re-ranked for you."
        rankings = [_in_order("arXiv", list(papers))]
        try:
            rankings += await self._reranked(parsed.plain or request.query, user, list(papers.values()))
        except RequestFailed as error:
            note = f"In arXiv's own order, because semantic search is unavailable: {error}"
        return HitsReply(
            hits=_hits(request, papers, rankings), note=note, total=len(papers), order=_order(request, rankings)
        )

    async def _reranked(self, query: str, user: SearchUser, papers: Sequence[FoundPaper]) -> list[Ranking]:
        """The papers by meaning and, where the user has a model, by its scores. Raises RequestFailed."""
        if not papers:
            return []
        ids = [paper.paper_id for paper in papers]
        vectors = await asyncio.to_thread(self._vector_search.vectors_of, ids)
        missing = [paper for paper in papers if paper.paper_id not in vectors]
        texts = [f"{paper.title}. {paper.abstract}"[:_MOST_CHARACTERS] for paper in missing]
        encoded = await self._searcher.encoded(texts, "passage")
        vectors |= {paper.paper_id: vector for paper, vector in zip(missing, encoded, strict=True)}
        (vector,) = await self._searcher.encoded([query], "query")
        matrix = np.array([vectors[paper_id] for paper_id in ids], dtype=np.float32)
        by_meaning = [_by_score("semantic", ids, np.asarray(matrix @ vector, dtype=np.float64))]
        return by_meaning if user.score is None else [*by_meaning, _by_score(_BY_MODEL, ids, user.score(matrix))]


def _hits(request: Search, papers: dict[str, FoundPaper], rankings: Sequence[Ranking]) -> tuple[Hit, ...]:
    ranked = _ordered(request, papers, rankings)[request.offset : request.offset + request.limit]
    marked = mark_words([papers[paper_id] for paper_id, _ in ranked], parse_query(request.query).terms)
    return tuple(
        Hit(
            paper_id=paper_id,
            score=score,
            reasons=tuple(ranking.reasons[paper_id] for ranking in rankings),
            title=marked.get(paper_id, Marked("", "")).title,
            snippet=marked.get(paper_id, Marked("", "")).passage,
            unknown=papers[paper_id],
        )
        for paper_id, score in ranked
    )


def _ordered(request: Search, papers: dict[str, FoundPaper], rankings: Sequence[Ranking]) -> list[tuple[str, float]]:
    """All papers with their scores, in the order asked for."""
    by_model = [ranking for ranking in rankings if ranking.name == _BY_MODEL]
    if request.order == "match" and by_model:
        return fuse(by_model[0].ids)
    ranked = fuse(*(ranking.ids for ranking in rankings))
    if request.order != "date":
        return ranked
    return sorted(ranked, key=lambda pair: papers[pair[0]].published_at or FIRST_MOMENT, reverse=True)


def _order(request: Search, rankings: Sequence[Ranking]) -> SearchOrder:
    """The order that was asked for, as far as it can be had."""
    has_model = any(ranking.name == _BY_MODEL for ranking in rankings)
    return request.order if request.order != "match" or has_model else "relevance"


def _by_score(name: str, ids: list[str], scores: Array) -> Ranking:
    order = np.argsort(-np.asarray(scores), kind="stable").tolist()
    reasons = {ids[row]: f"{name} {float(scores[row]):.2f}" for row in order}
    return Ranking(name, [ids[row] for row in order], reasons)


def _in_order(name: str, ids: list[str]) -> Ranking:
    return Ranking(name, ids, {paper_id: f"{name} #{rank}" for rank, paper_id in enumerate(ids, 1)})
