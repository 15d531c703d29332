"""A user's missed papers of a week: reads selections, ratings, papers and follows, decides by pure modules."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime

import numpy as np
from threadpoolctl import threadpool_limits

from services.ranker.following.arriving_papers import MatchedFollow
from services.ranker.learning.taste import Taste
from services.ranker.missed.clicks import Trial, boost_clicks, follow_clicks, follow_of, measure, tried_clicks
from services.ranker.missed.described_papers import described
from services.ranker.missed.like_effect import likes_effects
from services.ranker.missed.miss_rates import miss_rates
from services.ranker.missed.missed_papers import Missed, find_missed
from services.ranker.missed.not_seen import (
    MOST_AUTHORS,
    KnownFacet,
    known_facets,
    nearest_facet,
    own_phrases,
)
from services.ranker.missed.past_days import newest_days, past_days
from services.ranker.missed.past_papers import PastPapers
from services.ranker.missed.weeks import LOOKED_BACK, Week
from services.ranker.replay.days import RecordedDay, recorded_days
from services.ranker.settings import RankerSettings
from services.ranker.stores import RankerStores
from shared.contracts import InterestFacet
from shared.store.keeping.replays import ReplayRequest
from shared.store.papers.metadata import Paper
from shared.store.people.follows import FollowStore
from shared.store.people.missed import Click, MeasuredClick, MissedPaper, MissedWeek
from shared.store.people.preferences import Rating
from shared.store.tagging.tags import TagStore
from shared.store.vectors.embeddings import Matrix

MOST_PAPERS = 20
_SAMPLE = 3_000
_MOST_CANDIDATES = 20_000
"""Days further back than so many candidates are not looked at: memory is dear."""


class MissedPapers:
    """Looks for what a user's picks missed. Reads everything, writes nothing. Blocks."""

    def __init__(
        self,
        settings: RankerSettings,
        stores: RankerStores,
        follows: FollowStore,
        tags: TagStore,
        facets: Callable[[str], Sequence[InterestFacet]],
        clock: Callable[[], datetime],
    ) -> None:
        self._settings, self._stores, self._follows, self._tags = settings, stores, follows, tags
        self._facets, self._clock = facets, clock

    def look(self, user: str, week: Week, taste: Taste | None = None) -> MissedWeek:
        """What was missed and found in a week, measured on the 90 days before its end.

        With the user's taste, what likes of missed papers do by themselves is told too.
        """
        ratings = self._stores.ratings.current(user, as_of=week.until)
        picks = list(self._stores.selections.picks(user))
        until = week.until.date()
        period = ReplayRequest(stage="rank", first_day=until - LOOKED_BACK, last_day=until)
        recorded = newest_days(recorded_days(self._stores.selections.of(user), user, period), _MOST_CANDIDATES)
        missed = find_missed(recorded, picks, ratings, self._stores.signals.all(user))
        new = [one for one in missed if week.since <= one.rating.occurred_at < week.until][::-1]
        with threadpool_limits(1, "blas"):  # small fits, beside a system that works
            papers = self._looked_into(user, new[:MOST_PAPERS], missed, recorded, ratings, taste) if new else []
        return MissedWeek(
            user=user,
            week=week.name,
            since=week.since,
            until=week.until,
            made_at=self._clock(),
            papers=tuple(papers),
            more=max(len(new) - MOST_PAPERS, 0),
            days=len(recorded),
            rates=miss_rates([pick for pick in picks if pick.day < until], ratings),
        )

    def _looked_into(
        self,
        user: str,
        new: Sequence[Missed],
        missed: Sequence[Missed],
        recorded: Sequence[RecordedDay],
        ratings: Mapping[str, Rating],
        taste: Taste | None,
    ) -> list[MissedPaper]:
        vectors = {one.run_id: self._stores.vectors.get(one.paper_ids) for one in recorded}
        days = past_days(recorded, vectors, self._settings)
        papers = PastPapers(self._stores.metadata, self._tags.index(), [name for day in days for name in day.ids])
        followed = papers.matched(self._follows.of(user))
        trial = Trial(
            days,
            {name: rating.label for name, rating in ratings.items()},
            lambda click: papers.matching(follow_of(click)),
            followed,
            self._settings.follow_boost,
            self._stores.vectors.of_first,
        )
        by_id = {name: row for day in days for name, row in zip(day.ids, day.matrix, strict=True)}
        facets = self._known_facets(user, missed, by_id)
        stored = self._stores.metadata.get([one.paper_id for one in new])
        told = {
            one.paper_id: described(one, stored[one.paper_id], by_id, facets, ratings, self._stores)
            for one in new
            if one.paper_id in stored
        }
        asked = {name: self._clicks(paper, stored[name], by_id, facets, followed) for name, paper in told.items()}
        measured = tried_clicks(trial, asked, facets)
        by_like = self._by_likes(taste, trial, missed, told)
        return [
            paper.model_copy(
                update={
                    "clicks": tuple(measured[name][0]),
                    "tried": measured[name][1],
                    "by_like": by_like.get(name),
                }
            )
            for name, paper in told.items()
        ]

    def _clicks(
        self,
        told: MissedPaper,
        paper: Paper,
        by_id: Mapping[str, Matrix],
        facets: Sequence[KnownFacet],
        followed: Sequence[MatchedFollow],
    ) -> list[Click]:
        """What could have mended it, to be tried."""
        authors = [*told.known_authors, *told.new_authors] or paper.authors[:MOST_AUTHORS]
        clicks = follow_clicks(authors, own_phrases(paper), {match.follow.key for match in followed})
        if paper.paper_id in by_id:
            clicks += boost_clicks(
                *nearest_facet(self._stores.vectors.of_first(by_id[paper.paper_id][None])[0], facets)
            )
        return clicks

    def _by_likes(
        self, taste: Taste | None, trial: Trial, missed: Sequence[Missed], told: Collection[str]
    ) -> dict[str, MeasuredClick]:
        """What the likes of missed papers do by themselves; nothing where there are no others to find."""
        if taste is None or len(missed) < 2:
            return {}
        rated_at = {one.paper_id: one.rating.occurred_at for one in missed}
        added = likes_effects(taste, self._settings.regression_from, rated_at, told, trial.days)
        return {
            name: measure(trial, name, Click(kind="like", value=name, label=""), amounts)
            for name, amounts in added.items()
        }

    def _known_facets(self, user: str, missed: Sequence[Missed], by_id: Mapping[str, Matrix]) -> list[KnownFacet]:
        facets = self._facets(user)
        if not facets or not by_id:
            return []
        names = sorted(by_id)
        drawn = np.random.default_rng(0).permutation(len(names))[:_SAMPLE].tolist()
        plain = self._stores.vectors.of_first
        sample = plain(np.stack([by_id[names[row]] for row in drawn]))
        ids, matrix = self._stores.vectors.get({name for facet in facets for name in facet.paper_ids})
        members = dict(zip(ids, plain(matrix), strict=True)) if ids else {}
        return known_facets(facets, [one.paper_id for one in missed], members, sample)
