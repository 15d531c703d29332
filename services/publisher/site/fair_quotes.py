"""A summary with quotes of fair length: each is cut, and there is an end to how much one paper is quoted.

Where no model wrote, the claims are the paper's own sentences and count as quotes.
"""

from dataclasses import dataclass

from services.publisher.rendering.safe_html import first_words
from shared.store.papers.summaries import Claim, FieldValue, Quote, Summary


@dataclass(frozen=True)
class QuoteLimits:
    """In characters: the longest quote, and all quotes of one paper together."""

    each: int
    together: int


@dataclass
class _Room:
    limits: QuoteLimits
    left: int

    def take(self, text: str) -> str:
        """The text as it may be quoted; empty where there is no room left."""
        cut = first_words(text, self.limits.each) if self.limits.each else ""
        if not cut or len(cut) > self.left:
            return ""
        self.left -= len(cut)
        return cut


def with_fair_quotes(summary: Summary, limits: QuoteLimits) -> Summary:
    """The same summary with its quotes cut, the first ones kept."""
    room = _Room(limits, limits.together)
    fields = tuple(_field(value, room, is_quoted=summary.mode == "extractive") for value in summary.fields)
    return summary.model_copy(update={"fields": fields})


def _field(value: FieldValue, room: _Room, *, is_quoted: bool) -> FieldValue:
    claims = (_quoted_claim(claim, room) if is_quoted else _claim(claim, room) for claim in value.claims)
    return value.model_copy(update={"claims": tuple(claim for claim in claims if claim.text)})


def _claim(claim: Claim, room: _Room) -> Claim:
    """A quote that only repeats the claim, or finds no room, loses its words; whether it was found stays known."""
    quotes = tuple(_quote(quote, room, is_repeated=quote.text == claim.text) for quote in claim.quotes)
    return claim if quotes == claim.quotes else claim.model_copy(update={"quotes": quotes})


def _quoted_claim(claim: Claim, room: _Room) -> Claim:
    """The sentence itself is taken first, because its quotes are mostly the same words again."""
    text = room.take(claim.text)
    repeated = tuple(quote.model_copy(update={"text": ""}) for quote in claim.quotes if quote.text == claim.text)
    others = tuple(_quote(quote, room, is_repeated=False) for quote in claim.quotes if quote.text != claim.text)
    return claim.model_copy(update={"text": text, "quotes": (*repeated, *others) if text else ()})


def _quote(quote: Quote, room: _Room, *, is_repeated: bool) -> Quote:
    text = "" if is_repeated else room.take(quote.text)
    return quote if text == quote.text else quote.model_copy(update={"text": text})
