"""What a follow does to a paper that arrives: it moves it up, the rarer its matches the further, and says why."""

import math
from collections.abc import Sequence

import numpy as np

from services.ranker.following.arriving_papers import MatchedFollow
from services.ranker.learning.similarity import Array
from services.ranker.selection.reasons import NO_CLOSE_MATCH
from shared.contracts import FollowKind
from shared.text.safe.plain_text import shortened

_MOST_NAMED = 3
_LONGEST_NAME = 80
_REASONS: dict[FollowKind, str] = {
    "author": "by {name}, whom you follow",
    "tag": "about {name}, a tag you follow",
    "phrase": "mentions “{name}”, which you follow",
    "search": "matches your saved search “{name}”",
    "category": "in {name}, which you follow",
}
_ORDER = tuple(_REASONS)


def follow_adjustment(paper_ids: Sequence[str], matched: Sequence[MatchedFollow], boost: float) -> Array:
    """What to add to the logit of each paper's score: `boost` for the only match of a day, nothing where all match.

    In between by the logarithm of the share that matches: a category of half of the papers moves next to nothing.
    """
    total: Array = np.zeros(len(paper_ids))
    for match in matched:
        is_matched = np.array([paper_id in match.paper_ids for paper_id in paper_ids])
        total = np.maximum(total, boost * _rarity(int(is_matched.sum()), len(paper_ids)) * is_matched)
    return total


def follow_reasons(paper_id: str, matched: Sequence[MatchedFollow]) -> tuple[str, ...]:
    """The follows that a paper matches, in words; those that say most come first."""
    follows = [match.follow for match in matched if paper_id in match.paper_ids]
    named = sorted(follows, key=lambda follow: _ORDER.index(follow.kind))[:_MOST_NAMED]
    return tuple(_REASONS[follow.kind].format(name=shortened(follow.name, _LONGEST_NAME)) for follow in named)


def with_follows(paper_id: str, matched: Sequence[MatchedFollow], reasons: Sequence[str]) -> tuple[str, ...]:
    """A paper's reasons after those of its follows, which are a match where nothing liked is one."""
    follows = follow_reasons(paper_id, matched)
    return (*follows, *(reason for reason in reasons if not (follows and reason == NO_CLOSE_MATCH)))


def _rarity(count: int, papers: int) -> float:
    """1 for one of many, 0 for all; a single paper alone is as rare as can be."""
    if count == 0 or papers < 2:
        return float(count > 0)
    return math.log(papers / count) / math.log(papers)
