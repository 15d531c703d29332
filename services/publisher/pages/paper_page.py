"""One paper's page: its metadata, summary, links, versions and history."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple

from services.publisher.finding.new_to_you.novelty import with_novelty
from services.publisher.pages.cards import LEAD, Card, build_cards
from services.publisher.pages.linked_papers import LinkedPaper, LinkGroup, link_groups, other_ends, withdrawn_among
from services.publisher.paper.rating_history import RatingHistory, history_of
from services.publisher.paper.reading_progress import Step, reading_steps
from services.publisher.paper.results.paper_results import PaperResultsPart, results_part
from services.publisher.paper.revisions.cited_since import withdrawn_papers
from services.publisher.paper.revisions.paper_revision import PaperRevision, paper_revision
from services.publisher.paper.versions import Versions, versions_of
from services.publisher.records.ratings import Ratings
from services.publisher.records.records import PICKED, Records
from shared.store.papers.documents import DocumentRecord
from shared.store.selections import Candidate

_NOT_MISSED = (LEAD, "further_thoughts", "institutions")
"""What sums up, what a model adds by itself, and what many papers leave out: nobody misses them."""


class AbstractPart(NamedTuple):
    """A sentence of the abstract and its role; empty for what has none."""

    text: str
    role: str


@dataclass(frozen=True)
class PaperPage:
    """A paper with its records; `is_stored` False: never harvested, and there is no other record of it.

    `steps` say how far its reading has come, where it is being read; `unstated` are fields that the paper leaves open.
    """

    card: Card
    is_stored: bool
    links: list[LinkGroup]
    outcomes: list[Candidate]
    document: DocumentRecord | None
    abstract: list[AbstractPart]
    versions: Versions
    steps: list[Step]
    history: RatingHistory
    revision: PaperRevision | None = None
    cites_withdrawn: tuple[LinkedPaper, ...] = ()
    results: PaperResultsPart | None = None

    @property
    def unstated(self) -> list[str]:
        fields = self.card.summary.fields if self.card.summary else ()
        return [field.name for field in fields if not field.claims and field.name not in _NOT_MISSED]


def build_paper(
    records: Records,
    ratings: Ratings,
    paper_id: str,
    problems: Mapping[str, str],
    requested_at: datetime | None = None,
    note: str = "",
) -> PaperPage:
    """The page of a paper by its id without version.

    `problems` by paper id, `requested_at` of a pending reading, `note` the person's own.
    """
    outcomes = records.outcomes(paper_id)
    picks = [candidate for candidate in outcomes if candidate.outcome == PICKED][:1]
    cards = build_cards(records, ratings, [paper_id], picks=picks, problems=problems)
    (card,) = with_novelty(records, ratings, cards)
    versions = versions_of(card.paper, card.summary, records.documents.text_versions(paper_id))
    revision = paper_revision(records, paper_id, card.summary, versions, note)
    card = replace(card, gone=revision.gone) if revision else card
    links = _linked(records, paper_id)
    is_read_now = requested_at is not None or card.is_being_summarised
    return PaperPage(
        card=card,
        is_stored=bool(card.paper or card.summary or outcomes),
        links=links,
        outcomes=outcomes,
        document=records.documents.record(paper_id, _summarised_version(card)),
        abstract=abstract_parts(card),
        versions=versions,
        steps=reading_steps(records, paper_id, outcomes, requested_at) if is_read_now else [],
        history=history_of(ratings.history(paper_id)),
        revision=revision,
        cites_withdrawn=withdrawn_among(links),
        results=results_part(records, paper_id),
    )


def abstract_parts(card: Card) -> list[AbstractPart]:
    """The abstract cut at sentences with a role; nothing where none is known, or the abstract changed."""
    roles = sorted(card.summary.abstract_roles, key=lambda part: part.start) if card.summary else []
    text = card.paper.abstract if card.paper else ""
    parts: list[AbstractPart] = []
    position = 0
    for part in roles:
        if not position <= part.start < part.end <= len(text):
            return []
        parts += [AbstractPart(text[position : part.start], ""), AbstractPart(text[part.start : part.end], part.role)]
        position = part.end
    whole = [*parts, AbstractPart(text[position:], "")] if parts else []
    return [part for part in whole if part.text.strip()]


def _summarised_version(card: Card) -> int | None:
    """The version from whose text the summary was made; None (the newest) where there is no summary."""
    return card.summary.made_by.document_version if card.summary else None


def _linked(records: Records, paper_id: str) -> list[LinkGroup]:
    links = records.links(paper_id)
    others = other_ends(paper_id, links)
    return link_groups(paper_id, links, records.papers(others), withdrawn_papers(records, others))
