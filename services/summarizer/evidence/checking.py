"""The claims of a summary against the text of its paper."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from services.summarizer.text.passages import Passage
from services.summarizer.text.quotes import Quotes
from services.summarizer.vectors import Encoder
from shared.store.summaries import FieldValue, Verification


@dataclass(frozen=True)
class CheckedDocument:
    """What quotes are looked up in: the plain passages, and the Markdown that offsets count in (empty: none)."""

    passages: tuple[Passage, ...]
    markdown: str = ""


@dataclass(frozen=True)
class FieldRule:
    """What a field asks of its claims."""

    evidence: bool = True
    instruction: str = ""


@dataclass(frozen=True)
class Problem:
    """A sentence that tells a model what to mend. One that is to be sent back `once` is only marked after that."""

    field: str
    text: str
    once: bool = False


@dataclass(frozen=True)
class Checked:
    """The fields with quotes as the paper has them, and what is wrong with them."""

    fields: tuple[FieldValue, ...]
    problems: tuple[Problem, ...] = ()


async def check(
    fields: Sequence[FieldValue],
    document: CheckedDocument,
    encoder: Encoder | None = None,
    rules: Mapping[str, FieldRule] | None = None,
    *,
    language: str = "en",
) -> Checked:
    """Look up every quote of the fields that need evidence."""
    quotes, rules = Quotes(document.passages), rules or {}
    checked = tuple(quotes.check(value) for value in fields)
    problems = [
        Problem(value.name, f"Not in the paper: the quote of field {value.name}: {quote.text!r}")
        for value in checked
        if rules.get(value.name, FieldRule()).evidence
        for claim in value.claims
        for quote in claim.quotes
        if not quote.found
    ]
    return Checked(checked, tuple(problems))


def verification_of(fields: Sequence[FieldValue]) -> Verification:
    """The counts of claims and quotes."""
    claims = [claim for value in fields for claim in value.claims]
    quotes = [quote for claim in claims for quote in claim.quotes]
    return Verification(
        claims=len(claims),
        weak=sum(bool(claim.weak) for claim in claims),
        quotes=len(quotes),
        found=sum(quote.found for quote in quotes),
    )
