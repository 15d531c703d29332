"""What arXiv's own search finds, ranked again: arXiv's order, meaning and the owner's taste together."""

import asyncio
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from services.ranker.learning.similarity import Array
from services.ranker.search.filters import filters_of
from services.ranker.search.fusion import fuse
from services.ranker.search.parsed_query import Wording, read_wording
from services.ranker.search.searcher import Owner, Searcher, bare
from services.ranker.search.snippets import Marked, mark_words
from services.ranker.search.vector_search import Meaning
from shared.bus.requests import SendRequest
from shared.contracts import ArxivSearch, FoundPaper, Hit, HitsReply, Search
from shared.errors import RequestFailed

_FROM_ARXIV = 100
_MOST_CHARACTERS = 8_000


class Ranking(NamedTuple):
    """Paper ids best first, and what to say of each place; `name` is how reasons call it."""

    name: str
    ids: list[str]
    said: dict[str, str]


class ArxivSearcher:
    """Asks arXiv through the fetcher, and judges what comes. Stores nothing."""

    def __init__(self, searcher: Searcher, meaning: Meaning, ask: SendRequest) -> None:
        self._searcher, self._meaning, self._ask = searcher, meaning, ask

    async def search(self, request: Search, owner: Owner) -> HitsReply:
        """The hits, or a note why there are none. Where the embedder does not answer, in arXiv's own order."""
        if not request.query.strip():
            return HitsReply(note="Write what arXiv shall be asked for.")
        try:
            reply = await self._ask(ArxivSearch(query=request.query, limit=_FROM_ARXIV))
        except RequestFailed as error:
            return HitsReply(note=f"arXiv's search cannot be had now: {error}")
        filters = filters_of(request, Wording(), owner.seen, owner.liked)
        papers = {paper.paper_id: paper for paper in reply.papers if filters.lets(paper)}
        note = f"arXiv finds {reply.total} papers; its first {len(reply.papers)} were ranked again."
        rankings = [Ranking("arXiv", list(papers), _places(list(papers)))]
        try:
            rankings += await self._judged(request.query, owner, list(papers.values()))
        except RequestFailed as error:
            note = f"In arXiv's own order, because meaning cannot be had: {error}"
        return HitsReply(hits=_hits(request, papers, rankings), note=note)

    async def _judged(self, query: str, owner: Owner, papers: Sequence[FoundPaper]) -> list[Ranking]:
        """The papers by meaning and, where there is one, by taste. Raises RequestFailed."""
        if not papers:
            return []
        ids = [paper.paper_id for paper in papers]
        known = await asyncio.to_thread(self._meaning.vectors_of, ids)
        missing = [paper for paper in papers if paper.paper_id not in known]
        texts = [f"{paper.title}. {paper.abstract}"[:_MOST_CHARACTERS] for paper in missing]
        encoded = await self._searcher.encoded(texts, "passage")
        known |= {paper.paper_id: vector for paper, vector in zip(missing, encoded, strict=True)}
        (sought,) = await self._searcher.encoded([query], "query")
        matrix = np.array([known[paper_id] for paper_id in ids], dtype=np.float32)
        judged = [_by_score("meaning", ids, np.asarray(matrix @ sought, dtype=np.float64))]
        return judged if owner.score is None else [*judged, _by_score("your taste", ids, owner.score(matrix))]


def _hits(request: Search, papers: dict[str, FoundPaper], rankings: Sequence[Ranking]) -> tuple[Hit, ...]:
    ranked = fuse(*(ranking.ids for ranking in rankings))[: request.limit]
    marked = mark_words([papers[paper_id] for paper_id, _ in ranked], read_wording(bare(request.query)).terms)
    return tuple(
        Hit(
            paper_id=paper_id,
            score=score,
            reasons=tuple(f"{one.name} ({one.said[paper_id]})" for one in rankings),
            title=marked.get(paper_id, Marked("", "")).title,
            snippet=marked.get(paper_id, Marked("", "")).passage,
            unknown=papers[paper_id],
        )
        for paper_id, score in ranked
    )


def _by_score(name: str, ids: list[str], scores: Array) -> Ranking:
    order = np.argsort(-np.asarray(scores), kind="stable").tolist()
    return Ranking(name, [ids[row] for row in order], {ids[row]: f"{float(scores[row]):.2f}" for row in order})


def _places(ids: Sequence[str]) -> dict[str, str]:
    return {paper_id: f"place {place}" for place, paper_id in enumerate(ids, 1)}
