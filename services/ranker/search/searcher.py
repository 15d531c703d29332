"""Search among all that was harvested: words and meaning together, within filters; papers like others."""

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import NamedTuple

import numpy as np

from services.ranker.learning.similarity import Array
from services.ranker.search.index.keyword_index import KeywordIndex
from services.ranker.search.index.updater import IndexUpdater
from services.ranker.search.meaning_floor import UNANSWERED, MeaningFloor
from services.ranker.search.query.filters import Filters, days_of, filters_of
from services.ranker.search.query.parsed_query import ParsedQuery, Term, parse_query, unknown_category
from services.ranker.search.snippets import Marked, mark_words
from services.ranker.search.vector_search import VectorSearch
from shared.bus.questions.requests import SendRequest
from shared.categories import category_of
from shared.contracts import Encode, Hit, HitsReply, Search, SearchOrder
from shared.errors import RequestFailed
from shared.search.index_failures import Damaged
from shared.search.rank_fusion import fuse
from shared.store.papers.metadata import MetadataStore
from shared.store.vectors.embeddings import Matrix

log = logging.getLogger(__name__)

DEPTH = 300
_SEARCHES_AT_ONCE = 4
_MOST_LISTED = 600
REFRESH_SECONDS = 0.25
_WORDS_OF_TITLES = 12
_TEXTS_AT_ONCE = 64
_NO_WORDS = "No paper has these words; these are the nearest in meaning."
_NO_MATCHES = "Not sorted by match: match scores come with your first ratings."


class Match(NamedTuple):
    """How well a paper fits a user's ratings."""

    score: float
    probability: float | None


@dataclass(frozen=True)
class SearchUser:
    """The user's seen papers (picked for them, or rated), liked and disliked ones, and how their model scores vectors.

    `matches` gives the scores of stored papers, and the probabilities of a like where these are known; it is there
    where hits are to be ordered by it, and the user rated papers.
    """

    seen: frozenset[str] = frozenset()
    liked: frozenset[str] = frozenset()
    disliked: frozenset[str] = frozenset()
    score: Callable[[Matrix], Array] | None = None
    matches: Callable[[Sequence[str]], Mapping[str, Match]] | None = None


class Rankings(NamedTuple):
    """What is fused: papers by keywords with their ranks, and by meaning with their cosines, both best first."""

    by_words: dict[str, int]
    by_meaning: dict[str, float]

    def lets(self, paper_id: str, floor: float) -> bool:
        """Whether a paper is a hit: it has the words, or is nearer in meaning than the floor."""
        return self.by_meaning.get(paper_id, floor) > floor or paper_id in self.by_words

    def is_cut(self, floor: float) -> bool:
        """Whether there may be more than was looked for."""
        near = sum(cosine > floor for cosine in self.by_meaning.values())
        return max(len(self.by_words), near) >= DEPTH


class Found(NamedTuple):
    """All hits in their order, with their scores; `at_least`: there may be more."""

    scores: dict[str, float]
    at_least: bool
    order: SearchOrder = "relevance"
    note: str = ""


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
        self._floor = MeaningFloor(vector_search)
        self._beside = ThreadPoolExecutor(_SEARCHES_AT_ONCE, "search-words")

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
            if text and not self._floor.is_known:
                self._floor.learn(np.array(await self.encoded(UNANSWERED, "query"), dtype=np.float32))
        except RequestFailed as error:
            log.warning("Searching by keywords alone: %s", error, extra={"action": "search_without_meaning"})
            rows, note = list(like.values()), f"Searched by keywords alone: {error}"
            return (np.array(rows, dtype=np.float32) if rows else None), note
        return (np.array(rows, dtype=np.float32) if rows else None), ""

    def search_by(self, request: Search, user: SearchUser, queries: Matrix | None, note: str = "") -> HitsReply:
        """As `search`, with the query vectors at hand. Blocks."""
        parsed = parse_query(request.query)
        if problem := problem_of(request, parsed):
            return HitsReply(problem=problem)
        state = self.updater.refresh(REFRESH_SECONDS)
        filters = filters_of(request, parsed, user.seen, user.liked, user.disliked)
        try:
            rankings, found = self._found(request, parsed, filters, queries)
        except Damaged:
            self.updater.mend()
            state = self.updater.refresh(REFRESH_SECONDS)
            rankings, found = self._found(request, parsed, filters, queries)
        matches = user.matches(list(found.scores)) if user.matches and request.order == "match" else {}
        ordered = sorted(found.scores, key=lambda paper_id: -_score_of(matches.get(paper_id)))
        shown = ordered[request.offset : request.offset + request.limit]
        papers = self._metadata.get(shown)
        marked = mark_words([papers[paper_id] for paper_id in shown if paper_id in papers], parsed.terms)
        hits = (_hit(paper_id, found.scores[paper_id], rankings, marked, matches.get(paper_id)) for paper_id in shown)
        unmatched = _NO_MATCHES if request.order == "match" and user.matches is None else ""
        notes = " ".join(filter(None, (note, found.note, unmatched, state.note)))
        order: SearchOrder = "match" if matches else found.order
        return HitsReply(hits=tuple(hits), note=notes, total=len(ordered), at_least=found.at_least, order=order)

    def recent(self, filters: Filters, days: int, most: int) -> list[str]:
        """The papers of the last `days` (counted back from the newest one) that pass filters, newest first.

        Blocks. Raises Damaged.
        """
        newest = self._index.newest_day()
        return self._index.newest(replace(filters, since=newest - timedelta(days=days - 1)), most) if newest else []

    def _found(
        self, request: Search, parsed: ParsedQuery, filters: Filters, queries: Matrix | None
    ) -> tuple[Rankings, Found]:
        """What is found, best or newest first, and by what."""
        terms = parsed.terms or self._title_words(request.like)
        if not terms and queries is None:
            newest = self._index.newest(filters, _MOST_LISTED) if filters else []
            return Rankings({}, {}), _listed(newest)
        if request.order == "date" and parsed.terms:
            newest = self._index.newest(replace(filters, required=filters.required + parsed.terms), _MOST_LISTED)
            if newest:
                return Rankings({}, {}), _listed(newest)
        rankings = self._rankings(terms, filters, queries)
        floor = self._floor.value() if parsed.plain and not request.like else -1.0
        fused = fuse(list(rankings.by_words), list(rankings.by_meaning))
        scores = {paper_id: score for paper_id, score in fused if rankings.lets(paper_id, floor)}
        if request.order == "date":
            newest = self._index.newest(Filters(only=frozenset(scores)), len(scores))
            scores = {paper_id: scores[paper_id] for paper_id in newest}
        note = _NO_WORDS if parsed.terms and scores and not rankings.by_words else ""
        order: SearchOrder = "date" if request.order == "date" else "relevance"
        return rankings, Found(scores, rankings.is_cut(floor), order, note)

    def _rankings(self, terms: tuple[Term, ...], filters: Filters, queries: Matrix | None) -> Rankings:
        """What passes the filters, by keywords and, beside it, by meaning."""
        by_words = self._beside.submit(self._index.search, terms, filters, DEPTH)
        by_meaning = {} if queries is None else self._nearest(queries, filters)
        return Rankings({paper_id: rank for rank, paper_id in enumerate(by_words.result(), 1)}, by_meaning)

    def _nearest(self, queries: Matrix, filters: Filters) -> dict[str, float]:
        return self._vector_search.nearest(queries, DEPTH, self._index.passing(filters) if filters else None)

    def _title_words(self, like: Sequence[str]) -> tuple[Term, ...]:
        """The words of these papers' titles, to find papers like them."""
        papers = self._metadata.get(like) if like else {}
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


def _listed(newest: list[str]) -> Found:
    """Papers that only had to pass filters, newest first."""
    return Found(dict.fromkeys(newest, 0.0), len(newest) >= _MOST_LISTED, "date")


def problem_of(request: Search, parsed: ParsedQuery) -> str:
    """What in a request cannot be meant; empty where all can."""
    unknown = [unknown_category(name) for name in request.categories if category_of(name) is None]
    since, until = days_of(request, parsed)
    is_reversed = since is not None and until is not None and since > until
    days = f"No day is from {since} on and not after {until}; swap the two." if is_reversed else ""
    return " ".join(filter(None, (parsed.problem, *unknown, days)))


def _hit(paper_id: str, score: float, rankings: Rankings, marked: Mapping[str, Marked], match: Match | None) -> Hit:
    text = marked.get(paper_id, Marked("", ""))
    return Hit(
        paper_id=paper_id,
        score=score,
        reasons=_matches(paper_id, rankings),
        title=text.title,
        snippet=text.passage,
        probability=match.probability if match else None,
    )


def _score_of(match: Match | None) -> float:
    """What hits are ordered by where the order is by match; papers without a vector come last."""
    return match.score if match else -1.0


def _matches(paper_id: str, rankings: Rankings) -> tuple[str, ...]:
    """By what a paper was found: its rank among keyword matches, its cosine to the query."""
    ranks, cosines = rankings.by_words, rankings.by_meaning
    keywords = (f"keyword match #{ranks[paper_id]}",) if paper_id in ranks else ()
    semantic = (f"semantic {cosines[paper_id]:.2f}",) if paper_id in cosines else ()
    return keywords + semantic


def bare(text: str) -> str:
    """A text without the characters that have a meaning in a query."""
    return text.replace('"', " ").replace(":", " ").replace(" -", " ")
