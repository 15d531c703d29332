"""Does a claim follow from its quotes? Its numbers, its negations, its words and, where words differ, its meaning.

Every number of the claim must stand in a quote; the claim must not turn a quote round; and then it must share its
content words with the quotes or be near them by vectors. The thresholds are those that tell the pairs of
`tests/bench/reading/claim_pairs.jsonl` apart (`python -m tests.bench.reading.bench_claims`). It is a check of signs, no
proof.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from services.summarizer.evidence.numbers import missing_numbers
from services.summarizer.evidence.opposites import turns_round
from services.summarizer.evidence.quotes import words_of
from services.summarizer.evidence.wording import is_english, shared_part
from services.summarizer.vectors import Matrix

WORDS_ALONE = 0.67
"""The part of a claim's content words from which no vector is asked."""
WORDS_WITHOUT_VECTORS = 0.34
"""The same where there are no vectors."""
LEAST_COSINE = 0.4
MEANING_AND_WORDS = 0.67
"""The least cosine plus half the part of shared words."""


@dataclass(frozen=True)
class Support:
    """`why` says in words for the reader why a claim does not follow from its quotes; empty where it does.

    `by_meaning` is False where only numbers could be compared, because the languages differ.
    """

    why: str = ""
    by_meaning: bool = True


def by_signs(claim: str, quotes: Sequence[str], language: str = "en") -> Support | None:
    """What numbers, negations and words decide; None where vectors are needed to tell."""
    if any(words_of(claim) == words_of(quote) for quote in quotes):
        return Support()
    is_translated = language not in ("en", "any") or not all(map(is_english, (claim, *quotes)))
    missing = missing_numbers(claim, quotes, is_translated=is_translated)
    if missing:
        numbers = ", ".join(f"“{number}”" for number in missing[:3])
        return Support(f"{numbers} {'is' if len(missing) == 1 else 'are'} not in its {_quotes(quotes)}")
    if is_translated:
        return Support(by_meaning=False)
    if any(turns_round(claim, quote) for quote in quotes):
        return Support(f"its {_quotes(quotes)} may say the opposite")
    shared = shared_part(claim, quotes)
    return Support() if shared is None or shared >= WORDS_ALONE else None


def by_meaning(claim: str, quotes: Sequence[str], cosine: float | None) -> Support:
    """What vectors decide; without them (None) the shared words do."""
    shared = shared_part(claim, quotes) or 0.0
    if cosine is None:
        follows = shared >= WORDS_WITHOUT_VECTORS
    else:
        follows = cosine >= LEAST_COSINE and cosine + shared / 2 >= MEANING_AND_WORDS
    return Support() if follows else Support(f"its {_quotes(quotes)} {_speak(quotes)} of something else")


def nearest_cosine(claim: int, quotes: Sequence[int], vectors: Matrix) -> float:
    """The cosine of row `claim` to the nearest of the rows of its quotes; vectors are unit rows."""
    return max((float(vectors[claim] @ vectors[quote]) for quote in quotes), default=0.0)


def _quotes(quotes: Sequence[str]) -> str:
    return "quote" if len(quotes) == 1 else "quotes"


def _speak(quotes: Sequence[str]) -> str:
    return "speaks" if len(quotes) == 1 else "speak"
