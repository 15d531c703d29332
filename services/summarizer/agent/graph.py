"""The agent: a LangGraph of small steps, read -> extract -> check (-> repair) -> tag -> link -> finish.

It has no tools and no memory: a paper is one run, and what a step does is a method of an object that is passed in.
"""

import asyncio
from dataclasses import dataclass
from typing import Any

from services.summarizer.agent.fields import FieldExtractor
from services.summarizer.agent.reading import PaperReader
from services.summarizer.agent.records import Recorder
from services.summarizer.links.paper_links import Linker
from services.summarizer.state import State
from services.summarizer.tags.tagging import Tagger
from shared.contracts import PapersSelected
from shared.errors import TemporaryFailure
from shared.store.summaries import Summary

_MOST_STEPS = 50


@dataclass(frozen=True)
class Steps:
    """The objects whose methods are the steps."""

    reader: PaperReader
    extractor: FieldExtractor
    tagger: Tagger
    linker: Linker
    recorder: Recorder


class Agent:
    """Reads papers. The graph is built by `open`, because importing LangGraph takes over a second."""

    def __init__(self, steps: Steps) -> None:
        self._steps = steps
        self._graph: Any = None

    async def open(self) -> None:
        self._graph = await asyncio.to_thread(build_graph, self._steps)

    async def read(self, event: PapersSelected, paper_id: str) -> Summary:
        """Read one paper; its summary is stored when this returns. Raises TemporaryFailure, PermanentFailure."""
        if self._graph is None:
            raise TemporaryFailure("The agent is not open yet.")
        from langsmith import tracing_context

        with tracing_context(enabled=False):  # whatever the environment says, papers go to no tracing service
            start: State = {"event": event, "paper_id": paper_id}
            end: State = await self._graph.ainvoke(start, {"recursion_limit": _MOST_STEPS})
        return end["summary"]


def build_graph(steps: Steps) -> Any:
    """The compiled graph: State in, State out."""
    from langgraph.graph import END, START, StateGraph

    graph = StateGraph(State)
    graph.add_node("read", steps.reader.read)
    graph.add_node("extract", steps.extractor.extract)
    graph.add_node("check", steps.extractor.check)
    graph.add_node("repair", steps.extractor.repair)
    graph.add_node("tag", steps.tagger.tag)
    graph.add_node("link", steps.linker.link)
    graph.add_node("finish", steps.recorder.finish)
    graph.add_edge(START, "read")
    graph.add_edge("read", "extract")
    graph.add_edge("extract", "check")
    graph.add_conditional_edges("check", steps.extractor.after_check, ["extract", "repair", "tag"])
    graph.add_edge("repair", "check")
    graph.add_edge("tag", "link")
    graph.add_edge("link", "finish")
    graph.add_edge("finish", END)
    return graph.compile()
