"""Which click would have mended what was missed: each is tried on past days before it is offered. Pure.

A click is offered where it would have brought in other papers that the user likes and was not shown, where this is not
to be expected of a click that means nothing, and where the picks of those days would have had no fewer likes and no
more dislikes.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from services.ranker.following.arriving_papers import MatchedFollow
from services.ranker.interests.directions import facet_adjustment
from services.ranker.learning.similarity import Array
from services.ranker.missed.not_seen import KnownFacet
from services.ranker.missed.past_days import PastDay
from services.ranker.selection.follows import follow_adjustment
from shared.contracts import FIRST_MOMENT, FollowKind, Label
from shared.store.people.follows import Follow
from shared.store.people.missed import Click, MeasuredClick

CHANCE = 0.05
_INSIDE = 0.5
_MOST_OFFERED = 3
_LARGEST_SHARE = 0.05
"""Words that more than one in twenty papers have say nothing of a paper."""

PapersOf = Callable[[Click], frozenset[str]]
"""The papers of all past days that a follow matches."""


@dataclass(frozen=True)
class Trial:
    """What a click is tried on: past days, what the user said of papers in the end, which papers a follow matches.

    `followed` are the follows that there are, with what they match; they count from when they began. `boost` is
    `ranker.follow_boost`. `plain` gives the vectors in which facets were found.
    """

    days: Sequence[PastDay]
    labels: Mapping[str, Label]
    papers_of: PapersOf
    followed: Sequence[MatchedFollow] = ()
    boost: float = 3.0
    plain: Callable[[np.ndarray], np.ndarray] = lambda matrix: matrix

    def buried(self) -> frozenset[str]:
        """All that competed and was picked on no day."""
        picked = {name for day in self.days for name in day.picks}
        return frozenset(name for day in self.days for name in day.open_ids if name not in picked)


def follow_clicks(authors: Iterable[str], phrases: Iterable[str], followed: Collection[str]) -> list[Click]:
    """Follows of a paper's authors and words; `followed` are the keys of those that there are."""
    clicks = [Click(kind="author", value=name, label=name) for name in authors]
    clicks += [Click(kind="phrase", value=words, label=words) for words in phrases]
    return [click for click in clicks if follow_of(click).key not in followed]


def boost_clicks(nearest: KnownFacet | None, membership: float) -> list[Click]:
    """A boost of the facet that a paper belongs to, unless it is boosted or muted already."""
    if nearest is None or membership <= _INSIDE or nearest.facet.preference != "clear":
        return []
    return [Click(kind="boost", value=nearest.facet.key, label=nearest.facet.name)]


def tried_clicks(
    trial: Trial, asked: Mapping[str, Sequence[Click]], facets: Sequence[KnownFacet]
) -> dict[str, tuple[list[MeasuredClick], int]]:
    """For each missed paper the clicks worth offering, the best first, and how many were tried.

    All that are tried for all papers count against chance (Bonferroni).
    """
    buried = trial.buried()
    limit = max(_LARGEST_SHARE * len(buried), 3)
    every = {(click.kind, click.value): click for clicks in asked.values() for click in clicks}
    matched = {key: _matched(trial, click, facets) for key, click in every.items()}
    tried = {key for key, names in matched.items() if 1 < len(names & buried) <= limit}
    offered = dict[str, tuple[list[MeasuredClick], int]]()
    for paper_id, clicks in asked.items():
        mine = [click for click in clicks if (click.kind, click.value) in tried]
        measured = [
            _measured(trial, paper_id, click, matched[click.kind, click.value], buried, facets, len(tried))
            for click in mine
        ]
        offered[paper_id] = _best([click for click in measured if click is not None]), len(mine)
    return offered


def _best(clicks: Sequence[MeasuredClick]) -> list[MeasuredClick]:
    """What finds most first; what finds nothing that a better one does not find is left out."""
    kept = list[MeasuredClick]()
    for click in sorted(clicks, key=lambda click: (-len(click.found), click.gained, click.p_value)):
        if len(kept) < _MOST_OFFERED and not any(set(click.found) <= set(better.found) for better in kept):
            kept.append(click)
    return kept


def _measured(
    trial: Trial,
    paper_id: str,
    click: Click,
    matched: frozenset[str],
    buried: frozenset[str],
    facets: Sequence[KnownFacet],
    tried: int,
) -> MeasuredClick | None:
    """The click as it would have changed past days; None where it is not worth offering."""
    others = buried - {paper_id}
    liked = frozenset(name for name in others if trial.labels.get(name) == "like")
    p_value = min(1.0, tried * chance_of(len(others), len(liked), len(matched & others), len(matched & liked)))
    if not matched & liked or p_value > CHANCE:
        return None
    measured = measure(trial, paper_id, click, [_added(trial, day, click, matched, facets) for day in trial.days])
    return measured.model_copy(update={"p_value": p_value}) if _costs_nothing(measured) else None


def measure(trial: Trial, paper_id: str, click: Click, added: Sequence[Array]) -> MeasuredClick:
    """What adding something to the logits of each day's scores would have changed; `paper_id` itself does not count."""
    gained, lost = list[str](), list[str]()
    for day, amounts in zip(trial.days, added, strict=True):
        after = day.picks_with(amounts)
        gained += after - day.picks
        lost += day.picks - after
    shown = [name for day in trial.days for name in day.picks]
    others = [name for name in gained if name != paper_id]
    unseen = set(others) - set(shown)

    def count(names: Iterable[str], label: Label) -> int:
        return sum(trial.labels.get(name) == label for name in names)

    likes_before = count(shown, "like")
    return MeasuredClick(
        **click.model_dump(),
        found=tuple(sorted({name for name in unseen if trial.labels.get(name) == "like"})),
        gained=len(others),
        days=len(trial.days),
        picks=len(shown),
        likes_before=likes_before,
        likes_after=likes_before + count(others, "like") - count(lost, "like"),
        dislikes_more=count(others, "dislike") - count(lost, "dislike"),
    )


def _costs_nothing(click: MeasuredClick) -> bool:
    return bool(click.found) and click.likes_after >= click.likes_before and click.dislikes_more <= 0


def chance_of(papers: int, liked: int, matched: int, both: int) -> float:
    """How often so many matched papers, drawn at random, have as many liked ones among them (hypergeometric)."""
    from scipy.stats import hypergeom

    return float(hypergeom.sf(both - 1, papers, liked, matched)) if both else 1.0


def added_by_follow(day: PastDay, match: MatchedFollow, followed: Sequence[MatchedFollow], boost: float) -> Array:
    """What one more follow adds to each paper's logit, beside the follows that had begun by then."""
    then = [other for other in followed if other.follow.at <= day.recorded.moment]
    before = follow_adjustment(day.ids, then, boost)
    return np.asarray(follow_adjustment(day.ids, [*then, match], boost) - before)


def _added(trial: Trial, day: PastDay, click: Click, matched: frozenset[str], facets: Sequence[KnownFacet]) -> Array:
    if click.kind == "boost":
        chosen = [known.direction for known in facets if known.facet.key == click.value]
        return facet_adjustment(trial.plain(day.matrix), chosen)
    if matched.isdisjoint(day.ids):
        return np.zeros(len(day.ids))
    return added_by_follow(day, MatchedFollow(follow_of(click), matched), trial.followed, trial.boost)


def _matched(trial: Trial, click: Click, facets: Sequence[KnownFacet]) -> frozenset[str]:
    if click.kind != "boost":
        return trial.papers_of(click)
    inside = set[str]()
    for known in facets:
        if known.facet.key == click.value:
            for day in trial.days:
                rows = np.flatnonzero(known.direction.membership(trial.plain(day.matrix)) > _INSIDE)
                inside.update(day.ids[row] for row in rows.tolist())
    return frozenset(inside)


def follow_of(click: Click) -> Follow:
    """The follow that a click begins."""
    kind: FollowKind = "author" if click.kind == "author" else "phrase"
    return Follow(kind=kind, value=click.value, at=FIRST_MOMENT)
