"""The links of a paper as its page shows them: by relation, in the words of the paper's end."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from shared.paper_labels import paper_label
from shared.relations import RELATIONS, SeenLink, relation_words, seen_from
from shared.store.papers.links import Link
from shared.store.papers.metadata import Paper
from shared.store.papers.summaries import Quote

_SHOWN = 12
_ORDER = {name: place for place, name in enumerate(RELATIONS)}
_RESTING = ("cites", "extends", "improves", "uses_method_of", "uses")
_CERTAIN = 0.995
_SIMILARITIES = ("cosine similarity", "similarity")
"""How evidence begins that is a cosine of two vectors; earlier versions wrote the second."""


@dataclass(frozen=True)
class LinkedPaper:
    """The other end of a link; `is_stored` False: only arXiv has it. `quote` is of the page's paper.

    `rests_on_it`: the page's paper cites it, or builds on it in another way.
    """

    paper_id: str
    title: str
    is_stored: bool
    evidence: str
    confidence: float
    quote: Quote | None
    other_quote: Quote | None
    is_withdrawn: bool = False
    rests_on_it: bool = False

    @property
    def confidence_words(self) -> str:
        """Empty where there is no doubt, as with a citation, and where the evidence is that very number."""
        says_enough = self.confidence >= _CERTAIN or self.evidence.startswith(_SIMILARITIES)
        return "" if says_enough else f"confidence {100 * self.confidence:.0f}%"


@dataclass(frozen=True)
class LinkGroup:
    """The papers of one relation; `more` are those beyond the first dozen."""

    name: str
    shown: list[LinkedPaper]
    more: list[LinkedPaper]


def other_ends(paper_id: str, links: Iterable[Link]) -> set[str]:
    return {link.other_id if link.paper_id == paper_id else link.paper_id for link in links}


def link_groups(
    paper_id: str, links: Iterable[Link], papers: Mapping[str, Paper], withdrawn: Collection[str] = ()
) -> list[LinkGroup]:
    """The groups, the relations that say most first; within one the surest links, then papers that are here.

    `withdrawn` are papers at the other ends that their authors took back.
    """
    groups: dict[tuple[int, str], list[LinkedPaper]] = {}
    for seen in seen_from(paper_id, links):
        place = 2 * _ORDER.get(seen.relation, len(_ORDER)) + (seen.direction == "incoming")
        groups.setdefault((place, seen.words), []).append(_linked(seen, papers, withdrawn))
    return [_group(name, groups[place, name]) for place, name in sorted(groups)]


def relation(link: Link, *, is_outgoing: bool) -> str:
    """`cites` seen from the other end is `cited by`; relations without a direction read the same both ways."""
    words = relation_words(link.type)
    return words.forwards if is_outgoing != link.is_reversed else words.backwards


def _group(name: str, papers: list[LinkedPaper]) -> LinkGroup:
    """Papers that are here come first among equals: they are of the reader's library."""
    ordered = sorted(papers, key=lambda paper: (-paper.confidence, not paper.is_stored))
    return LinkGroup(name, ordered[:_SHOWN], ordered[_SHOWN:])


def _linked(seen: SeenLink, papers: Mapping[str, Paper], withdrawn: Collection[str]) -> LinkedPaper:
    paper = papers.get(seen.other_id)
    quote = seen.quote if seen.quote and seen.quote.text != seen.evidence else None
    other = seen.other_quote if seen.other_quote and seen.other_quote.text != seen.evidence else None
    title = paper.title if paper else paper_label(seen.other_id)
    return LinkedPaper(
        seen.other_id,
        title,
        paper is not None,
        seen.evidence,
        seen.confidence,
        quote,
        other,
        is_withdrawn=seen.other_id in withdrawn,
        rests_on_it=seen.relation in _RESTING and seen.direction == "outgoing",
    )


def withdrawn_among(groups: Iterable[LinkGroup]) -> tuple[LinkedPaper, ...]:
    """The withdrawn papers on which the page's paper rests, each once."""
    linked = (paper for group in groups for paper in (*group.shown, *group.more))
    return tuple({paper.paper_id: paper for paper in linked if paper.is_withdrawn and paper.rests_on_it}.values())
