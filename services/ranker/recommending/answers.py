"""Answers to requests: search, recommend, explain. With stores of its own: no question waits for the day's work."""

import asyncio
import functools
import threading
from collections.abc import Callable, Sequence

import numpy as np

from services.ranker.features.paper_ages import ages
from services.ranker.following.arriving_papers import MatchFollows
from services.ranker.interests.directions import FacetDirection, adjusted_scores, facet_adjustment, preference_reasons
from services.ranker.learning.lexicon import bag_of_paper
from services.ranker.learning.match import matches_of
from services.ranker.learning.similarity import Array
from services.ranker.learning.taste import Taste
from services.ranker.models.refitting import Learner
from services.ranker.recommending.corpus import FINALISTS, Best, best_papers
from services.ranker.recommending.explanation import Explainer
from services.ranker.recommending.recency import Window, window_of
from services.ranker.search.arxiv import ArxivSearcher
from services.ranker.search.searcher import Match, Searcher, SearchUser
from services.ranker.selection.follows import with_follows
from services.ranker.selection.reason_writer import ReasonWriter
from services.ranker.stores import RankerStores
from shared.contracts import (
    Explain,
    ExplainReply,
    Hit,
    HitsReply,
    Recommend,
    Search,
    now,
)

_CHECKED_AT_ONCE = 200


class Answers:
    """Reads everything, writes nothing."""

    def __init__(
        self,
        stores: RankerStores,
        explainer: Explainer,
        learner: Learner,
        searcher: Searcher,
        arxiv: ArxivSearcher,
        preferences: Callable[[str], Sequence[FacetDirection]] = lambda user: (),
        follows: MatchFollows = lambda user, paper_ids: (),
    ) -> None:
        self._vectors, self._metadata = stores.vectors, stores.metadata
        self._selections, self._ratings, self._signals = stores.selections, stores.ratings, stores.signals
        self._explainer, self._learner, self.searcher, self.arxiv = explainer, learner, searcher, arxiv
        self._preferences, self._follows = preferences, follows
        self._reason_writer = ReasonWriter(stores.metadata, stores.ratings)
        self._reading = threading.Lock()

    async def search(self, request: Search) -> HitsReply:
        """Papers by keywords and by meaning, within filters; see `services.ranker.search`."""
        searcher = self.arxiv if request.where == "arxiv" else self.searcher
        return await searcher.search(request, await self.search_user(request))

    async def search_user(self, request: Search) -> SearchUser:
        """What a search needs to know of its user."""
        is_scored = request.where == "arxiv" or request.order == "match"
        taste = await self._learner.current(request.user) if is_scored else None
        knows_taste = taste is not None and taste.regime != "typical"
        seen, liked, disliked = frozenset[str](), frozenset[str](), frozenset[str]()
        if request.seen is not None:
            seen = frozenset(await asyncio.to_thread(self._shown, request.user))
        if request.liked is not None or request.disliked:
            ratings = await asyncio.to_thread(self._ratings.current, request.user)
            liked, disliked = (
                frozenset(paper_id for paper_id, rating in ratings.items() if rating.label == label)
                for label in ("like", "dislike")
            )
        if taste is None or not knows_taste:
            return SearchUser(seen, liked, disliked)
        return SearchUser(seen, liked, disliked, taste.score, functools.partial(self._matches, taste))

    async def recommend(self, request: Recommend) -> HitsReply:
        """The best papers submitted in the last days (counted back from the newest paper) that were not shown yet."""
        taste = await self._learner.current(request.user)
        return await asyncio.to_thread(self.recommended, request, taste)

    async def explain(self, request: Explain) -> ExplainReply:
        """A paper's score now, its outcome in each selection, and which ratings moved the score."""
        taste = await self._learner.current(request.user)
        return await asyncio.to_thread(self._explainer.explain, request, taste)

    def recommended(self, request: Recommend, taste: Taste) -> HitsReply:
        """The same by any taste. Blocks; vectors are read in place."""
        with self._reading:
            window = window_of(self._metadata, request.days)
            if window is None:
                return HitsReply(hits=())
            shown = self._shown(request.user)
            blocks = functools.partial(self._vectors.blocks, window.year)
            finalists = best_papers(taste, blocks, FINALISTS, window.admits, shown)
            preferences = self._preferences(request.user)
            best, unadjusted = self._rescored(finalists, taste, preferences)
            rows = self._first_of(best.ids, window, request.limit)
            matches = matches_of(taste, unadjusted)
            match_of = {best.ids[row]: matches[row] for row in rows}
            vectors = {best.ids[row]: best.matrix[row] for row in rows}
            reasons = self._reason_writer.write(taste, vectors, match_of, now().date())
            followed = self._follows(request.user, list(vectors))
        probabilities = taste.probabilities(unadjusted)
        plain = self._vectors.of_first(best.matrix)
        hits = [
            Hit(
                paper_id=best.ids[row],
                score=float(best.scores[row]),
                reasons=(
                    *with_follows(best.ids[row], followed, reasons[best.ids[row]].sentences),
                    *preference_reasons(plain[row], preferences),
                ),
                probability=None if probabilities is None else float(probabilities[row]),
                match=match_of[best.ids[row]],
                details=reasons[best.ids[row]].details,
            )
            for row in rows
        ]
        return HitsReply(hits=tuple(hits), regime=taste.regime)

    def _matches(self, taste: Taste, paper_ids: Sequence[str]) -> dict[str, Match]:
        """The scores of those of these papers that have a vector."""
        with self._reading:
            ids, matrix = self._vectors.get(paper_ids)
            if not ids:
                return {}
            stored = self._metadata.get(ids)
            papers = [stored.get(paper_id) for paper_id in ids]
            scores = taste.score(matrix, [bag_of_paper(paper) for paper in papers], ages(papers, now()))
        probabilities = taste.probabilities(scores)
        told = [None] * len(ids) if probabilities is None else probabilities.tolist()
        return {
            paper_id: Match(score, probability)
            for paper_id, score, probability in zip(ids, scores.tolist(), told, strict=True)
        }

    def _rescored(self, best: Best, taste: Taste, preferences: Sequence[FacetDirection]) -> tuple[Best, Array]:
        """The finalists with words, age and preferences as in a day's selection, and the scores without preferences."""
        scores = best.scores
        if taste.regime != "typical":
            papers = self._metadata.get(best.ids)
            in_order = [papers.get(paper_id) for paper_id in best.ids]
            scores = taste.score(best.matrix, [bag_of_paper(paper) for paper in in_order], ages(in_order, now()))
        moved = adjusted_scores(scores, facet_adjustment(self._vectors.of_first(best.matrix), preferences))
        order = np.argsort(-moved, kind="stable")
        return Best([best.ids[row] for row in order], moved[order], best.matrix[order]), scores[order]

    def _first_of(self, ids: Sequence[str], window: Window, count: int) -> list[int]:
        """The rows of the first papers that belong to a window."""
        rows: list[int] = []
        for start in range(0, len(ids), _CHECKED_AT_ONCE):
            checked = ids[start : start + _CHECKED_AT_ONCE]
            papers = self._metadata.get(checked)
            rows += [start + row for row, paper_id in enumerate(checked) if window.has(papers.get(paper_id))]
            if len(rows) >= count:
                break
        return rows[:count]

    def _shown(self, user: str) -> set[str]:
        """The papers that were picked for a user, or that they rated or skipped."""
        picked = {pick.paper_id for pick in self._selections.picks(user)}
        return picked | set(self._ratings.current(user)) | set(self._signals.current("skip", user))
