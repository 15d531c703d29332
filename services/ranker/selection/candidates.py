"""Turns waiting papers into a selection's candidates: reads their records, scores, selects, gives reasons."""

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import date, datetime

import numpy as np

from services.ranker.following.arriving_papers import MatchFollows
from services.ranker.interests.directions import FacetDirection, adjusted_scores, facet_adjustment, preference_reasons
from services.ranker.learning.lexicon import bag_of_paper
from services.ranker.learning.recency_effect import days_between
from services.ranker.learning.similarity import Array
from services.ranker.learning.taste import Taste
from services.ranker.seeds.seeds import is_paper
from services.ranker.selection.blind_check import SLOT as BLIND_CHECK
from services.ranker.selection.blind_check import draw_blind_check, rejected_before, week_of
from services.ranker.selection.follows import follow_adjustment, with_follows
from services.ranker.selection.picking import Contender, Quota, RankedPaper, select_papers
from services.ranker.selection.reasons import names_near, reasons_of, reasons_of_outcome
from services.ranker.settings import RankerSettings
from services.ranker.stores import RankerStores
from shared.contracts import Exclusion, Label
from shared.store.papers.metadata import MetadataStore, Paper
from shared.store.selections import Candidate
from shared.store.vectors.embeddings import Matrix

_PAPERS_AT_ONCE = 1_000


class CandidateSelector:
    """Decides which papers are picked. Reads the stores, writes nothing."""

    def __init__(
        self,
        settings: RankerSettings,
        stores: RankerStores,
        clock: Callable[[], datetime],
        preferences: Callable[[str], Sequence[FacetDirection]] = lambda user: (),
        follows: MatchFollows = lambda user, paper_ids: (),
    ) -> None:
        self._settings, self._follows = settings, follows
        self._vectors, self._metadata = stores.vectors, stores.metadata
        self._ratings, self._selections = stores.ratings, stores.selections
        self._clock, self._preferences = clock, preferences

    def select(
        self, taste: Taste, day: date, run_id: str, paper_ids: Sequence[str], revised: Collection[str] = ()
    ) -> list[Candidate]:
        """The candidates of a day's selection, best first, and the week's blind check; without a vector none competes.

        `revised` came as new versions: of these, papers that were liked may be picked again.
        """
        if not paper_ids:
            return []
        checked = self._blind_check(taste, day, run_id)
        return self._compete(taste, day, run_id, paper_ids, revised, self._settings.per_day - len(checked)) + checked

    def _compete(
        self, taste: Taste, day: date, run_id: str, paper_ids: Sequence[str], revised: Collection[str], per_day: int
    ) -> list[Candidate]:
        ids, matrix = self._vectors.get(paper_ids)
        scores, excluded = self._scored(taste, ids, matrix)
        probabilities = taste.probabilities(scores)  # preferences move the order, not these
        preferences = self._preferences(taste.user)
        plain = self._vectors.of_first(matrix)  # facets are found with the model in use
        followed = self._follows(taste.user, ids)
        moved = facet_adjustment(plain, preferences) + follow_adjustment(ids, followed, self._settings.follow_boost)
        scores = adjusted_scores(scores, moved)
        contenders = [
            contender(
                paper_id,
                float(scores[row]),
                excluded[row],
                paper_id in revised,
                None if probabilities is None else float(probabilities[row]),
            )
            for row, paper_id in enumerate(ids)
        ]
        ranked = select_papers(contenders, matrix, self._quota(per_day), f"{day.isoformat()} {taste.user} {run_id}")
        rows = {paper_id: row for row, paper_id in enumerate(ids)}
        picked = [rows[paper.paper_id] for paper in ranked if paper.outcome == "picked"]
        titles = self._titles(taste, matrix[picked], ranked)
        made_at = self._clock()
        return [
            Candidate(
                paper_id=paper.paper_id,
                user=taste.user,
                day=day,
                run_id=run_id,
                score=paper.score,
                rank=paper.rank,
                outcome=paper.outcome,
                slot=paper.slot,
                reasons=(
                    *with_follows(
                        paper.paper_id,
                        followed,
                        self._reasons(paper, taste, matrix[rows[paper.paper_id]], len(ranked), titles),
                    ),
                    *preference_reasons(plain[rows[paper.paper_id]], preferences),
                ),
                regime=taste.regime,
                model=taste.model,
                made_at=made_at,
                probability=paper.probability,
                propensity=paper.propensity,
            )
            for paper in ranked
        ]

    def _scored(self, taste: Taste, ids: Sequence[str], matrix: Matrix) -> tuple[Array, list[Exclusion | None]]:
        """Scores, and why papers cannot be picked. Block by block, as the texts take most memory."""
        ratings = self._ratings.current(taste.user)
        scores, excluded = [np.zeros(0)], list[Exclusion | None]()
        for start in range(0, len(ids), _PAPERS_AT_ONCE):
            names = ids[start : start + _PAPERS_AT_ONCE]
            stored = self._metadata.get(names)
            papers = [stored.get(name) for name in names]
            excluded += [
                exclusion_of(paper, ratings[name].label if name in ratings else None)
                for name, paper in zip(names, papers, strict=True)
            ]
            if taste.regime != "typical":
                bags, days = [bag_of_paper(paper) for paper in papers], ages(papers, self._clock())
                scores.append(taste.score(matrix[start : start + len(names)], bags, days))
        return taste.score(matrix) if taste.regime == "typical" else np.concatenate(scores), excluded

    def _quota(self, per_day: int) -> Quota:
        settings = self._settings
        return Quota(
            max(per_day, 1), settings.explore, settings.duplicate_cosine, settings.diversity, settings.threshold
        )

    def _blind_check(self, taste: Taste, day: date, run_id: str) -> list[Candidate]:
        """Picks for the blind check, on a week's first day; without score and rank, so that these bias no rating."""
        earlier = [candidate for other in self._weeks(day) for candidate in self._selections.day(other)]
        rejected, newest = rejected_before(earlier, taste.user, day, self._ratings.current(taste.user))
        wanted = min(self._settings.audit, self._settings.per_day - 1)
        drawn, propensity = draw_blind_check(rejected, wanted, f"{day.isoformat()} {taste.user} {run_id}")
        why = f"blind check: drawn at random from the {len(rejected)} papers left out in the week to {newest}"
        return [
            Candidate(
                paper_id=candidate.paper_id,
                user=taste.user,
                day=day,
                run_id=run_id,
                outcome="picked",
                slot=BLIND_CHECK,
                reasons=(why,),
                regime=taste.regime,
                model=taste.model,
                made_at=self._clock(),
                propensity=propensity,
            )
            for candidate in drawn
        ]

    def _weeks(self, day: date) -> list[date]:
        """The days of a day's week so far, and of the newest week before it that has a selection."""
        days = [other for other in self._selections.days() if other <= day]
        before = max((other for other in days if week_of(other) < week_of(day)), default=None)
        return [other for other in days if before is None or week_of(other) >= week_of(before)]

    def select_requested(self, taste: Taste, day: date, run_id: str, paper_ids: Sequence[str]) -> list[Candidate]:
        """Papers that somebody asked for: all picked. Their score is None where nothing is known to compare with."""
        ids, matrix = self._vectors.get(paper_ids)
        is_fitted = taste.regime != "typical"
        scores = dict(zip(ids, taste.score(matrix).tolist(), strict=True)) if is_fitted else {}
        made_at = self._clock()
        return [
            Candidate(
                paper_id=paper_id,
                user=taste.user,
                day=day,
                run_id=run_id,
                score=scores.get(paper_id),
                outcome="picked",
                slot="requested",
                reasons=("requested",),
                regime=taste.regime,
                model=taste.model,
                made_at=made_at,
            )
            for paper_id in paper_ids
        ]

    def _reasons(
        self, ranked: RankedPaper, taste: Taste, vector: Matrix, of: int, titles: dict[str, str]
    ) -> tuple[str, ...]:
        why = reasons_of_outcome(ranked, of, self._settings.per_day, titles)
        return why or reasons_of(taste, vector, titles)

    def _titles(self, taste: Taste, picked: Matrix, ranked: Sequence[RankedPaper]) -> dict[str, str]:
        near = {name for vector in picked for name in names_near(taste, vector)}
        return titles_of(self._metadata, near | {paper.similar_to for paper in ranked if paper.similar_to})


def contender(
    paper_id: str, score: float, excluded: Exclusion | None, revised: bool, probability: float | None
) -> Contender:
    """A paper as it competes; a new version of a liked one may return."""
    returns = excluded == "already_read" and revised
    return Contender(paper_id, score, None if returns else excluded, probability, returns)


def exclusion_of(paper: Paper | None, label: Label | None) -> Exclusion | None:
    """Why a paper cannot be picked; None where it can."""
    if paper is not None and paper.withdrawn:
        return "withdrawn"
    if label == "dislike":
        return "disliked"
    return "already_read" if label == "like" else None


def ages(papers: Sequence[Paper | None], moment: datetime) -> Array:
    """How many days papers were out at a moment; NaN where that is not known."""
    return days_between([paper.published_at if paper else None for paper in papers], [moment] * len(papers))


def titles_of(metadata: MetadataStore, names: Iterable[str]) -> dict[str, str]:
    """The titles of those names that are papers whose metadata is stored."""
    return {paper_id: paper.title for paper_id, paper in metadata.get(filter(is_paper, names)).items()}
