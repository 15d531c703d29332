"""The fields of a summary without a language model: one sentence of the paper each, and none under two.

Problem, task, method and result are read from the abstract (roles/model.py); what abstracts leave out, and what an
abstract does not say for sure, from the sections named for it (roles/full_text.py). Every claim is the paper's own
sentence, so its quote is the sentence itself.
"""

import asyncio
from collections.abc import Sequence
from typing import Literal, Protocol

from services.summarizer.roles.abstracts import AbstractRoles, read_abstract
from services.summarizer.roles.choosing import assign
from services.summarizer.roles.full_text import BodyRole, body_candidate, limitation
from services.summarizer.roles.institutions import institutions_of
from services.summarizer.roles.model import Role
from services.summarizer.roles.questions import best_answer, shortlist
from services.summarizer.settings import FieldSettings
from services.summarizer.text.passages import ABSTRACT, Passage
from services.summarizer.text.sentences import Sentence, sentences_of
from services.summarizer.vectors import Matrix
from shared.store.summaries import Claim, FieldValue, Quote

ROLE_OF_FIELD: dict[str, Role] = {
    "one_sentence_summary": "task",
    "problem": "problem",
    "method": "method",
    "result": "result",
}
BODY_ROLES: dict[str, BodyRole] = {"problem": "problem", "method": "method", "result": "result", "experiment": "experiment"}
LIMITATIONS, INSTITUTIONS, THOUGHTS = "limitations", "institutions", "further_thoughts"
_FEWEST_SENTENCES = 3
"""An abstract of fewer does not say everything; each of its sentences then stands where it fits best."""


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
    own = [field for field in fields if not _has_role(field.name)]
    if own:
        chosen |= await _by_question(passages, own, encoder, frozenset(one.text for one in chosen.values()))
    names = await asyncio.to_thread(institutions_of, passages)
    return tuple(_value(field, chosen.get(field.name), names) for field in fields)


def _has_role(name: str) -> bool:
    return name in ROLE_OF_FIELD or name in BODY_ROLES or name in (LIMITATIONS, INSTITUTIONS, THOUGHTS)


def _by_role(passages: Sequence[Passage], names: Sequence[str]) -> dict[str, Sentence]:
    sentences = sentences_of(passages)
    abstract = " ".join(passage.text for passage in passages if passage.section == ABSTRACT)
    chosen = _from_abstract(read_abstract(abstract), names)
    if LIMITATIONS in names and (found := limitation(sentences, _texts(chosen))):
        chosen[LIMITATIONS] = found
    for name, role in BODY_ROLES.items():
        if name in names and name not in chosen and (found := body_candidate(sentences, role, _texts(chosen))):
            chosen[name] = found
    return chosen


def _texts(chosen: dict[str, Sentence]) -> frozenset[str]:
    return frozenset(sentence.text for sentence in chosen.values())


def _from_abstract(found: AbstractRoles, names: Sequence[str]) -> dict[str, Sentence]:
    wanted = {name: role for name, role in ROLE_OF_FIELD.items() if name in names and found.sure(role)}
    rows = assign({name: found.probabilities.of[role] for name, role in wanted.items()})
    count = len(found.sentences)
    return {
        name: Sentence(found.sentences[row], ABSTRACT, row / max(1, count - 1))
        for name, row in rows.items()
        if _fits(found, wanted[name], row)
    }


def _fits(found: AbstractRoles, role: Role, row: int) -> bool:
    """Whether a sentence is likely enough; where sentences are few, one that another field has left over is not."""
    share = float(found.probabilities.of[role][row])
    return share >= (0.5 if len(found.sentences) < _FEWEST_SENTENCES else 0.04)


async def _by_question(
    passages: Sequence[Passage], fields: Sequence[FieldSettings], encoder: SentenceEncoder, taken: frozenset[str]
) -> dict[str, Sentence]:
    sentences = [one for one in await asyncio.to_thread(sentences_of, passages) if one.text not in taken]
    candidates = shortlist(sentences, fields)
    vectors = await encoder.encode([sentence.text for sentence in candidates]) if candidates else None
    questions = await encoder.encode([field.question for field in fields], "query") if vectors is not None else None
    likeness = None if vectors is None or questions is None else vectors @ questions.T
    chosen: dict[str, Sentence] = {}
    for column, field in enumerate(fields):
        row = best_answer(candidates, field, None if likeness is None else likeness[:, column])
        if row is not None and candidates[row].text not in _texts(chosen):
            chosen[field.name] = candidates[row]
    return chosen


def _value(field: FieldSettings, sentence: Sentence | None, names: Sequence[tuple[str, Passage]]) -> FieldValue:
    if field.name == INSTITUTIONS:
        quoted = (Claim(text=name, quotes=(Quote(text=name, section=passage.section),)) for name, passage in names)
        return FieldValue(name=field.name, kind="list", claims=tuple(quoted))
    kind = getattr(field, "kind", "text")
    if sentence is None:
        return FieldValue(name=field.name, kind=kind)
    quote = Quote(text=sentence.text, section=sentence.section)
    return FieldValue(name=field.name, kind=kind, claims=(Claim(text=sentence.text, quotes=(quote,)),))
