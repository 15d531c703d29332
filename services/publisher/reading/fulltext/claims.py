"""The claims of a summary beside the text, each with the address of the sentence that it rests on."""

from collections.abc import Iterator
from dataclasses import dataclass

from services.publisher.pages.cards import field_label, in_order
from shared.store.papers.summaries import Claim, Quote, Summary


@dataclass(frozen=True)
class ListedClaim:
    """`name` is the claim's address, as in `method-2`: the field and the claim's number in it.

    `quote` is the one that is opened; `is_shown` marks the claim whose quote the page shows.
    """

    name: str
    label: str
    claim: Claim
    quote: Quote
    is_shown: bool = False

    @property
    def has_place(self) -> bool:
        return self.quote.start is not None and self.quote.end is not None


def claims_of(summary: Summary | None) -> Iterator[ListedClaim]:
    """The claims that rest on words of the paper, in the order of the paper's page."""
    for value in in_order(summary.fields) if summary else ():
        for number, claim in enumerate(value.claims, start=1):
            quote = next((quote for quote in claim.quotes if quote.found and quote.text), None)
            if quote is not None:
                yield ListedClaim(f"{value.name}-{number}", field_label(value.name), claim, quote)


def claim_at(summary: Summary | None, start: int, end: int) -> str:
    """The name of the claim that quotes these characters; empty where none does."""
    return next((listed.name for listed in claims_of(summary) if (start, end) in _places(listed.claim)), "")


def _places(claim: Claim) -> set[tuple[int | None, int | None]]:
    return {(quote.start, quote.end) for quote in claim.quotes}
