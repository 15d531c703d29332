"""Why a paper was picked, or not, in a sentence, and the numbers behind it. Pure.

A sentence names the rating that raises the score most, and the dislike that lowers it, where the paper resembles them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from services.ranker.learning.lexicon import Bag
from services.ranker.learning.similarity import Array, Pool
from services.ranker.learning.taste import Taste
from services.ranker.selection.picking import RankedPaper
from shared.contracts import Match
from shared.paper_labels import paper_label
from shared.store.people.preferences import Rating
from shared.store.vectors.embeddings import Matrix

NO_CLOSE_MATCH = "no close match; best of the rest"
RESEMBLES = 0.25
RESEMBLES_DISLIKED = 0.4
_IN_DETAILS = 3
_MOVES = 0.01
_TOGETHER = 0.05
"""Dislikes that lower a score by less are not worth a word."""
_LONGEST_TITLE = 120
_DAYS_OF_MONTH, _DAYS_OF_YEAR = 31, 330


class Reasons(NamedTuple):
    """Sentences, and the numbers behind them."""

    sentences: tuple[str, ...]
    details: tuple[str, ...] = ()


class Mention(NamedTuple):
    """A rated paper or seed that a paper resembles; `weight` is how far it moves the score, in standard deviations."""

    name: str
    cosine: float
    weight: float


@dataclass(frozen=True)
class Mentions:
    """What resembles a paper and moves its score, strongest first: `likes` and `seeds` raise it, `dislikes` lower."""

    likes: tuple[Mention, ...] = ()
    seeds: tuple[Mention, ...] = ()
    dislikes: tuple[Mention, ...] = ()

    @property
    def raising(self) -> list[Mention]:
        """Likes and seeds, strongest first."""
        return sorted((*self.likes, *self.seeds), key=_by_weight)

    @property
    def names(self) -> set[str]:
        """The papers and seeds whose titles a sentence needs."""
        return {mention.name for mention in (*self.likes, *self.seeds, *self.dislikes)}


@dataclass(frozen=True)
class Named:
    """How papers are named on a day: their titles, and when they were rated."""

    titles: Mapping[str, str]
    ratings: Mapping[str, Rating]
    day: date

    def title(self, name: str) -> str:
        return f"“{_shortened(self.titles.get(name, name))}”"

    def rated(self, name: str, word: str) -> str:
        """A title with the day or month of its rating: `“X”, which you liked in May`."""
        rating = self.ratings.get(name)
        when = f" {when_of(rating.occurred_at.date(), self.day)}" if rating else ""
        return f"{self.title(name)}, which you {word}{when}"


def mentions_of(taste: Taste, vector: Matrix, bag: Bag | None = None) -> Mentions:
    """What moves the score of a paper with this vector (length 1) and these words."""
    if taste.regime == "typical":
        return Mentions()
    weights = taste.influences_in_order(vector, bag)
    likes, seeds = len(taste.likes), len(taste.wanted)
    dislikes = _mentioned(taste.dislikes, vector, -weights[seeds:], RESEMBLES_DISLIKED)
    return Mentions(
        likes=_mentioned(taste.likes, vector, weights[:likes], RESEMBLES),
        seeds=_mentioned(taste.seeds, vector, weights[likes:seeds], RESEMBLES),
        dislikes=dislikes if sum(mention.weight for mention in dislikes) >= _TOGETHER else (),
    )


def reasons_of(taste: Taste, mentions: Mentions, match: Match, named: Named) -> Reasons:
    """What speaks for a paper, and what against."""
    if taste.regime == "typical":
        return Reasons(("no ratings yet: typical of these papers",))
    for_it = _speaks_for(taste, mentions, match, named)
    against = [f"like {named.rated(mention.name, 'disliked')}" for mention in mentions.dislikes[:1]]
    details = [
        *(_in_numbers(mention, named, "raises") for mention in mentions.raising[:_IN_DETAILS]),
        *(_in_numbers(mention, named, "lowers") for mention in mentions.dislikes[:1]),
    ]
    return Reasons((", but also ".join([for_it, *against]),), tuple(details))


def reasons_of_outcome(ranked: RankedPaper, candidates: int, per_day: int, titles: Mapping[str, str]) -> Reasons:
    """Why a paper has its outcome or slot; empty for a pick by score."""
    rank = f"rank {ranked.rank} of {candidates}"
    if ranked.slot == "explore":
        return Reasons(("drawn at random from the middle of the ranking, to learn what you think of such papers",))
    if ranked.slot == "revised":
        return Reasons(("a new version of a paper you liked",))
    better = f"“{_shortened(titles.get(ranked.similar_to, ranked.similar_to))}”"
    texts = {
        "below_threshold": f"{rank}; too unlikely to be liked",
        "thinned": f"{rank}, passed over for variety: similar to {better}",
        "below_quota": f"{rank}; {per_day} a day are picked",
        "near_duplicate": f"nearly the same as {better}",
        "withdrawn": "withdrawn by its authors",
        "disliked": "you disliked it",
        "already_read": "you liked it already",
    }
    details = (f"cosine {ranked.cosine:.2f}",) if ranked.similar_to else ()
    return Reasons((texts[ranked.outcome],), details) if ranked.outcome in texts else Reasons(())


def when_of(rated: date, day: date) -> str:
    """`on 3 May` in the weeks after, then `in May`, then `in May 2025`."""
    days = (day - rated).days
    if days < _DAYS_OF_MONTH:
        return f"on {rated.day} {rated:%B}"
    return f"in {rated:%B}" if days < _DAYS_OF_YEAR else f"in {rated:%B %Y}"


def _mentioned(pool: Pool, vector: Matrix, weights: Array, least_cosine: float) -> tuple[Mention, ...]:
    if not len(pool):
        return ()
    cosines = (pool.vectors @ vector).tolist()
    mentions = map(Mention, pool.names, cosines, weights.tolist())
    near = [mention for mention in mentions if mention.cosine >= least_cosine and mention.weight > _MOVES]
    return tuple(sorted(near, key=_by_weight))[:_IN_DETAILS]


def _by_weight(mention: Mention) -> tuple[float, str]:
    return -mention.weight, mention.name


def _speaks_for(taste: Taste, mentions: Mentions, match: Match, named: Named) -> str:
    if not mentions.raising:
        return _nothing_near(taste, match)
    strongest = mentions.raising[0]
    like = "a little like" if match == "weak" else "like"
    if strongest in mentions.likes:
        return f"{like} {named.rated(strongest.name, 'liked')}"
    return f"{like} your seed {named.title(strongest.name)}"


def _nothing_near(taste: Taste, match: Match) -> str:
    if not len(taste.wanted):
        return "unlike what you disliked"
    if match in ("strong", "fair"):
        return "close to what you like as a whole, more than to any one paper"
    return NO_CLOSE_MATCH


def _in_numbers(mention: Mention, named: Named, verb: str) -> str:
    paper = f" ({paper_label(mention.name)})" if mention.name in named.titles else ""
    return (
        f"{named.title(mention.name)}{paper}: cosine {mention.cosine:.2f}, {verb} the score by "
        f"{mention.weight:.2f} standard deviations"
    )


def _shortened(title: str) -> str:
    """At most 120 characters, cut between words and never within a formula."""
    text = " ".join(title.split())
    if len(text) <= _LONGEST_TITLE:
        return text
    cut = text[: _LONGEST_TITLE - 1]
    if cut.count("$") % 2:
        cut = cut[: cut.rindex("$")]
    return f"{cut.rpartition(' ')[0].rstrip(' ,;:') or cut.rstrip()}…"
