"""One statement stands under one field: what two fields both say stays where it fits better.

Two claims are one statement where they share nearly all content words, where their vectors are as good as the same, or
where they rest on the same words of the paper and say nearly the same of them.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations

import numpy as np

from services.summarizer.evidence.wording import content_stems, has_stem, stem
from services.summarizer.vectors import Matrix
from shared.store.papers.summaries import Claim, FieldValue

_SAME_WORDS, _SAME_WORDS_OF_ONE_QUOTE = 0.8, 0.5
_SAME_MEANING, _SAME_MEANING_OF_ONE_QUOTE = 0.92, 0.8
_FEWEST_WORDS = 3
_MARKS = {
    "problem": "problem challenge difficult however remain unknown unclear lack limited "
    "expensive need gap bottleneck suffer open",
    "method": "propose present introduce develop design describe combine replace construct train algorithm framework "
    "model method approach architecture use derive formulate",
    "experiment": "experiment evaluate evaluation compare benchmark dataset data set baseline test simulation measure "
    "trial participants ablation",
    "result": "result outperform improve improvement achieve reach find found show faster higher lower percent "
    "accuracy reduce increase prove gain",
    "limitations": "limitation limited only assume future not cannot fail restricted remain caveat",
}  # fmt: skip
_SECTIONS = {
    "problem": ("introduction", "motivation", "background", "problem"),
    "method": ("method", "approach", "model", "algorithm", "framework", "architecture", "construction", "material"),
    "experiment": ("experiment", "evaluation", "setup", "set-up", "simulation", "data"),
    "result": ("result", "finding", "conclusion", "discussion", "performance"),
    "limitations": ("limitation", "future", "threats", "discussion"),
}
_SECTION_WEIGHT, _MARK_WEIGHT, _MOST_MARKS = 0.3, 0.1, 3


@dataclass(frozen=True)
class Statement:
    """A claim at its place: the number of its field, its number there, and the number of its row of vectors."""

    field_number: int
    number: int
    row: int
    name: str
    claim: Claim
    stems: frozenset[str] = field(default_factory=frozenset)


@dataclass(frozen=True)
class Repeat:
    """A statement that stands under two fields; `dropped` is where it fits less well."""

    dropped: Statement
    kept: Statement


def statements_of(fields: Sequence[FieldValue]) -> list[Statement]:
    """Every claim, in order."""
    numbered = ((i, j, value.name, claim) for i, value in enumerate(fields) for j, claim in enumerate(value.claims))
    return [
        Statement(i, j, row, name, claim, frozenset(content_stems(claim.text)))
        for row, (i, j, name, claim) in enumerate(numbered)
    ]


def repeats(
    statements: Sequence[Statement],
    vectors: Matrix | None = None,
    instructions: Mapping[str, int] | None = None,
) -> Iterator[Repeat]:
    """Statements that stand under two fields, each dropped once; `instructions` are the rows of the fields' own."""
    dropped: set[int] = set()
    for one, other in combinations(statements, 2):
        if one.field_number == other.field_number or {one.row, other.row} & dropped:
            continue
        if is_same(one, other, vectors):
            kept, gone = sorted((one, other), key=lambda each: -fit(each, vectors, instructions or {}))
            dropped.add(gone.row)
            yield Repeat(gone, kept)


def echoes(leads: Sequence[Statement], statements: Sequence[Statement]) -> Iterator[Repeat]:
    """Sentences that should sum up and only say a field's statement over again, in the same words."""
    for lead in leads:
        for other in statements:
            if len(lead.stems) >= _FEWEST_WORDS and lead.stems == other.stems:
                yield Repeat(lead, other)
                break


def is_same(one: Statement, other: Statement, vectors: Matrix | None = None) -> bool:
    """Whether two claims are one statement."""
    if one.claim.text.casefold() == other.claim.text.casefold():
        return True
    if min(len(one.stems), len(other.stems)) < _FEWEST_WORDS:
        return False
    on_one_quote = _share_a_quote(one.claim, other.claim)
    needed = _SAME_WORDS_OF_ONE_QUOTE if on_one_quote else _SAME_WORDS
    if _shared(one.stems, other.stems) >= needed and _figures(one) == _figures(other):
        return True
    least = _SAME_MEANING_OF_ONE_QUOTE if on_one_quote else _SAME_MEANING
    return vectors is not None and _figures(one) == _figures(other) and _cosine(one.row, other.row, vectors) >= least


def fit(statement: Statement, vectors: Matrix | None, instructions: Mapping[str, int]) -> float:
    """How well a claim fits its field: the sections of its quotes, words that mark a role, the field's instruction."""
    name = statement.name
    titles = " ".join(quote.section.casefold() for quote in statement.claim.quotes)
    in_section = any(word in titles for word in _SECTIONS.get(name, (name,)))
    marks = _all_stems(_MARKS.get(name, name.replace("_", " ")))
    marked = min(_MOST_MARKS, len(marks & _all_stems(statement.claim.text)))
    near = _cosine(statement.row, instructions[name], vectors) if vectors is not None and name in instructions else 0.0
    return _SECTION_WEIGHT * in_section + _MARK_WEIGHT * marked + near


def _all_stems(text: str) -> frozenset[str]:
    """Stems of all words, those that any paper has with them: they are what marks a role."""
    return frozenset(stem(word) for word in re.findall(r"[a-z]{3,}", text.casefold()))


def _shared(one: frozenset[str], other: frozenset[str]) -> float:
    """The part of both sets of words that is common (Jaccard)."""
    common = sum(has_stem(word, other) for word in one)
    return common / max(1, len(one) + len(other) - common)


def _share_a_quote(one: Claim, other: Claim) -> bool:
    theirs = {quote.text for quote in other.quotes if quote.found}
    return any(quote.text in theirs for quote in one.quotes if quote.found)


def _figures(statement: Statement) -> frozenset[str]:
    return frozenset("".join(char if char.isdigit() else " " for char in statement.claim.text).split())


def _cosine(one: int, other: int, vectors: Matrix) -> float:
    return float(np.dot(vectors[one], vectors[other]))
