"""The steps of a question in words, as its trace has them; nothing of a paper is in them but ids and numbers."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Literal

QuestionState = Literal["running", "done", "failed", "cancelled"]
Step = Mapping[str, Any]
_ENDS: Mapping[str, QuestionState] = {"answered": "done", "failed": "failed", "cancelled": "cancelled"}
_WORDS = {
    "asked": "Question received",
    "planned": "Planned what to look for",
    "retrieved": "Searched the papers",
    "reranked": "Ranked what was found",
    "read": "Read",
    "called": "Asked the model",
    "drafted": "Drafted an answer",
    "checked": "Checked the citations",
    "struck": "Left out what does not follow from what it cites",
    "mended": "Mended a sentence",
    "stuck": "Found nothing more",
    "discovered": "Looked through the papers that these cite",
    "answered": "Answered",
    "failed": "Failed",
    "cancelled": "Cancelled",
}
_COUNTED = {"retrieved": ("hits", "passage"), "read": ("evidence", "sentence"), "checked": ("sentences", "sentence")}
"""Where a step lists what it came to, and what that is."""
_ID = re.compile(r"(?:\d{4}\.\d{4,5}|[a-z-]{2,20}/\d{7}|[a-z][a-z0-9]{1,19}:[A-Za-z0-9._~-]{1,210})", re.ASCII)
_PURPOSE = re.compile(r"[a-z_ -]{1,40}", re.ASCII)


def state_of(steps: Sequence[Step]) -> QuestionState:
    """How far a question has come: a step that ends it decides, wherever it stands."""
    ends = (_ENDS[name] for step in reversed(steps) if (name := str(step.get("step"))) in _ENDS)
    return next(ends, "running")


def step_words(step: Step) -> str:
    """A step in a few words; empty for one that says nothing to who waits."""
    name = str(step.get("step", ""))
    words = _WORDS.get(name, "")
    purpose, paper_id = str(step.get("purpose", "")), str(step.get("paper_id", ""))
    if name == "called" and _PURPOSE.fullmatch(purpose):
        return f"{words} ({purpose.replace('_', ' ')})"
    if name == "read" and _ID.fullmatch(paper_id):
        return f"{words} a section of {paper_id}"
    counted = _count(step, *_COUNTED[name]) if name in _COUNTED else ""
    return f"{words}: {counted}" if counted else f"{words} a section" if name == "read" else words


def told_steps(steps: Sequence[Step]) -> list[tuple[str, int]]:
    """The steps in words, and how often each came in a row."""
    told: list[tuple[str, int]] = []
    for words in filter(None, map(step_words, steps)):
        if told and told[-1][0] == words:
            told[-1] = (words, told[-1][1] + 1)
        else:
            told.append((words, 1))
    return told


def _count(step: Step, key: str, noun: str) -> str:
    listed = step.get(key)
    if not isinstance(listed, list):
        return ""
    return f"{len(listed):,} {noun}{'' if len(listed) == 1 else 's'}"
