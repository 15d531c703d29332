"""The agent: a LangGraph of small steps, read -> extract -> check (-> repair) -> tag -> link ->
measure -> finish.

It has no tools: a paper is one run, and what a step does is a method of an object that is passed in. Each step's
outcome is on disk before the next begins, so that a kill costs one step at most, and never a call that was paid for.
"""

import asyncio
import hashlib
import json
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, cast

from services.summarizer.agent.fields import FieldExtractor
from services.summarizer.agent.reading import PaperReader, texts_hash
from services.summarizer.agent.records import Recorder
from services.summarizer.agent.runs import Runs
from services.summarizer.links.paper_links import Linker
from services.summarizer.results.step import ResultsStep
from services.summarizer.state import KEPT_KEYS, TEXTS, Kept, State, kept_part, restored
from services.summarizer.tags.tagging import Tagger
from shared.contracts import PapersSelected
from shared.errors import TemporaryFailure
from shared.store.papers.summaries import Summary

log = logging.getLogger(__name__)

Step = Callable[[State], Awaitable[State]]

_MOST_STEPS = 50


@dataclass(frozen=True)
class Steps:
    """The objects whose methods are the steps."""

    reader: PaperReader
    extractor: FieldExtractor
    tagger: Tagger
    linker: Linker
    results: ResultsStep
    recorder: Recorder


class Agent:
    """Reads papers. The graph is built by `open`, because importing LangGraph takes over a second."""

    def __init__(self, steps: Steps, runs: Runs) -> None:
        self.steps = steps
        self._runs = runs
        self._graph: Any = None
        self._texts: dict[str, State] = {}

    async def open(self) -> None:
        await self._runs.open()
        self._graph = await asyncio.to_thread(self._build_graph)

    async def close(self) -> None:
        await self._runs.close()

    async def read(self, event: PapersSelected, paper_id: str) -> Summary:
        """Read one paper, from where an earlier try was cut off; its summary is stored when this returns.

        Raises TemporaryFailure, PermanentFailure.
        """
        if self._graph is None:
            raise TemporaryFailure("The agent is not open yet.")
        from langsmith import tracing_context

        thread_id = thread_of(event, paper_id)
        try:
            async with self._runs.reading(thread_id):
                with tracing_context(enabled=False):  # whatever the environment says, papers go to no tracing service
                    summary = await self._run(thread_id, event, paper_id)
        finally:
            self._texts.pop(thread_id, None)
        await self.forget(event, paper_id)
        return summary

    async def forget(self, event: PapersSelected, paper_id: str) -> None:
        """Nothing is left to do for this paper of this event."""
        await self._runs.forget(thread_of(event, paper_id))

    async def _run(self, thread_id: str, event: PapersSelected, paper_id: str) -> Summary:
        config = {"configurable": {"thread_id": thread_id}, "recursion_limit": _MOST_STEPS}
        self._graph.checkpointer = self._runs.saver
        start = kept_part({"event": event, "paper_id": paper_id})
        begun = await self._begun(config)
        if begun and not await self._still_holds(thread_id, begun):
            log.info("%s is read from the start: what it is read by has changed.", paper_id, extra=_facts(paper_id))
            await self._runs.saver.adelete_thread(thread_id)
            begun = None
        await self._graph.ainvoke(None if begun else start, config, durability="sync")
        return await self.steps.recorder.stored(paper_id)

    async def _begun(self, config: dict[str, Any]) -> Kept | None:
        """What an earlier try left, if it can be gone on with."""
        snapshot = await self._graph.aget_state(config)
        return dict(snapshot.values) if snapshot.values and snapshot.next else None

    async def _still_holds(self, thread_id: str, begun: Kept) -> bool:
        """Whether paper, prompts, fields and model are those that an earlier try began with."""
        try:
            state = restored(begun)
        except ValueError:
            return False
        if "inputs" not in state:
            return True
        texts = await self.steps.reader.again(state)
        if texts is None:
            return False
        self._texts[thread_id] = texts
        return state["inputs"] == self._inputs({**state, **texts})

    def _inputs(self, state: State) -> str:
        parts = [texts_hash(state), *self.steps.extractor.inputs()]
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:16]

    async def _read(self, state: State) -> State:
        changes = await self.steps.reader.read(state)
        whole: State = {**state, **changes}
        texts = {key: value for key, value in whole.items() if key in TEXTS}
        self._texts[thread_of(state["event"], state["paper_id"])] = cast(State, texts)
        return {**changes, "inputs": self._inputs(whole)}

    async def _whole(self, state: State) -> State:
        """A kept state with the texts of its paper. Raises TemporaryFailure where they are gone."""
        texts = self._texts.get(thread_of(state["event"], state["paper_id"])) or await self.steps.reader.again(state)
        if texts is None:
            raise TemporaryFailure(f"The document of {state['paper_id']} is not in its folder any more.")
        return {**state, **texts}

    def _node(self, step: Step) -> Callable[[Kept], Awaitable[Kept]]:
        async def node(kept: Kept) -> Kept:
            return kept_part(await step(await self._whole(restored(kept))))

        return node

    def _build_graph(self) -> Any:
        """The compiled graph: plain JSON in and out."""
        from typing import TypedDict

        from langgraph.graph import END, START, StateGraph

        schema = TypedDict("KeptState", dict.fromkeys(KEPT_KEYS, Any), total=False)  # type: ignore[misc]
        steps = self.steps

        async def read(kept: Kept) -> Kept:
            return kept_part(await self._read(restored(kept)))

        def after_check(kept: Kept) -> str:
            return steps.extractor.after_check(restored(kept))

        graph = StateGraph(schema)
        graph.add_node("read", read)
        for name, step in (
            ("extract", steps.extractor.extract),
            ("check", steps.extractor.check),
            ("repair", steps.extractor.repair),
            ("tag", steps.tagger.tag),
            ("link", steps.linker.link),
            ("measure", steps.results.measure),
            ("finish", steps.recorder.finish),
        ):
            graph.add_node(name, self._node(step))
        graph.add_edge(START, "read")
        graph.add_edge("read", "extract")
        graph.add_edge("extract", "check")
        graph.add_conditional_edges(
            "check", lambda kept: steps.extractor.after_check(restored(kept)), ["repair", "tag"]
        )
        graph.add_edge("repair", "check")
        graph.add_edge("tag", "link")
        graph.add_edge("link", "measure")
        graph.add_edge("measure", "finish")
        graph.add_edge("finish", END)
        return graph.compile(checkpointer=self._runs.saver)


def thread_of(event: PapersSelected, paper_id: str) -> str:
    """One reading: an event and a paper of it."""
    return f"{event.event_id}/{paper_id}"


def _facts(paper_id: str) -> dict[str, str]:
    return {"action": "reading_begins_anew", "paper_id": paper_id}
