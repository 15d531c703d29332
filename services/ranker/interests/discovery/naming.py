"""What a facet is called: one phrase that is distinctive of its papers, or two that cover most of them."""

import math
import re
from collections.abc import Mapping, Sequence

from services.ranker.interests.discovery.evidence import Item
from services.ranker.interests.discovery.grouping import Group
from services.ranker.interests.discovery.phrases import (
    Phrase,
    are_alike,
    as_written,
    counts_of,
    distinctive_phrases,
    phrases_of,
    stem,
)

_FEWEST = 2
_SECOND_FROM = 0.2
_APT_FROM = 0.2
_MOSTLY = 0.6
_PARTS = re.compile(r",\s+|\s+and\s+")

Phrases = Sequence[frozenset[Phrase]]


def name_of(group: Group, population_rows: Sequence[int]) -> str:
    """A tag's name; else its papers' distinctive phrases, first those that made the associations."""
    if group.strongest.concept.source == "tags":
        return group.strongest.concept.name
    population = group.population
    inside, outside = [population.phrases[row] for row in population_rows], population.phrases_of_others
    own = {phrase for association in group.associations for phrase in association.concept.phrases}
    of_associations = [
        frozenset(p for p in phrases if p in own or any(set(p) >= set(f) for f in own)) for phrases in inside
    ]
    chosen = naming_phrases(of_associations if own else inside, outside, population.others)
    chosen = chosen or naming_phrases(inside, outside, population.others)
    return written_name(as_written(chosen, [population.texts[row] for row in population_rows]))


def naming_phrases(inside: Phrases, outside: Mapping[Phrase, int], papers: int) -> list[Phrase]:
    """The phrase most distinctive of some texts against `papers` others, and that of the texts that lack it."""
    first = distinctive_phrases(inside, outside, papers, most=1)
    if not first:
        return []
    first = [_completed(first[0], inside)]
    rest = [phrases for phrases in inside if first[0] not in phrases]
    fewest = max(_FEWEST, math.ceil(_SECOND_FROM * len(inside)))
    others = distinctive_phrases(rest, outside, papers, most=2, fewest=fewest) if len(rest) >= fewest else []
    fitting = [phrase for phrase in others if not are_alike(phrase, first[0]) and not _is_short_for(phrase, first[0])]
    return [*first, *fitting[:1]]


def written_name(phrases: Sequence[str]) -> str:
    """`pruning`, `low-bit weights` as a heading."""
    name = " and ".join(phrases) or "unnamed"
    return name[:1].upper() + name[1:]


def is_apt(name: str, items: Sequence[Item]) -> bool:
    """Whether a name that was given to a facet before fits the papers that it has now."""
    if not items:
        return False
    fewest = _APT_FROM * len(items)
    if sum(name in item.summary.tags for item in items if item.summary) >= fewest:
        return True
    parts = [tuple(stem(word) for word in part.lower().split()) for part in _PARTS.split(name)]
    texts = [phrases_of(item.text) | phrases_of(item.summary.text if item.summary else "") for item in items]
    return all(sum(part in phrases for phrases in texts) >= fewest for part in parts)


def _completed(phrase: Phrase, texts: Phrases) -> Phrase:
    """A phrase with the word that mostly stands beside it: `retrieval-augmented` with `generation`."""
    counts = counts_of(texts)
    longer = [
        other
        for other in counts
        if len(other) == len(phrase) + 1
        and phrase in (other[:-1], other[1:])
        and counts[other] >= _MOSTLY * counts[phrase]
    ]
    return max(longer, key=lambda other: (counts[other], other), default=phrase)


def _is_short_for(phrase: Phrase, longer: Phrase) -> bool:
    """Whether a word is made of the first letters of a phrase, as `rag` is."""
    words = [word for part in longer for word in part.split("-") if word]
    return len(phrase) == 1 and phrase[0] == "".join(word[0] for word in words)
