"""Fields that somebody made for themselves: cues, sections and place, and how like a sentence is to the question."""

import re
from collections.abc import Collection, Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from services.summarizer.settings import FieldSettings
from services.summarizer.text.passages import ABSTRACT
from services.summarizer.text.sentences import Sentence
from services.summarizer.vectors import Matrix

MOST_ENCODED = 120
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


class SentenceScore(NamedTuple):
    """How well a sentence answers one question; `evident` when something other than similarity says so."""

    score: float
    evident: bool


def shortlist(sentences: Sequence[Sentence], fields: Sequence[FieldSettings]) -> list[Sentence]:
    """The abstract and the likeliest sentences of each field, at most 120, in reading order."""
    best = [max((score_sentence(sentence, field).score for field in fields), default=0.0) for sentence in sentences]
    order = sorted(range(len(sentences)), key=lambda i: (sentences[i].section != ABSTRACT, -best[i], i))
    return [sentences[i] for i in sorted(order[:MOST_ENCODED])]


def similarities(sentences: Matrix | None, questions: Matrix | None) -> Matrix | None:
    """Cosines, sentences x questions; None without vectors, or with those of two models."""
    if sentences is None or questions is None or sentences.shape[1] != questions.shape[1]:
        return None
    return np.asarray(sentences @ questions.T, dtype=np.float32)


def best_answer(
    sentences: Sequence[Sentence], field: FieldSettings, similarity: Matrix | None, taken: Collection[int] = ()
) -> int | None:
    """The row of the best answer that is not taken, or None; `similarity` has one value a sentence."""
    scores = [
        score_sentence(sentence, field, None if similarity is None else float(similarity[row]))
        for row, sentence in enumerate(sentences)
    ]
    evident = [row for row, scored in enumerate(scores) if scored.evident and row not in taken]
    return max(evident, key=lambda row: (scores[row].score, -row), default=None)


def score_sentence(sentence: Sentence, field: FieldSettings, similarity: float | None = None) -> SentenceScore:
    """Without cues or sections to go by, only similarity can make a sentence an answer."""
    cues = min(_CUES_COUNTED, len(set(_cues(field.cues).findall(sentence.text.casefold())))) if field.cues else 0
    in_abstract = sentence.section == ABSTRACT
    title = sentence.section.casefold()
    in_section = any(word in title for word in field.sections)
    score = _CUE * cues + _SECTION * in_section + _ABSTRACT * in_abstract
    if in_abstract and field.place is not None:
        score += _PLACE * (1 - 2 * abs(sentence.place - field.place))
    score -= _NEEDS_CONTEXT * needs_context(sentence.text) + _POINTS_ELSEWHERE * points_elsewhere(sentence.text)
    similar = similarity is not None and similarity >= _LEAST_SIMILARITY
    well_placed = in_abstract and field.place is not None and abs(sentence.place - field.place) <= 0.25
    by_meaning_alone = not field.cues and not field.sections
    evident = cues > 0 or well_placed or (similar and (in_section or by_meaning_alone))
    return SentenceScore(score + (similarity or 0.0), evident)


def needs_context(text: str) -> bool:
    """Whether a sentence leans on the one before it."""
    return bool(_ANAPHORA.match(text))


def points_elsewhere(text: str) -> bool:
    """Whether a sentence speaks of a figure, a table or a section."""
    return bool(_CROSS_REFERENCE.search(text))


@lru_cache(maxsize=64)
def _cues(cues: tuple[str, ...]) -> re.Pattern[str]:
    """Cues at the beginning of a word; `outperform` also finds `outperforms`."""
    return re.compile("|".join(rf"(?<!\w){re.escape(cue.casefold())}" for cue in sorted(cues, key=len, reverse=True)))
