"""The check of a summary's fields: quotes looked up, claims that do not follow marked, statements under one field only.

Nothing here asks a model. What a model could mend is told as problems; whoever asks again checks the answer again.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from services.summarizer.evidence.places import Places
from services.summarizer.evidence.plain_answers import plain_answer
from services.summarizer.evidence.quotes import Quotes, is_too_short
from services.summarizer.evidence.statements import Repeat, Statement, echoes, repeats, statements_of
from services.summarizer.evidence.support import Support, by_meaning, by_signs, nearest_cosine
from services.summarizer.text.passages import Passage
from services.summarizer.vectors import Encoder, Matrix
from shared.store.papers.summaries import Claim, FieldValue, Quote, Verification

LEAD = "one_sentence_summary"
"""It condenses the other fields, so it may say what they say, but not in the very words of one."""
_LONGEST_STATEMENT, _LONGEST_QUOTE = 600, 1_200
_MOST_PROBLEMS = 12
NOT_FOUND = "its quote is not in the text"
TOO_SHORT = "its quote is too short to prove it"
NO_QUOTE = "it has no quote"


@dataclass(frozen=True)
class CheckedDocument:
    """What quotes are looked up in. `markdown` is that of `DocumentStore.markdown`, for the places of quotes.

    Without it, and for quotes of the metadata's abstract alone, there are no places.
    """

    passages: tuple[Passage, ...]
    markdown: str = ""


@dataclass(frozen=True)
class FieldRule:
    """What a field asks of its claims; `instruction` tells which of two fields a statement fits better."""

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
    """The fields with quotes as the paper has them, their places, and marks; repeated statements are left out."""

    fields: tuple[FieldValue, ...]
    problems: tuple[Problem, ...] = ()
    verification: Verification = field(default_factory=Verification)

    def to_mend(self, rounds: int) -> tuple[str, ...]:
        """What to send back after so many repairs; what does not follow, or is said twice, is sent back once."""
        return tuple(problem.text for problem in self.problems if not (problem.once and rounds))[:_MOST_PROBLEMS]


async def check(
    fields: Sequence[FieldValue],
    document: CheckedDocument,
    encoder: Encoder | None = None,
    rules: Mapping[str, FieldRule] | None = None,
    *,
    language: str = "en",
) -> Checked:
    """Check every claim; without vectors words decide alone. `language` is that of the claims.

    A field without a rule needs evidence. Claims of fields that need none are made plain and not looked at further.
    """
    rules = rules or {}
    looked_up = await asyncio.to_thread(_looked_up, fields, document, rules)
    statements = [each for each in statements_of(looked_up) if looked_up[each.field_number].evidence]
    signs = await asyncio.to_thread(_supports_by_signs, statements, looked_up, language)
    vectors = await _vectors(statements, signs, encoder, rules)
    supports = [support or _by_vectors(each, vectors) for each, support in zip(statements, signs, strict=True)]
    told = [each for each in statements if each.name != LEAD and looked_up[each.field_number].kind == "text"]
    leads = [each for each in statements if each.name == LEAD]
    repeated = [*repeats(told, vectors.claims, vectors.instructions), *echoes(leads, told)]
    marked = _marked(
        looked_up, statements, supports, {(each.dropped.field_number, each.dropped.number) for each in repeated}
    )
    problems = (*_problems(statements, supports), *map(_said_twice, repeated))
    return Checked(marked, problems, verification_of(marked))


def verification_of(fields: Sequence[FieldValue]) -> Verification:
    """The counts of claims and quotes in fields that need evidence."""
    claims = [claim for value in fields if value.evidence for claim in value.claims]
    quotes = [quote for claim in claims for quote in claim.quotes]
    return Verification(
        claims=len(claims),
        weak=sum(bool(claim.weak) for claim in claims),
        unchecked=sum(claim.numbers_only for claim in claims),
        quotes=len(quotes),
        found=sum(quote.found for quote in quotes),
    )


def _looked_up(
    fields: Sequence[FieldValue], document: CheckedDocument, rules: Mapping[str, FieldRule]
) -> tuple[FieldValue, ...]:
    quotes, places = Quotes(document.passages), Places(document.markdown)
    return tuple(_field(value, rules.get(value.name, FieldRule()), quotes, places) for value in fields)


def _field(value: FieldValue, rule: FieldRule, quotes: Quotes, places: Places) -> FieldValue:
    claims = (_claim(claim, quotes, places) for claim in value.claims)
    kept = tuple(claim for claim in claims if claim.text)
    return value.model_copy(update={"claims": kept, "evidence": rule.evidence})


def _claim(claim: Claim, quotes: Quotes, places: Places) -> Claim:
    found = (_quote(quote, quotes, places) for quote in claim.quotes if quote.text.strip())
    kept = {(quote.text, quote.section): quote for quote in found if quote.text}
    text = plain_answer(claim.text, _LONGEST_STATEMENT)
    return claim.model_copy(update={"text": text, "quotes": tuple(kept.values()), "weak": ""})


def _quote(quote: Quote, quotes: Quotes, places: Places) -> Quote:
    match = quotes.find(quote.text[:_LONGEST_QUOTE])
    if match is None:
        return Quote(text=plain_answer(quote.text, _LONGEST_QUOTE), found=False)
    place = places.find(match.text, match.section)
    start, end = place if place else (None, None)
    return Quote(text=match.text, section=match.section, start=start, end=end)


def _supports_by_signs(
    statements: Sequence[Statement], fields: Sequence[FieldValue], language: str
) -> list[Support | None]:
    """What can be told without vectors. One of the words that a choice allows need not stand in its quote."""
    return [
        _by_quotes(each.claim)
        or (Support() if fields[each.field_number].kind == "choice" else None)
        or by_signs(each.claim.text, _found(each.claim), language)
        for each in statements
    ]


def _by_quotes(claim: Claim) -> Support | None:
    """Why there is nothing that a claim could follow from."""
    if _found(claim):
        return None
    if not claim.quotes:
        return Support(NO_QUOTE)
    return Support(TOO_SHORT if all(is_too_short(quote.text) for quote in claim.quotes) else NOT_FOUND)


def _found(claim: Claim) -> list[str]:
    return [quote.text for quote in claim.quotes if quote.found]


@dataclass(frozen=True)
class _Vectors:
    """Rows of the claims in their order, rows of the fields' instructions, and of quotes by their text."""

    claims: Matrix | None = None
    instructions: dict[str, int] = field(default_factory=dict)
    quotes: dict[str, int] = field(default_factory=dict)


async def _vectors(
    statements: Sequence[Statement],
    supports: Sequence[Support | None],
    encoder: Encoder | None,
    rules: Mapping[str, FieldRule],
) -> _Vectors:
    """All that has to be compared, encoded in one request; `_Vectors()` where the embedder does not answer."""
    if encoder is None or not statements:
        return _Vectors()
    texts = [""] * (1 + max(each.row for each in statements))
    for each in statements:
        texts[each.row] = each.claim.text
    pairs = zip(statements, supports, strict=True)
    undecided = dict.fromkeys(text for each, support in pairs if support is None for text in _found(each.claim))
    asked = {each.name: rules[each.name].instruction for each in statements if each.name in rules}
    asked = {name: instruction for name, instruction in asked.items() if instruction}
    matrix = await encoder.encode([*texts, *undecided, *asked.values()])
    if matrix is None:
        return _Vectors()
    quotes = {text: len(texts) + i for i, text in enumerate(undecided)}
    return _Vectors(matrix, {name: len(texts) + len(quotes) + i for i, name in enumerate(asked)}, quotes)


def _by_vectors(statement: Statement, vectors: _Vectors) -> Support:
    quotes = _found(statement.claim)
    if vectors.claims is None:
        return by_meaning(statement.claim.text, quotes, None)
    rows = [vectors.quotes[quote] for quote in quotes]
    return by_meaning(statement.claim.text, quotes, nearest_cosine(statement.row, rows, vectors.claims))


def _marked(
    fields: Sequence[FieldValue],
    statements: Sequence[Statement],
    supports: Sequence[Support],
    dropped: set[tuple[int, int]],
) -> tuple[FieldValue, ...]:
    marks = {(each.field_number, each.number): support for each, support in zip(statements, supports, strict=True)}
    return tuple(
        value.model_copy(
            update={
                "claims": tuple(
                    _with_mark(claim, marks.get((i, j), Support()))
                    for j, claim in enumerate(value.claims)
                    if (i, j) not in dropped
                )
            }
        )
        for i, value in enumerate(fields)
    )


def _with_mark(claim: Claim, support: Support) -> Claim:
    return claim.model_copy(update={"weak": support.why, "numbers_only": not support.by_meaning})


def _problems(statements: Sequence[Statement], supports: Sequence[Support]) -> tuple[Problem, ...]:
    missing = [
        Problem(each.name, f"Not in the paper: the quote of field {each.name}: {quote.text!r}")
        for each in statements
        for quote in each.claim.quotes
        if not quote.found and not is_too_short(quote.text)
    ]
    weak = [
        Problem(each.name, _weakness(each, support.why), once=bool(_found(each.claim)))
        for each, support in zip(statements, supports, strict=True)
        if support.why and support.why != NOT_FOUND
    ]
    return (*missing, *weak)


def _weakness(statement: Statement, why: str) -> str:
    return (
        f"Does not follow: field {statement.name} claims {statement.claim.text!r}, but {why}. Give a statement that "
        "its quote proves, or a passage that proves it, or leave it out."
    )


def _said_twice(repeat: Repeat) -> Problem:
    text = (
        f"Said twice: field {repeat.dropped.name} repeats field {repeat.kept.name}: {repeat.dropped.claim.text!r}. "
        f"Give another statement for {repeat.dropped.name}, or none."
    )
    return Problem(repeat.dropped.name, text, once=True)
