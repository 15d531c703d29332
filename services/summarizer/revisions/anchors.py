"""Quotes looked up again in a newer text: letter by letter, word by word, then as the sentence that it became.

A sentence counts as the same one with other words only where its numbers stayed, and nothing was negated or turned
round: else the claim that rests on it needs a look, which is what this is for.
"""

from collections import Counter
from collections.abc import Iterable, Sequence

from services.summarizer.evidence.opposites import turns_round
from services.summarizer.evidence.places import Places
from services.summarizer.evidence.quotes import Quotes, words_of
from services.summarizer.revisions.changed_numbers import changed_numbers
from services.summarizer.revisions.comparable import tokens_of
from services.summarizer.revisions.pairing import likeness
from services.summarizer.revisions.units import Unit, sections_of
from services.summarizer.text.passages import passages_of
from shared.store.papers.documents import Section
from shared.store.papers.revisions import AnchoredQuote, QuoteFate
from shared.store.papers.summaries import Quote, Summary
from shared.text.stop_words import FUNCTION_WORDS

_ALIKE = 0.8
_NEGATIONS = (
    "no",
    "not",
    "never",
    "nor",
    "none",
    "neither",
    "without",
    "cannot",
    "hardly",
    "barely",
    "unable",
    "fails",
    "lacks",
)
_RELATIONS = {
    "<": "<", ">": ">", "≤": "≤", "≥": "≥", "\\lt": "<", "\\gt": ">", "\\le": "≤", "\\leq": "≤", "\\leqslant": "≤",
    "\\ge": "≥", "\\geq": "≥", "\\geqslant": "≥", "\\ll": "≪", "\\gg": "≫", "%": "%",
}  # fmt: skip
_UPWARDS = frozenset(
    {
        *("least", "more", "higher", "larger", "greater", "faster", "better", "above"),
        *("increase", "increases", "increased", "exceeds"),
    }
)
_DOWNWARDS = frozenset(
    {
        *("most", "less", "fewer", "lower", "smaller", "slower", "worse", "below"),
        *("decrease", "decreases", "decreased"),
    }
)
_MOST_TEXT = 600


class Anchors:
    """The searchable text of the newer version; `sections` are those of its document, `abstract` that of arXiv."""

    def __init__(self, markdown: str, sections: Sequence[Section], abstract: str) -> None:
        self._markdown = markdown
        self._places = Places(markdown)
        self._quotes = Quotes(passages_of(sections, abstract))
        self._units = [unit for section in sections_of(markdown) for unit in section.units]

    def look_up(self, quote: str, section: str = "") -> tuple[QuoteFate, str, int | None, int | None]:
        """What became of a quote, the words as they stand now, and their place in the Markdown where it is known."""
        place = self._places.find(quote, section)
        if place is not None:
            return "same", self._markdown[slice(*place)][:_MOST_TEXT], *place
        found = self._quotes.find(quote)
        if found is not None:
            place = self._places.find(found.text, found.section)
            fate: QuoteFate = "same" if words_of(quote) == words_of(found.text) else "reworded"
            return fate, found.text[:_MOST_TEXT], *(place or (None, None))
        unit = self._likest(quote)
        return ("reworded", unit.text[:_MOST_TEXT], unit.start, unit.end) if unit else ("gone", "", None, None)

    def _likest(self, quote: str) -> Unit | None:
        tokens = tokens_of(quote)
        wanted = _weighty(tokens)
        scored = [(likeness(wanted, _weighty(unit.tokens)), unit) for unit in self._units]
        best = max(scored, key=lambda item: item[0], default=(0.0, None))
        unit = best[1]
        if unit is None or best[0] < _ALIKE or changed_numbers(tokens, unit.tokens):
            return None
        is_denied = _negations(tokens) != _negations(unit.tokens) or turns_round(unit.text, quote)
        return None if is_denied or _is_reversed(tokens, unit.tokens) else unit


def anchored(summary: Summary, anchors: Anchors) -> tuple[AnchoredQuote, ...]:
    """Every quote of a summary that was found in the text it was made of."""
    return tuple(
        _anchored(field.name, claim_number, number, quote, anchors)
        for field in summary.fields
        for claim_number, claim in enumerate(field.claims)
        for number, quote in enumerate(claim.quotes)
        if quote.found and quote.text
    )


def _anchored(field: str, claim: int, number: int, quote: Quote, anchors: Anchors) -> AnchoredQuote:
    fate, text, start, end = anchors.look_up(quote.text, quote.section)
    return AnchoredQuote(field=field, claim=claim, quote=number, fate=fate, text=text, start=start, end=end)


def _weighty(tokens: Iterable[str]) -> Counter[str]:
    return Counter(token for token in tokens if token not in FUNCTION_WORDS and (len(token) > 1 or token.isalnum()))


def _is_reversed(before: Sequence[str], after: Sequence[str]) -> bool:
    """Whether another side is the larger now, a number is no share any more, or `at least` became `at most`."""
    signs = [Counter(_RELATIONS[token] for token in tokens if token in _RELATIONS) for tokens in (before, after)]
    ways = [
        Counter(token in _UPWARDS for token in tokens if token in _UPWARDS | _DOWNWARDS) for tokens in (before, after)
    ]
    return signs[0] != signs[1] or (ways[0] != ways[1] and ways[0].total() == ways[1].total())


def _negations(tokens: Iterable[str]) -> Counter[str]:
    return Counter(token for token in tokens if token in _NEGATIONS)
