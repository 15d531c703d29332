"""Papers that arXiv's own search found and that are not stored here."""

from dataclasses import replace

from services.publisher.pages.cards import Card
from shared.contracts import FoundPaper, Hit
from shared.store.papers.metadata import Paper


def with_metadata(card: Card, hit: Hit) -> Card:
    """The card of a paper that is not stored, with the metadata that arXiv's search gave."""
    return replace(card, paper=paper_of(hit.unknown)) if card.paper is None and hit.unknown else card


def paper_of(hit: FoundPaper) -> Paper:
    """A paper found by arXiv's own search, as if it were stored."""
    return Paper(
        hit.paper_id,
        1,
        hit.title,
        hit.abstract,
        hit.authors,
        hit.categories,
        next(iter(hit.categories), ""),
        hit.published_at,
        hit.published_at,
    )
