"""Why a paper was picked, or not, in sentences. Pure.

Similar papers are named with their cosines; below a threshold none is claimed.
"""

from collections.abc import Mapping

from services.ranker.learning.similarity import Pool
from services.ranker.learning.taste import Taste
from services.ranker.selection.picking import RankedPaper
from shared.store.vectors.embeddings import Matrix

LIKED_NAMED = 2
NO_CLOSE_MATCH = "no close match; best of the rest"
RESEMBLES = 0.25
RESEMBLES_DISLIKED = 0.4
_DISLIKES_ASKED = 5
_MOVES = 0.01
_LONGEST_TITLE = 120

Titles = Mapping[str, str]


def reasons_of(taste: Taste, vector: Matrix, titles: Titles) -> tuple[str, ...]:
    """What speaks for a paper with this vector (length 1), and what against, strongest first."""
    if taste.regime == "typical":
        return ("no ratings yet: typical of these papers",)
    liked = [
        f'because you liked "{_title(name, titles)}" (cosine {cosine:.2f})'
        for name, cosine in nearest(vector, taste.likes, LIKED_NAMED)
        if cosine >= RESEMBLES
    ]
    seeds = [
        f'close to your seed "{_title(name, titles)}" (cosine {cosine:.2f})'
        for name, cosine in nearest(vector, taste.seeds, LIKED_NAMED - len(liked))
        if cosine >= RESEMBLES
    ]
    disliked = [
        f'despite disliking "{_title(name, titles)}" (cosine {cosine:.2f})'
        for name, cosine in held_against(taste, vector)
    ]
    return tuple(liked + seeds or [_nothing_near(taste)]) + tuple(disliked)


def reasons_of_outcome(ranked: RankedPaper, candidates: int, per_day: int, titles: Titles) -> tuple[str, ...]:
    """Why a paper has its outcome or slot; empty for a pick by score."""
    if ranked.slot == "explore":
        return (f"exploration: drawn at random from the middle of the ranking (rank {ranked.rank} of {candidates})",)
    if ranked.slot == "revised":
        return ("a new version of a paper you liked",)
    texts = {
        "below_threshold": f"rank {ranked.rank} of {candidates}; too unlikely to be liked",
        "thinned": f"rank {ranked.rank} of {candidates}, passed over for variety: "
        f'similar to "{_title(ranked.similar_to, titles)}" '
        f"(cosine {ranked.cosine:.2f})",
        "below_quota": f"rank {ranked.rank} of {candidates}; {per_day} a day are picked",
        "near_duplicate": f'nearly the same as "{_title(ranked.similar_to, titles)}" (cosine {ranked.cosine:.2f})',
        "withdrawn": "withdrawn by its authors",
        "disliked": "you disliked it",
        "already_read": "you liked it already",
    }
    return (texts[ranked.outcome],) if ranked.outcome in texts else ()


def nearest(vector: Matrix, pool: Pool, count: int) -> list[tuple[str, float]]:
    """The `count` nearest of a pool with their cosines, nearest first."""
    if not len(pool) or count < 1:
        return []
    cosines = (pool.vectors @ vector).tolist()
    return sorted(zip(pool.names, cosines, strict=True), key=lambda pair: (-pair[1], pair[0]))[:count]


def held_against(taste: Taste, vector: Matrix) -> list[tuple[str, float]]:
    """The nearest dislike with its cosine, if the paper resembles it and ranks lower for it."""
    near = [pair for pair in nearest(vector, taste.dislikes, _DISLIKES_ASKED) if pair[1] >= RESEMBLES_DISLIKED]
    if not near or taste.contrast is None:
        return near[:1]
    influences = dict(taste.influences(vector))
    return [(name, cosine) for name, cosine in near if influences[name] < -_MOVES][:1]


def names_near(taste: Taste, vector: Matrix) -> set[str]:
    """The papers and seeds whose titles `reasons_of` may need."""
    liked = {name for pool in (taste.likes, taste.seeds) for name, _ in nearest(vector, pool, LIKED_NAMED)}
    return liked | {name for name, _ in nearest(vector, taste.dislikes, _DISLIKES_ASKED)}


def _nothing_near(taste: Taste) -> str:
    if not len(taste.likes) and not len(taste.seeds):
        return "unlike what you disliked"
    return NO_CLOSE_MATCH


def _title(name: str, titles: Titles) -> str:
    title = " ".join(titles.get(name, name).split())
    return title if len(title) <= _LONGEST_TITLE else f"{title[: _LONGEST_TITLE - 1].rstrip()}…"
