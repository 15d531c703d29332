"""Does each sentence of an answer follow from the evidence it cites? As for summaries: numbers, negations, meaning.

A sentence that follows from other evidence than it names is given that evidence: a model's numbers may slip where its
words do not.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from services.summarizer.evidence.numbers import numbers_in, says
from services.summarizer.evidence.support import Support, by_meaning, by_signs, nearest_cosine
from services.summarizer.evidence.wording import shared_part
from services.summarizer.research.answers.relevance import asked_of, missing_names, names_in
from services.summarizer.research.answers.siblings import sibling_among
from services.summarizer.research.loop.question import Evidence, Said
from services.summarizer.vectors import Encoder

NO_SOURCE = "it names no sentence that it rests on"
_MOST_SOURCES, _MOST_OTHERS = 4, 4
_LEAST_SHARED_ELSEWHERE = 0.5
_CLAUSE = re.compile(
    r"[;:]\s|,\s(?=(?:and|but|while|whereas|where)\b)|\s(?=(?:while|whereas|compared|against|versus)\b)"
)


@dataclass(frozen=True)
class _Checked:
    """A sentence with its sources, and its support where no vector is needed to tell."""

    said: Said
    support: Support | None


async def check(sentences: Sequence[Said], evidence: Sequence[Evidence], encoder: Encoder | None) -> tuple[Said, ...]:
    """The sentences with the sources that prove them; `why` says of each that nothing proves what is wrong with it."""
    numbered = {each.number: each for each in evidence}
    checked = [_by_signs(said, numbered) for said in sentences]
    cosines = await _cosines([each for each in checked if each.support is None], numbered, encoder)
    return tuple(_judged(each, numbered, cosines) for each in checked)


def _by_signs(said: Said, numbered: Mapping[int, Evidence]) -> _Checked:
    sources = tuple(dict.fromkeys(number for number in said.sources if number in numbered))[:_MOST_SOURCES]
    own = _signs(said.text, sources, numbered)
    if own is not None and not own.why:
        return _Checked(Said(text=said.text, sources=sources), own)
    for others in _others(said.text, sources, numbered):
        support = _signs(said.text, others, numbered)
        if support is not None and not support.why:
            return _Checked(Said(text=said.text, sources=others), support)
    return _Checked(Said(text=said.text, sources=sources), own)


def _signs(text: str, sources: Sequence[int], numbered: Mapping[int, Evidence]) -> Support | None:
    """What words tell; None where vectors are needed."""
    if not sources:
        return Support(NO_SOURCE)
    cited = [numbered[number] for number in sources]
    unknown = missing_names(asked_of(text), " ".join(f"{each.text} {each.paper_title} {each.titles}" for each in cited))
    if unknown:
        return Support(f"“{unknown[0]}” is not in the sentences that it cites")
    if crossed := crossed_number(text, cited):
        return Support(crossed)
    quotes = [each.text for each in cited]
    return by_signs(text, [*quotes, " ".join(quotes)] if len(quotes) > 1 else quotes)


def crossed_number(text: str, cited: Sequence[Evidence]) -> str:
    """Why a number belongs to something else than it is told of; empty where it does not.

    Of two sources one may name what the other's number is not about: 41.0 is said of English-to-French, and
    English-to-German stands beside it.
    """
    for clause in _CLAUSE.split(text):
        asked = asked_of(clause)
        for number in numbers_in(clause) if asked.names else ():
            holders = [each for each in cited if any(says(given, number) for given in numbers_in(each.text))]
            others = [sibling_among(missing_names(asked, each.text), names_in(each.text), clause) for each in holders]
            if others and all(others):
                return f"“{number.text}” is said of {others[0]}"
    return ""


def _others(text: str, sources: Sequence[int], numbered: Mapping[int, Evidence]) -> list[tuple[int, ...]]:
    """Evidence that a sentence may rest on instead, or besides: what shares most of its words."""
    shared = {number: shared_part(text, [each.text]) or 0.0 for number, each in numbered.items()}
    near = sorted((number for number in shared if shared[number] >= _LEAST_SHARED_ELSEWHERE), key=lambda n: -shared[n])
    near = near[:_MOST_OTHERS]
    return [(number,) for number in near] + [
        tuple(dict.fromkeys([*sources, number]))[-_MOST_SOURCES:] for number in near if sources
    ]


async def _cosines(
    undecided: Sequence[_Checked], numbered: Mapping[int, Evidence], encoder: Encoder | None
) -> dict[str, float] | None:
    """By text of a sentence, its cosine to the nearest of its sources; None where the embedder does not answer."""
    if not undecided or encoder is None:
        return None if undecided else {}
    claims = list(dict.fromkeys(each.said.text for each in undecided))
    quotes = list(dict.fromkeys(numbered[number].text for each in undecided for number in each.said.sources))
    vectors = await encoder.encode([*claims, *quotes])
    if vectors is None:
        return None
    row = {text: len(claims) + place for place, text in enumerate(quotes)}
    return {
        each.said.text: nearest_cosine(
            claims.index(each.said.text), [row[numbered[number].text] for number in each.said.sources], vectors
        )
        for each in undecided
    }


def _judged(checked: _Checked, numbered: Mapping[int, Evidence], cosines: Mapping[str, float] | None) -> Said:
    said, support = checked.said, checked.support
    if support is None:
        quotes = [numbered[number].text for number in said.sources]
        support = by_meaning(said.text, quotes, None if cosines is None else cosines.get(said.text))
    return said.model_copy(update={"why": support.why})


def problem_of(said: Said) -> str:
    """What a model is told to mend."""
    return f"{said.text!r} does not follow from its sources: {said.why}."
