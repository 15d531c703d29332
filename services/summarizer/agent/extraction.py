"""Extraction without a model: for each field the sentences of the paper that answer its question best.

A sentence scores by cue words, by the section it stands in, by its place in the abstract, and by the cosine of its
vector with that of the question. Every claim is the paper's own sentence, so its quote is the sentence itself.
"""

import asyncio
import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Literal, NamedTuple, Protocol

import numpy as np

from services.summarizer.settings import FieldSettings
from services.summarizer.text.passages import ABSTRACT, Passage
from services.summarizer.text.sentences import Sentence, sentences_of
from services.summarizer.vectors import Matrix
from shared.store.summaries import Claim, FieldValue, Quote

_MOST_ENCODED = 120
_CUE, _CUES_COUNTED = 0.3, 2
_SECTION, _ABSTRACT, _PLACE = 0.25, 0.2, 0.25
_NEEDS_CONTEXT, _POINTS_ELSEWHERE = 0.15, 0.2
_LEAST_SIMILARITY = 0.3
_ANAPHORA = re.compile(
    r"^(?:this|these|that|those|it|they|such|here|there|hence|thus|therefore|moreover|furthermore)\b", re.I
)
_CROSS_REFERENCE = re.compile(
    r"\b(?:fig(?:ure|s|\.)|table|section|sec\.|appendix|eq(?:uation|\.)|organi[sz]ed as follows)", re.I
)


class TextEncoder(Protocol):
    """Whoever makes vectors of texts; None where nobody does."""

    async def encode(self, texts: Sequence[str], kind: Literal["query", "passage"] = "passage") -> Matrix | None: ...


class SentenceScore(NamedTuple):
    """How well a sentence answers one question; `evident` when something other than similarity says so."""

    score: float
    evident: bool


async def extract(
    passages: Sequence[Passage], fields: Sequence[FieldSettings], encoder: TextEncoder
) -> tuple[FieldValue, ...]:
    """The fields in order, those of text that need evidence with their best sentence; others stay empty."""
    sentences = await asyncio.to_thread(sentences_of, passages)
    asked = [field for field in fields if field.kind == "text" and field.evidence]
    candidates = shortlist(sentences, asked) if asked else []
    vectors = await encoder.encode([sentence.text for sentence in candidates]) if candidates else None
    questions = await encoder.encode([field.instruction for field in asked], "query") if vectors is not None else None
    chosen = choose(candidates, asked, 1, similarities(vectors, questions))
    values = {value.name: value for value in chosen}
    return tuple(values.get(field.name, FieldValue(name=field.name, kind=field.kind)) for field in fields)


def shortlist(sentences: Sequence[Sentence], fields: Sequence[FieldSettings]) -> list[Sentence]:
    """The abstract and the likeliest sentences of each field, at most 120, in reading order."""
    best = [max(score_sentence(sentence, field).score for field in fields) for sentence in sentences]
    order = sorted(range(len(sentences)), key=lambda i: (sentences[i].section != ABSTRACT, -best[i], i))
    return [sentences[i] for i in sorted(order[:_MOST_ENCODED])]


def similarities(sentences: Matrix | None, questions: Matrix | None) -> Matrix | None:
    """Cosines, sentences x questions; None without vectors."""
    if sentences is None or questions is None or sentences.shape[1] != questions.shape[1]:
        return None
    return np.asarray(sentences @ questions.T, dtype=np.float32)


def choose(
    sentences: Sequence[Sentence], fields: Sequence[FieldSettings], claims_per_field: int, similarity: Matrix | None
) -> tuple[FieldValue, ...]:
    """Best pairs of sentence and field first; a sentence serves one field only. A field may stay empty."""
    pairs = []
    for row, sentence in enumerate(sentences):
        for column, field in enumerate(fields):
            scored = score_sentence(sentence, field, None if similarity is None else float(similarity[row, column]))
            if scored.evident:
                pairs.append((scored.score, -row, column))
    chosen: dict[int, list[int]] = {column: [] for column in range(len(fields))}
    taken: set[int] = set()
    for _, minus_row, column in sorted(pairs, reverse=True):
        if -minus_row not in taken and len(chosen[column]) < claims_per_field:
            taken.add(-minus_row)
            chosen[column].append(-minus_row)
    return tuple(
        FieldValue(name=field.name, claims=tuple(_claim(sentences[row]) for row in sorted(chosen[column])))
        for column, field in enumerate(fields)
    )


def score_sentence(sentence: Sentence, field: FieldSettings, similarity: float | None = None) -> SentenceScore:
    """Without cues or sections to go by, only similarity can make a sentence an answer."""
    cues = min(_CUES_COUNTED, len(set(_cues(field.cues).findall(sentence.text.casefold())))) if field.cues else 0
    in_abstract = sentence.section == ABSTRACT
    title = sentence.section.casefold()
    in_section = any(word in title for word in field.sections)
    score = _CUE * cues + _SECTION * in_section + _ABSTRACT * in_abstract
    if in_abstract and field.place is not None:
        score += _PLACE * (1 - 2 * abs(sentence.place - field.place))
    score -= _NEEDS_CONTEXT * bool(_ANAPHORA.match(sentence.text))
    score -= _POINTS_ELSEWHERE * bool(_CROSS_REFERENCE.search(sentence.text))
    similar = similarity is not None and similarity >= _LEAST_SIMILARITY
    well_placed = in_abstract and field.place is not None and abs(sentence.place - field.place) <= 0.25
    by_meaning_alone = not field.cues and not field.sections
    evident = cues > 0 or well_placed or (similar and (in_section or by_meaning_alone))
    return SentenceScore(score + (similarity or 0.0), evident)


@lru_cache(maxsize=64)
def _cues(cues: tuple[str, ...]) -> re.Pattern[str]:
    """Cues at the beginning of a word; `outperform` also finds `outperforms`."""
    return re.compile("|".join(rf"(?<!\w){re.escape(cue.casefold())}" for cue in sorted(cues, key=len, reverse=True)))


def _claim(sentence: Sentence) -> Claim:
    return Claim(text=sentence.text, quotes=(Quote(text=sentence.text, section=sentence.section),))
