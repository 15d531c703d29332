"""Everything that is known of one paper, for its own page."""

from collections import defaultdict
from dataclasses import dataclass

from services.publisher.pages.cards import Card, build_cards
from services.publisher.ratings import Ratings
from services.publisher.records import PICKED, Library
from shared.store.links import Link
from shared.store.papers.documents import DocumentRecord
from shared.store.selections import Candidate


@dataclass(frozen=True)
class LinkedPaper:
    """The other end of a link; `is_outgoing` when the link starts at the page's paper."""

    paper_id: str
    title: str
    type: str
    evidence: str
    score: float
    is_outgoing: bool


@dataclass(frozen=True)
class PaperPage:
    """A paper with its records; `known` False: never harvested, and nothing else is known of it either."""

    card: Card
    known: bool
    links: dict[str, list[LinkedPaper]]
    outcomes: list[Candidate]
    document: DocumentRecord | None


def build_paper(library: Library, ratings: Ratings, paper_id: str, problems: dict[str, str] | None = None) -> PaperPage:
    """The page of a paper by its id without version."""
    outcomes = library.outcomes(paper_id)
    picks = [candidate for candidate in outcomes if candidate.outcome == PICKED][:1]
    (card,) = build_cards(library, ratings, [paper_id], picks=picks, problems=problems)
    return PaperPage(
        card=card,
        known=bool(card.paper or card.summary or outcomes),
        links=_linked(library, paper_id),
        outcomes=outcomes,
        document=library.document(paper_id, _read_version(card)),
    )


def _read_version(card: Card) -> int | None:
    """The version whose text the summary was made of; the newest where there is no summary."""
    return card.summary.made_by.document_version if card.summary else None


def _linked(library: Library, paper_id: str) -> dict[str, list[LinkedPaper]]:
    """Links by type, in words that hold for their direction."""
    links = library.links(paper_id)
    papers = library.papers({link.paper_id for link in links} | {link.other_id for link in links})
    groups: dict[str, list[LinkedPaper]] = defaultdict(list)
    for link in links:
        is_outgoing = link.paper_id == paper_id
        other = link.other_id if is_outgoing else link.paper_id
        title = papers[other].title if other in papers else f"arXiv:{other}"
        linked = LinkedPaper(other, title, link.type, link.evidence, link.score, is_outgoing)
        if linked.paper_id not in {known.paper_id for known in groups[relation(link, is_outgoing=is_outgoing)]}:
            groups[relation(link, is_outgoing=is_outgoing)].append(linked)
    return dict(groups)


_BACKWARDS = {
    "cites": "cited by",
    "extends": "extended by",
    "uses": "used by",
    "contradicts": "contradicted by",
    "compares": "compared in",
    "improves": "improved by",
}


def relation(link: Link, *, is_outgoing: bool) -> str:
    """`cites` seen from the other end is `cited by`; relations without a direction read the same both ways."""
    name = link.type.replace("_", " ")
    return name if is_outgoing else _BACKWARDS.get(link.type, name)
