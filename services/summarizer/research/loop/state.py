"""What travels through the graph while one question is answered; the trace holds what has to outlive a kill."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypedDict

from services.summarizer.agent.prompt_files import Prompts
from services.summarizer.research.answers.relevance import Asked
from services.summarizer.research.loop.limits import Limits
from services.summarizer.research.loop.model_calls import ModelCalls
from services.summarizer.research.loop.question import Drafted, Evidence, FoundChunk, Plan, Question, Said
from services.summarizer.research.tracing.trace import Trace


@dataclass(frozen=True)
class Inquiry:
    """One question under way: its trace, its limits, its model. `prompts` is None where none is needed."""

    question: Question
    trace: Trace
    limits: Limits
    calls: ModelCalls
    prompts: Prompts | None


@dataclass(frozen=True)
class EarlierDraft:
    """The draft of an earlier round, with the sentences whose numbers it names."""

    draft: Drafted
    evidence: tuple[Evidence, ...]
    reply: str


class State(TypedDict, total=False):
    """Each step returns the keys it changes; `round` counts from 1."""

    inquiry: Inquiry
    plan: Plan
    papers: int | None
    round: int
    queries: tuple[str, ...]
    chunks: tuple[FoundChunk, ...]
    order: tuple[str, ...]
    asked: Asked
    evidence: tuple[Evidence, ...]
    draft: Drafted | None
    earlier: EarlierDraft
    reply: str
    models: tuple[str, ...]
    checked: tuple[Said, ...]
    disagreements: tuple[Said, ...]
    is_mended: bool
    about: Mapping[str, str]
    spoken: Mapping[str, float]


def texts_of_papers(state: State) -> dict[str, str]:
    """What was found of each paper that was read: its title and authors, and the passages with their headings."""
    texts = {paper_id: [about] for paper_id, about in state["about"].items()}
    for chunk in state["chunks"]:
        if chunk.paper_id in texts:
            texts[chunk.paper_id] += [*chunk.titles, chunk.text]
    for each in state["evidence"]:
        texts.setdefault(each.paper_id, [each.paper_title]).append(each.text)
    return {paper_id: " ".join(parts) for paper_id, parts in texts.items()}
