"""The fields of a summary without a language model: one sentence of the paper each, and none under two.

Problem, task, method and result are read from the abstract (roles/model.py); what abstracts leave out, and what an
abstract does not say for sure, from the sections named for it (roles/full_text.py). Every claim is the paper's own
sentence, so its quote is the sentence itself.
"""

import asyncio
import re
from collections.abc import Mapping, Sequence
from typing import Literal, Protocol

import numpy as np

from services.summarizer.roles.abstracts import AbstractRoles, read_abstract
from services.summarizer.roles.choosing import assign
from services.summarizer.roles.cues import PATTERNS
from services.summarizer.roles.features import Array
from services.summarizer.roles.full_text import BodyRole, admitted_in, body_candidate, limitation
from services.summarizer.roles.institutions import institutions_of
from services.summarizer.roles.model import Role
from services.summarizer.roles.questions import best_answer, shortlist, similarities
from services.summarizer.settings import FieldSettings
from services.summarizer.text.passages import ABSTRACT, Passage
from services.summarizer.text.sentences import Sentence, sentences_of
from services.summarizer.vectors import Matrix
from shared.store.papers.summaries import Claim, FieldValue, Quote

ROLE_OF_FIELD: dict[str, Role] = {
    "one_sentence_summary": "task",
    "problem": "problem",
    "method": "method",
    "result": "result",
}
BODY_ROLES: dict[str, BodyRole] = {
    "problem": "problem",
    "method": "method",
    "result": "result",
    "experiment": "experiment",
    "one_sentence_summary": "summary",
}
LIMITATIONS, INSTITUTIONS, THOUGHTS = "limitations", "institutions", "further_thoughts"
_LEAST: dict[Role, float] = {"problem": 0.15, "method": 0.12, "result": 0.12, "task": 0.3}
"""How likely a sentence of the abstract must be, so that the body is not asked instead."""
_PROBLEM_NONE_AT_MOST = 0.6
_ACTS_LIFT = 6.0
"""A sentence in which the authors say what they do makes a summary, where the first one was taken for the problem."""
_DOES_LIFT = 1.5
"""A sentence that begins with what the authors do, and not with what they found, is rather the method."""
_RATHER = 1.5
"""A sentence that is so much likelier to be the method or the result is not taken for the problem."""
_FEWEST_SENTENCES, _FEWEST_WORDS = 3, 5
"""In an abstract of fewer sentences the task is as likely as the rest to be what its first one states."""
_ACTS = re.compile(r"^(?:here,? )?we\b|^in this (?:paper|work|study|article|talk)\b", re.I)
_DOES = re.compile(
    r"^(?:here,? )?we (?!show|find|found|report|prove|demonstrate|observe|conclude|obtain|achieve|present evidence)",
    re.I,
)
_NO_SENTENCE = re.compile(
    r"^(?:pacs|keywords?|key words|index terms|msc|primary|\d{4} (?:msc|mathematics))\b|subject classification", re.I
)


class SentenceEncoder(Protocol):
    """Whoever makes vectors of texts; None where nobody answers."""

    async def encode(self, texts: Sequence[str], kind: Literal["query", "passage"] = "passage") -> Matrix | None: ...


async def extract(
    passages: Sequence[Passage], fields: Sequence[FieldSettings], encoder: SentenceEncoder
) -> tuple[FieldValue, ...]:
    """A value for each field, in order; one that the paper has no sure sentence for stays empty.

    The encoder is asked only for fields that are not among the default ones, and may be away.
    """
    chosen = await asyncio.to_thread(_by_role, passages, [field.name for field in fields])
    own = [field for field in fields if not _has_role(field.name) and _is_quoted(field)]
    if own:
        chosen |= await _by_question(passages, own, encoder, frozenset(one.text for one in chosen.values()))
    names = await asyncio.to_thread(institutions_of, passages)
    return tuple(_value(field, chosen.get(field.name), names) for field in fields)


def _is_quoted(field: FieldSettings) -> bool:
    """Whether sentences of the paper answer it: no list, no choice, and nothing that the paper does not say."""
    return getattr(field, "kind", "text") == "text" and getattr(field, "evidence", True)


def _has_role(name: str) -> bool:
    return name in ROLE_OF_FIELD or name in BODY_ROLES or name in (LIMITATIONS, INSTITUTIONS, THOUGHTS)


def _by_role(passages: Sequence[Passage], names: Sequence[str]) -> dict[str, Sentence]:
    sentences = sentences_of(passages)
    abstract = " ".join(passage.text for passage in passages if passage.section == ABSTRACT)
    chosen = _from_abstract(read_abstract(abstract), names)
    if LIMITATIONS in names and (found := limitation(sentences, _texts(chosen))):
        chosen[LIMITATIONS] = found
    for name, role in BODY_ROLES.items():
        if name in names and not _is_told(name, chosen) and (found := body_candidate(sentences, role, _texts(chosen))):
            chosen[name] = found
    return chosen


def _is_told(name: str, chosen: dict[str, Sentence]) -> bool:
    """Whether the abstract said it; a conclusion sums a paper up better than a sentence about its subject does."""
    return name in chosen and (ROLE_OF_FIELD.get(name) != "task" or _tells(chosen[name].text))


def _texts(chosen: dict[str, Sentence]) -> frozenset[str]:
    return frozenset(sentence.text for sentence in chosen.values())


def _from_abstract(found: AbstractRoles, names: Sequence[str]) -> dict[str, Sentence]:
    """The fields that the abstract surely speaks of.

    Problem, method and result choose before the task: a first sentence that states the problem names the task as well.
    """
    shares = {name: _weighed(found, role) for name, role in ROLE_OF_FIELD.items() if name in names}
    tasks = {name for name in shares if ROLE_OF_FIELD[name] == "task"}
    short = sum(map(_is_prose, found.sentences)) < _FEWEST_SENTENCES
    rows = _sure_rows({name: row for name, row in shares.items() if short or name not in tasks})
    for name in tasks - rows.keys():
        shares[name][list(rows.values())] = 0.0
        rows |= _sure_rows({name: shares[name]})
    count = len(found.sentences)
    return {name: Sentence(found.sentences[row], ABSTRACT, row / max(1, count - 1)) for name, row in rows.items()}


def _sure_rows(shares: Mapping[str, Array]) -> dict[str, int]:
    rows = assign(shares)
    return {name: row for name, row in rows.items() if shares[name][row] >= _LEAST[ROLE_OF_FIELD[name]]}


def _weighed(found: AbstractRoles, role: Role) -> Array:
    """The probabilities, those lifted that begin as the role does, without those of what cannot have it."""
    shares: Array = found.probabilities.of[role] * [_lift(text, role) for text in found.sentences]
    shares[_excluded(found, role)] = 0.0
    return shares


def _lift(text: str, role: Role) -> float:
    if role == "task":
        return _ACTS_LIFT if _tells(text) else 1.0
    return _DOES_LIFT if role == "method" and _DOES.match(text) else 1.0


def _excluded(found: AbstractRoles, role: Role) -> list[bool]:
    """What is no prose; but for the task, what is a limit of the work; and for the problem, what is done about it."""
    admitted = frozenset() if role == "task" else admitted_in(found.sentences)
    acts = _acts(found) if role == "problem" else [False] * len(found.sentences)
    return [not _is_prose(text) or row in admitted or acts[row] for row, text in enumerate(found.sentences)]


def _acts(found: AbstractRoles) -> list[bool]:
    shares = found.probabilities
    if shares.none["problem"] > _PROBLEM_NONE_AT_MOST:
        return [True] * len(found.sentences)
    others = np.maximum(shares.of["method"], shares.of["result"]) > _RATHER * shares.of["problem"]
    return [bool(other) or bool(_ACTS.match(text)) for text, other in zip(found.sentences, others, strict=True)]


def _tells(text: str) -> bool:
    """Whether the authors speak of what they do."""
    return bool(_ACTS.match(text) or PATTERNS["this paper"].search(text))


def _is_prose(text: str) -> bool:
    return len(text.split()) >= _FEWEST_WORDS and not _NO_SENTENCE.search(text)


async def _by_question(
    passages: Sequence[Passage], fields: Sequence[FieldSettings], encoder: SentenceEncoder, taken: frozenset[str]
) -> dict[str, Sentence]:
    sentences = [one for one in await asyncio.to_thread(sentences_of, passages) if one.text not in taken]
    candidates = shortlist(sentences, fields)
    vectors = await encoder.encode([sentence.text for sentence in candidates]) if candidates else None
    questions = await encoder.encode([field.question for field in fields], "query") if vectors is not None else None
    likeness = similarities(vectors, questions)
    rows: dict[str, int] = {}
    for column, field in enumerate(fields):
        row = best_answer(candidates, field, None if likeness is None else likeness[:, column], rows.values())
        if row is not None:
            rows[field.name] = row
    return {name: candidates[row] for name, row in rows.items()}


def _value(field: FieldSettings, sentence: Sentence | None, names: Sequence[tuple[str, Passage]]) -> FieldValue:
    if field.name == INSTITUTIONS:
        quoted = (Claim(text=name, quotes=(Quote(text=name, section=passage.section),)) for name, passage in names)
        return FieldValue(name=field.name, kind="list", claims=tuple(quoted))
    kind = getattr(field, "kind", "text")
    if sentence is None:
        return FieldValue(name=field.name, kind=kind)
    quote = Quote(text=sentence.text, section=sentence.section)
    return FieldValue(name=field.name, kind=kind, claims=(Claim(text=sentence.text, quotes=(quote,)),))
