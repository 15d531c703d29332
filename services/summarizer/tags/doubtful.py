"""The doubtful phrases of one paper as one question to a model, and its answer as decisions.

The model may only choose among the candidates it was shown: whatever a phrase orders it to do, nothing else can come
of it.
"""

import json
import string
from collections.abc import Mapping, Sequence
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from services.summarizer.llm.messages import ChatMessage, fence_mark
from services.summarizer.tags.nearest import Candidate
from services.summarizer.text.passages import one_line, plain_text

_PROMPT = Path(__file__).with_name("doubtful_tags.md")
_LONGEST = 80


class TagAnswer(BaseModel):
    """Which candidate a phrase is another name of: its letter, or `none`."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    number: int
    same_as: str = Field(description='the letter of a candidate, or "none"')


class TagAnswers(BaseModel):
    """An answer for each number."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    answers: tuple[TagAnswer, ...]


def tag_question(doubtful: Mapping[str, Sequence[Candidate]], labels: Mapping[str, str]) -> list[ChatMessage]:
    """The conversation that asks about phrases, each with its candidates; `labels` are of their slugs."""
    lines = []
    for number, (phrase, candidates) in enumerate(doubtful.items(), 1):
        options = "; ".join(
            f"{letter}) {_shown(labels[candidate.slug])}"
            for letter, candidate in zip(string.ascii_lowercase, candidates, strict=False)
        )
        lines.append(f"{number}. {_shown(phrase)} -- candidates: {options}")
    data = "\n".join(lines)
    mark = fence_mark(data)
    system = _PROMPT.read_text("utf-8").replace("{mark}", mark)
    return [{"role": "system", "content": system}, {"role": "user", "content": f"{mark}\n{data}\n{mark}"}]


def chosen(answers: TagAnswers, doubtful: Mapping[str, Sequence[Candidate]]) -> dict[str, Candidate | None]:
    """The candidate that each phrase was said to be, or None; phrases that the answer leaves out are not in it."""
    phrases = list(doubtful)
    said: dict[str, Candidate | None] = {}
    for answer in answers.answers:
        if 1 <= answer.number <= len(phrases):
            candidates = doubtful[phrases[answer.number - 1]]
            letter = answer.same_as.strip().casefold().rstrip(").")
            at = string.ascii_lowercase.find(letter) if len(letter) == 1 else -1
            said[phrases[answer.number - 1]] = candidates[at] if 0 <= at < len(candidates) else None
    return said


def _shown(text: str) -> str:
    """A phrase of strangers on one line and in quotation marks, so that it ends where it ends."""
    return json.dumps(one_line(plain_text(text))[:_LONGEST], ensure_ascii=False)
