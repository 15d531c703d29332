"""Turns waiting papers into a selection's candidates: reads their records, scores, selects, gives reasons."""

import contextlib
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import date, datetime

from services.ranker.facets.interest_picks import InterestPicks
from services.ranker.following.arriving_papers import MatchFollows
from services.ranker.interests.directions import FacetDirection, adjusted_scores, facet_adjustment, preference_reasons
from services.ranker.learning.match import matches_of
from services.ranker.learning.taste import Taste
from services.ranker.selection.blind_check import SLOT as BLIND_CHECK
from services.ranker.selection.blind_check import draw_blind_check, rejected_before, week_of
from services.ranker.selection.day_papers import DayPapers
from services.ranker.selection.follows import follow_adjustment, with_follows
from services.ranker.selection.picking import Contender, Quota, RankedPaper, select_papers
from services.ranker.selection.reason_writer import ReasonWriter, titles_of
from services.ranker.selection.reasons import Reasons, reasons_of_outcome
from services.ranker.settings import RankerSettings
from services.ranker.stores import RankerStores
from shared.contracts import Exclusion, Match
from shared.store.selections import Candidate, SelectionStore
from shared.store.vectors.embeddings import Matrix

_DAYS_KEPT = 3
_LOWERED = -1.0
"""So far down in logits, half of what a mute does, a paper is in a muted interest."""


class CandidateSelector:
    """Decides which papers are picked. Reads the stores, writes nothing."""

    def __init__(
        self,
        settings: RankerSettings,
        stores: RankerStores,
        clock: Callable[[], datetime],
        preferences: Callable[[str], Sequence[FacetDirection]] = lambda user: (),
        follows: MatchFollows = lambda user, paper_ids: (),
        per_day: Callable[[str], int | None] = lambda user: None,
    ) -> None:
        self._settings, self._follows, self._per_day = settings, follows, per_day
        self._shared: dict[tuple[str, ...], DayPapers] | None = None
        self._vectors, self._metadata = stores.vectors, stores.metadata
        self._ratings, self._selections = stores.ratings, stores.selections
        self._clock, self._preferences = clock, preferences
        self._reason_writer = ReasonWriter(stores.metadata, stores.ratings)

    def select(
        self, taste: Taste, day: date, run_id: str, paper_ids: Sequence[str], revised: Collection[str] = ()
    ) -> list[Candidate]:
        """The candidates of a day's selection, best first, and the week's blind check; without a vector none competes.

        `revised` came as new versions: of these, papers that were liked may be picked again.
        """
        if not paper_ids:
            return []
        checked = self._blind_check(taste, day, run_id)
        return self._compete(taste, day, run_id, paper_ids, revised, self.per_day(taste.user) - len(checked)) + checked

    def per_day(self, user: str) -> int:
        """How many papers are picked a day for a user."""
        return self._per_day(user) or self._settings.per_day

    def comparable(self, paper_ids: Collection[str]) -> set[str]:
        """Which of some papers have a vector."""
        return set(self._vectors.has(paper_ids))

    @contextlib.contextmanager
    def for_everybody(self) -> Iterator[None]:
        """Within the block the same papers are read and projected once, for whomever they are selected."""
        self._shared = {}
        try:
            yield
        finally:
            self._shared = None

    def _day_papers(self, paper_ids: Sequence[str]) -> DayPapers:
        if self._shared is None:
            return DayPapers(self._vectors, self._metadata, paper_ids)
        key = tuple(paper_ids)
        if key not in self._shared:
            while len(self._shared) >= _DAYS_KEPT:
                del self._shared[next(iter(self._shared))]
            self._shared[key] = DayPapers(self._vectors, self._metadata, paper_ids)
        return self._shared[key]

    def _compete(
        self, taste: Taste, day: date, run_id: str, paper_ids: Sequence[str], revised: Collection[str], per_day: int
    ) -> list[Candidate]:
        papers = self._day_papers(paper_ids)
        ids, matrix = papers.ids, papers.matrix
        excluded, scores = papers.excluded(self._ratings.current(taste.user)), papers.scores(taste, self._clock())
        probabilities, matches = taste.probabilities(scores), matches_of(taste, scores)  # by no preference
        preferences = self._preferences(taste.user)
        plain = self._vectors.of_first(matrix)  # facets are found with the model in use
        followed = self._follows(taste.user, ids)
        preferred = facet_adjustment(plain, preferences)
        moved = preferred + follow_adjustment(ids, followed, self._settings.follow_boost)
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
        for_interests = InterestPicks(taste, papers, ranked, preferred < _LOWERED, self._settings.kept_places)
        ranked, made_at = for_interests.kept.ranked, self._clock()
        rows = {paper_id: row for row, paper_id in enumerate(ids)}
        vectors = {name: matrix[row] for name, row in rows.items()}
        match_of = dict(zip(ids, matches, strict=True)) | for_interests.matches(vectors)
        reasons = self._reasons(ranked, taste, vectors, match_of)
        reasons |= for_interests.reasons(self._reason_writer, vectors, match_of, made_at.date())
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
                    *with_follows(paper.paper_id, followed, reasons[paper.paper_id].sentences),
                    *preference_reasons(plain[rows[paper.paper_id]], preferences),
                ),
                regime=taste.regime,
                model=taste.model,
                made_at=made_at,
                probability=paper.probability,
                propensity=paper.propensity,
                match=match_of[paper.paper_id],
                details=reasons[paper.paper_id].details,
            )
            for paper in ranked
        ]

    def _quota(self, per_day: int) -> Quota:
        settings = self._settings
        return Quota(
            max(per_day, 1), settings.explore, settings.duplicate_cosine, settings.diversity, settings.threshold
        )

    def _blind_check(self, taste: Taste, day: date, run_id: str) -> list[Candidate]:
        """Picks for the blind check, on a week's first day; without score and rank, so that these bias no rating."""
        selections = self._selections.of(taste.user)
        if _has_ranked_pick(selections, day):
            return []
        earlier = [candidate for other in weeks_of(selections, day) for candidate in selections.day(other)]
        rejected, newest = rejected_before(earlier, taste.user, day, self._ratings.current(taste.user))
        wanted = min(self._settings.audit, self.per_day(taste.user) - 1)
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
        self, ranked: Sequence[RankedPaper], taste: Taste, vectors: Mapping[str, Matrix], matches: Mapping[str, Match]
    ) -> dict[str, Reasons]:
        """Why each paper has its outcome; of picks by score, what speaks for them."""
        titles = titles_of(self._metadata, {paper.similar_to for paper in ranked if paper.similar_to})
        per_day = self.per_day(taste.user)
        reasons = {paper.paper_id: reasons_of_outcome(paper, len(ranked), per_day, titles) for paper in ranked}
        by_score = {name: vectors[name] for name, given in reasons.items() if not given.sentences}
        return reasons | self._reason_writer.write(taste, by_score, matches, self._clock().date())


def contender(
    paper_id: str, score: float, excluded: Exclusion | None, revised: bool, probability: float | None
) -> Contender:
    """A paper as it competes; a new version of a liked one may return."""
    returns = excluded == "already_read" and revised
    return Contender(paper_id, score, None if returns else excluded, probability, returns)


def weeks_of(selections: SelectionStore, day: date) -> list[date]:
    """The days of a day's week so far, and of the newest week before it that has a selection."""
    days = [other for other in selections.days() if other <= day]
    before = max((other for other in days if week_of(other) < week_of(day)), default=None)
    return [other for other in days if before is None or week_of(other) >= week_of(before)]


def _has_ranked_pick(selections: SelectionStore, day: date) -> bool:
    """Whether the day's week has a selection by score already: then there is no blind check, and no more to read."""
    days = [other for other in selections.days() if other <= day and week_of(other) == week_of(day)]
    picks = (pick for other in days for run_id in selections.runs(other) for pick in selections.picked(other, run_id))
    return any(pick.rank is not None for pick in picks)
