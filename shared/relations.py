"""What a link between two papers says, in words, seen from either end."""

from collections.abc import Iterable
from typing import Literal, NamedTuple

from shared.store.papers.links import Link
from shared.store.papers.summaries import Quote

Direction = Literal["outgoing", "incoming", "both"]


class Relation(NamedTuple):
    """A relation's words from the paper it starts at, and from the other; the same words where it has no direction."""

    forwards: str
    backwards: str

    @property
    def is_symmetric(self) -> bool:
        return self.forwards == self.backwards


RELATIONS = {
    "extends": Relation("extends", "extended by"),
    "improves": Relation("improves on", "improved on by"),
    "uses_method_of": Relation("uses the method of", "its method is used by"),
    "applies_to": Relation("can be applied to", "methods that can be applied here"),
    "contradicts": Relation("contradicts", "contradicted by"),
    "compares_with": Relation("compares with", "compared in"),
    "same_problem": Relation("same problem", "same problem"),
    "cites": Relation("cites", "cited by"),
    "similar_problem": Relation("similar problem", "similar problem"),
    "similar_method": Relation("similar method", "similar method"),
    "similar": Relation("similar", "similar"),
}
"""Every relation that is written, in the order in which a page lists them."""

_PLACES = {name: place for place, name in enumerate(RELATIONS)}
_OF_EARLIER_VERSIONS = {
    "uses": Relation("uses", "used by"),
    "compares": Relation("compares", "compared in"),
}


class SeenLink(NamedTuple):
    """A link as one of its papers sees it: `quote` is of that paper, `other_quote` of the other."""

    other_id: str
    relation: str
    direction: Direction
    words: str
    score: float
    confidence: float
    evidence: str
    quote: Quote | None
    other_quote: Quote | None


def relation_words(name: str) -> Relation:
    """The words of a relation; an unknown one is spelt out and reads the same both ways."""
    plain = name.replace("_", " ")
    return RELATIONS.get(name) or _OF_EARLIER_VERSIONS.get(name) or Relation(plain, plain)


def is_relation(name: str) -> bool:
    """Whether a relation is one that was ever written."""
    return name in RELATIONS or name in _OF_EARLIER_VERSIONS


def seen_from(paper_id: str, links: Iterable[Link]) -> list[SeenLink]:
    """The links as a paper sees them, surest first, each other paper once a relation and direction."""
    best: dict[tuple[str, str, Direction], SeenLink] = {}
    for seen in sorted((_seen(paper_id, link) for link in links), key=_surest_first):
        best.setdefault((seen.other_id, seen.relation, seen.direction), seen)
    return list(best.values())


def _surest_first(seen: SeenLink) -> tuple[float, float, int, str]:
    return -seen.confidence, -seen.score, _PLACES.get(seen.relation, len(_PLACES)), seen.other_id


def _seen(paper_id: str, link: Link) -> SeenLink:
    is_own = link.paper_id == paper_id
    words = relation_words(link.type)
    starts_here = is_own != link.is_reversed
    direction: Direction = "both" if words.is_symmetric else "outgoing" if starts_here else "incoming"
    quotes = (link.quote, link.other_quote) if is_own else (link.other_quote, link.quote)
    return SeenLink(
        other_id=link.other_id if is_own else link.paper_id,
        relation=link.type,
        direction=direction,
        words=words.forwards if starts_here else words.backwards,
        score=link.score,
        confidence=link.score if link.confidence is None else link.confidence,
        evidence=link.evidence,
        quote=quotes[0],
        other_quote=quotes[1],
    )
