"""Turns waiting papers into a selection's candidates: reads what is known of them, scores, selects, gives reasons."""

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import date, datetime

import numpy as np

from services.ranker.interests.directions import FacetDirection, adjusted_scores, facet_adjustment, preference_reasons
from services.ranker.learning.lexicon import bag_of_paper
from services.ranker.learning.recency_effect import days_between
from services.ranker.learning.seeds import is_paper
from services.ranker.learning.similarity import Array
from services.ranker.learning.taste import Taste
from services.ranker.selection.blind_check import SLOT as AUDIT
from services.ranker.selection.blind_check import draw_audit, rejected_before, week_of
from services.ranker.selection.picking import Bar, Contender, Placed, Quota, select_papers
from services.ranker.selection.reasons import names_near, reasons_of, reasons_of_fate
from services.ranker.settings import RankerSettings
from shared.contracts import Label
from shared.store.papers.metadata import MetadataStore, Paper
from shared.store.preferences import RatingStore
from shared.store.selections import Candidate, SelectionStore
from shared.store.vectors.embeddings import Matrix
from shared.store.vectors.joined_vectors import JoinedVectors

_PAPERS_AT_ONCE = 1_000


class Judge:
    """Says what becomes of papers. Reads the stores, writes nothing."""

    def __init__(
        self,
        settings: RankerSettings,
        vectors: JoinedVectors,
        metadata: MetadataStore,
        ratings: RatingStore,
        selections: SelectionStore,
        clock: Callable[[], datetime],
        preferences: Callable[[str], Sequence[FacetDirection]] = lambda user: (),
    ) -> None:
        self._settings = settings
        self._vectors, self._metadata, self._ratings = vectors, metadata, ratings
        self._selections, self._clock, self._preferences = selections, clock, preferences

    def judge(
        self, taste: Taste, day: date, run_id: str, paper_ids: Sequence[str], revised: Collection[str] = ()
    ) -> list[Candidate]:
        """The candidates of a day's selection, best first, and the week's audit; without a vector none competes.

        `revised` came as new versions: of these, papers that were liked may be picked again.
        """
        if not paper_ids:
            return []
        audited = self._audit(taste, day, run_id)
        return self._compete(taste, day, run_id, paper_ids, revised, self._settings.per_day - len(audited)) + audited

    def _compete(
        self, taste: Taste, day: date, run_id: str, paper_ids: Sequence[str], revised: Collection[str], per_day: int
    ) -> list[Candidate]:
        ids, matrix = self._vectors.get(paper_ids)
        scores, barred = self._scored(taste, ids, matrix)
        chances = taste.chances(scores)  # what ratings foretell; preferences move the order, not what is foretold
        preferences = self._preferences(taste.user)
        plain = self._vectors.of_first(matrix)  # facets are found with the model in use
        scores = adjusted_scores(scores, facet_adjustment(plain, preferences))
        contenders = [
            contender(
                one, float(scores[row]), barred[row], one in revised, None if chances is None else float(chances[row])
            )
            for row, one in enumerate(ids)
        ]
        placed = select_papers(contenders, matrix, self._quota(per_day), f"{day.isoformat()} {taste.user} {run_id}")
        rows = {paper_id: row for row, paper_id in enumerate(ids)}
        titles = self._titles(taste, matrix[[rows[one.paper_id] for one in placed if one.fate == "picked"]], placed)
        made_at = self._clock()
        return [
            Candidate(
                paper_id=one.paper_id,
                user=taste.user,
                day=day,
                run_id=run_id,
                score=one.score,
                rank=one.rank,
                fate=one.fate,
                slot=one.slot,
                reasons=(
                    *self._reasons(one, taste, matrix[rows[one.paper_id]], len(placed), titles),
                    *preference_reasons(plain[rows[one.paper_id]], preferences),
                ),
                regime=taste.regime,
                model=taste.model,
                made_at=made_at,
                probability=one.probability,
                propensity=one.propensity,
            )
            for one in placed
        ]

    def _scored(self, taste: Taste, ids: Sequence[str], matrix: Matrix) -> tuple[Array, list[Bar | None]]:
        """Scores, and why papers cannot be picked. Their texts are looked at block by block: they weigh most."""
        ratings = self._ratings.current(taste.user)
        scores, barred = [np.zeros(0)], list[Bar | None]()
        for start in range(0, len(ids), _PAPERS_AT_ONCE):
            names = ids[start : start + _PAPERS_AT_ONCE]
            found = self._metadata.get(names)
            papers = [found.get(one) for one in names]
            barred += [
                barred_by(paper, ratings[one].label if one in ratings else None)
                for one, paper in zip(names, papers, strict=True)
            ]
            if taste.regime != "typical":
                bags, days = [bag_of_paper(one) for one in papers], ages(papers, self._clock())
                scores.append(taste.score(matrix[start : start + len(names)], bags, days))
        return taste.score(matrix) if taste.regime == "typical" else np.concatenate(scores), barred

    def _quota(self, per_day: int) -> Quota:
        settings = self._settings
        return Quota(
            max(per_day, 1), settings.explore, settings.duplicate_cosine, settings.diversity, settings.threshold
        )

    def _audit(self, taste: Taste, day: date, run_id: str) -> list[Candidate]:
        """Picks for the blind audit, on a week's first day; without score and rank, so that nothing colours them."""
        earlier = [one for other in self._weeks(day) for one in self._selections.day(other)]
        rejected, newest = rejected_before(earlier, taste.user, day, self._ratings.current(taste.user))
        wanted = min(self._settings.audit, self._settings.per_day - 1)
        drawn, propensity = draw_audit(rejected, wanted, f"{day.isoformat()} {taste.user} {run_id}")
        why = f"audit: drawn at random from the {len(rejected)} papers that the week to {newest} left out"
        return [
            Candidate(
                paper_id=one.paper_id,
                user=taste.user,
                day=day,
                run_id=run_id,
                fate="picked",
                slot=AUDIT,
                reasons=(why,),
                regime=taste.regime,
                model=taste.model,
                made_at=self._clock(),
                propensity=propensity,
            )
            for one in drawn
        ]

    def _weeks(self, day: date) -> list[date]:
        """The days of a day's week so far, and of the newest week before it that has a selection."""
        days = [other for other in self._selections.days() if other <= day]
        before = max((other for other in days if week_of(other) < week_of(day)), default=None)
        return [other for other in days if before is None or week_of(other) >= week_of(before)]

    def judge_requested(self, taste: Taste, day: date, run_id: str, paper_ids: Sequence[str]) -> list[Candidate]:
        """Papers that somebody asked for: all picked. Their score is None where nothing is known to compare with."""
        ids, matrix = self._vectors.get(paper_ids)
        known = taste.regime != "typical"
        scores = dict(zip(ids, taste.score(matrix).tolist(), strict=True)) if known else {}
        made_at = self._clock()
        return [
            Candidate(
                paper_id=paper_id,
                user=taste.user,
                day=day,
                run_id=run_id,
                score=scores.get(paper_id),
                fate="picked",
                slot="requested",
                reasons=("requested",),
                regime=taste.regime,
                model=taste.model,
                made_at=made_at,
            )
            for paper_id in paper_ids
        ]

    def _reasons(
        self, placed: Placed, taste: Taste, vector: Matrix, of: int, titles: dict[str, str]
    ) -> tuple[str, ...]:
        said = reasons_of_fate(placed, of, self._settings.per_day, titles)
        return said or reasons_of(taste, vector, titles)

    def _titles(self, taste: Taste, picked: Matrix, placed: Sequence[Placed]) -> dict[str, str]:
        near = {name for vector in picked for name in names_near(taste, vector)}
        return titles_of(self._metadata, near | {one.double_of for one in placed if one.double_of})


def contender(paper_id: str, score: float, barred: Bar | None, revised: bool, probability: float | None) -> Contender:
    """A paper as it competes; a new version of a liked one may return."""
    returns = barred == "already_read" and revised
    return Contender(paper_id, score, None if returns else barred, probability, returns)


def barred_by(paper: Paper | None, label: Label | None) -> Bar | None:
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
