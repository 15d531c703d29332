"""What travels through the graph while one paper is read, and what of it outlives a kill."""

from typing import Any, Literal, TypedDict, cast

from pydantic import TypeAdapter

from services.summarizer.text.passages import Passage
from shared.contracts import PapersSelected
from shared.store.papers.documents import Reference
from shared.store.papers.links import Link
from shared.store.papers.metadata import Paper
from shared.store.papers.summaries import FieldValue, Reading, Summary

Mode = Literal["llm", "extractive"]


class State(TypedDict, total=False):
    """Each step returns the keys it changes.

    `phrases` are tags as a model proposed them, `raw_tags` the phrases that were decided about, `tags` what came of
    them. `problems` say what is wrong with the fields: of which field, in words for the model, and whether it is told
    once only. `accepted` are the fields as they were checked last. `sections` are the texts as they are stored.
    """

    event: PapersSelected
    paper_id: str
    paper: Paper
    passages: tuple[Passage, ...]
    references: tuple[Reference, ...]
    markdown: str
    sections: tuple[Passage, ...]
    route: str
    version: int
    mode: Mode
    reading: Reading
    model: str
    prompt_hash: str
    fields: tuple[FieldValue, ...]
    accepted: tuple[FieldValue, ...]
    phrases: tuple[str, ...]
    problems: tuple[tuple[str, str, bool], ...]
    rounds: int
    notes: tuple[str, ...]
    oddities: tuple[str, ...]
    tags: tuple[str, ...]
    raw_tags: tuple[str, ...]
    links: tuple[Link, ...]
    inputs: str
    summary: Summary


Kept = dict[str, Any]
"""The part of a state that the checkpointer holds, as plain JSON: hashes, answers and decisions, none of the texts."""

_KEPT: dict[str, TypeAdapter[Any]] = {
    "event": TypeAdapter(PapersSelected),
    "paper_id": TypeAdapter(str),
    "route": TypeAdapter(str),
    "version": TypeAdapter(int),
    "mode": TypeAdapter(Mode),
    "reading": TypeAdapter(Reading),
    "model": TypeAdapter(str),
    "prompt_hash": TypeAdapter(str),
    "fields": TypeAdapter(tuple[FieldValue, ...]),
    "accepted": TypeAdapter(tuple[FieldValue, ...]),
    "phrases": TypeAdapter(tuple[str, ...]),
    "problems": TypeAdapter(tuple[tuple[str, str, bool], ...]),
    "rounds": TypeAdapter(int),
    "notes": TypeAdapter(tuple[str, ...]),
    "oddities": TypeAdapter(tuple[str, ...]),
    "tags": TypeAdapter(tuple[str, ...]),
    "raw_tags": TypeAdapter(tuple[str, ...]),
    "links": TypeAdapter(tuple[Link, ...]),
    "inputs": TypeAdapter(str),
}

TEXTS = ("paper", "passages", "references", "markdown", "sections")
"""The keys that are read again from the data folder."""

KEPT_KEYS = tuple(_KEPT)


def kept_part(state: State) -> Kept:
    """What of a state is kept, as JSON."""
    return {key: _KEPT[key].dump_python(value, mode="json") for key, value in state.items() if key in _KEPT}


def restored(kept: Kept) -> State:
    """The state that was kept. Raises ValueError where it is none of this version's."""
    state: dict[str, Any] = {key: _KEPT[key].validate_python(value) for key, value in kept.items() if key in _KEPT}
    return cast(State, state)
