"""What travels through the graph while one paper is read."""

from typing import Literal, TypedDict

from services.summarizer.llm.prompts import ChatMessage
from services.summarizer.text.passages import Passage
from shared.contracts import PapersSelected
from shared.store.links import Link
from shared.store.papers.documents import Reference
from shared.store.papers.metadata import Paper
from shared.store.summaries import FieldValue, Summary

Mode = Literal["llm", "extractive"]


class State(TypedDict, total=False):
    """Each node returns the keys it changes. `fields` is None until something could be extracted."""

    event: PapersSelected
    paper_id: str
    paper: Paper
    passages: tuple[Passage, ...]
    references: tuple[Reference, ...]
    route: str
    version: int
    mode: Mode
    conversation: tuple[ChatMessage, ...]
    reply: str
    fields: tuple[FieldValue, ...] | None
    phrases: tuple[str, ...]
    problems: tuple[str, ...]
    rounds: int
    notes: tuple[str, ...]
    tags: tuple[str, ...]
    raw_tags: tuple[str, ...]
    links: tuple[Link, ...]
    summary: Summary
