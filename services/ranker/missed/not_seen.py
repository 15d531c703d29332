"""What the ranking did not see in a paper: how far it lay from what was liked by then, and what was new in it. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from services.ranker.interests.directions import FacetDirection, direction_of
from services.ranker.interests.discovery.phrases import Phrase, are_alike, as_written, phrases_of
from shared.contracts import InterestFacet
from shared.store.papers.metadata import Paper
from shared.store.vectors.embeddings import Matrix, Vectors

MOST_AUTHORS = 8
MOST_PHRASES = 12
_FEWEST_MEMBERS = 4


@dataclass(frozen=True)
class Nearness:
    """The like that is nearest to a paper, and the share of other papers that were nearer to some like."""

    nearest: str
    nearer: float


@dataclass(frozen=True, eq=False)
class KnownFacet:
    """A facet without the papers that were missed, so that these say nothing about themselves."""

    facet: InterestFacet
    direction: FacetDirection


def nearness_of(paper: Matrix, others: Matrix, likes: Vectors) -> Nearness | None:
    """Of a vector, among the others of its day (n x d); None where nothing was liked or nothing else competed."""
    if not likes.ids or not len(others):
        return None
    to_likes = likes.matrix @ paper
    best = int(to_likes.argmax())
    of_others = (others @ likes.matrix.T).max(axis=1)
    return Nearness(likes.ids[best], float((of_others > to_likes[best]).mean()))


def own_phrases(paper: Paper) -> list[str]:
    """What a paper could be found by: phrases of its title, and those its abstract has twice, the longest first.

    Of phrases that share a word the first is taken; they are written as the paper writes them.
    """
    parts = paper.abstract.split(". ")
    repeated = Counter(phrase for part in parts for phrase in phrases_of(part))
    known = phrases_of(paper.title) | {phrase for phrase, count in repeated.items() if count > 1}
    in_title = phrases_of(paper.title)
    ordered = sorted(
        known, key=lambda phrase: (phrase not in in_title, -min(len(phrase), 2), -repeated[phrase], phrase)
    )
    chosen: list[Phrase] = []
    for phrase in ordered:
        if len(chosen) < MOST_PHRASES and not any(_contains(earlier, phrase) for earlier in chosen):
            chosen.append(phrase)
    return as_written(chosen, [paper.title, paper.abstract])


def new_words(phrases: Iterable[str], likes: Sequence[Paper]) -> list[str]:
    """Those phrases of which no liked paper has a word form."""
    known = {word for paper in likes for phrase in phrases_of(paper.text) for word in phrase}
    return [phrase for phrase in phrases if not any(word in known for part in phrases_of(phrase) for word in part)]


def authors_by_novelty(paper: Paper, likes: Iterable[Paper]) -> tuple[list[str], list[str]]:
    """A paper's authors: those with no paper among the liked ones, and those with one."""
    known = {_plain(author) for liked in likes for author in liked.authors}
    named = paper.authors[:MOST_AUTHORS]
    return [one for one in named if _plain(one) not in known], [one for one in named if _plain(one) in known]


def known_facets(
    facets: Sequence[InterestFacet], missed: Iterable[str], vectors: Mapping[str, Matrix], sample: Matrix
) -> list[KnownFacet]:
    """Facets as directions, without the missed papers; those of which too few papers are left are left out."""
    missed_ids, known = set(missed), list[KnownFacet]()
    for facet in facets:
        rows = [vectors[name] for name in facet.paper_ids if name in vectors and name not in missed_ids]
        if len(rows) >= _FEWEST_MEMBERS and len(sample):
            known.append(KnownFacet(facet, direction_of(np.stack(rows), sample, "boost", facet.name)))
    return known


def nearest_facet(paper: Matrix, facets: Sequence[KnownFacet]) -> tuple[KnownFacet | None, float]:
    """The facet to which a vector belongs most, and how far, from 0 to 1."""
    belongs = [float(known.direction.membership(paper[None])[0]) for known in facets]
    best = max(range(len(facets)), key=belongs.__getitem__, default=None)
    return (None, 0.0) if best is None else (facets[best], belongs[best])


def _contains(longer: Phrase, phrase: Phrase) -> bool:
    """Whether two phrases are of the same words, or one is a part of the other that says no more."""
    return phrase == longer or (len(phrase) == len(longer) and are_alike(phrase, longer) and set(phrase) == set(longer))


def _plain(author: str) -> str:
    return " ".join(author.casefold().split())
