"""The trace of one question: what is done once is written down, and read from there when it is needed again.

A question that was killed goes on by the same code over the same lines; a replay is that without any new line.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from contextvars import ContextVar
from typing import Any, Protocol

from shared.contracts import now
from shared.errors import PermanentFailure
from shared.store.research.traces import Step, TraceStore

Facts = dict[str, Any]
Work = Callable[[], Awaitable[Facts]]
_OF_THE_LINE = ("at", "step", "key")
current_trace: ContextVar["Trace | None"] = ContextVar("current_trace", default=None)


class NotInTrace(PermanentFailure):
    """A replay came to a step that the trace does not have."""


class Trace(Protocol):
    """The steps of one question."""

    @property
    def trace_id(self) -> str: ...

    async def once(self, step: str, key: str, work: Work) -> Facts:
        """What `work` returned when this step was done first; JSON, and the same however often it is asked for."""

    def find(self, step: str, key: str) -> Facts | None:
        """The facts of a step that was done already."""

    def all(self, step: str) -> list[Facts]:
        """The facts of all steps of a name, in order."""


class _Steps:
    def __init__(self, trace_id: str, steps: Iterable[Step]) -> None:
        self.trace_id = trace_id
        self._facts: dict[tuple[str, str], Facts] = {}
        for step in steps:
            self._take(step)

    def find(self, step: str, key: str) -> Facts | None:
        return self._facts.get((step, key))

    def all(self, step: str) -> list[Facts]:
        return [facts for (name, _), facts in self._facts.items() if name == step]

    def _take(self, step: Step) -> Facts:
        facts = {name: value for name, value in step.items() if name not in _OF_THE_LINE}
        return self._facts.setdefault((str(step.get("step")), str(step.get("key", ""))), facts)


class WrittenTrace(_Steps):
    """A trace that grows while its question is answered."""

    def __init__(self, store: TraceStore, trace_id: str) -> None:
        super().__init__(trace_id, store.steps(trace_id))
        self._store = store

    async def once(self, step: str, key: str, work: Work) -> Facts:
        known = self.find(step, key)
        if known is not None:
            return known
        facts = await work()
        line = {"at": now().isoformat(), "step": step, "key": key, **facts}
        await asyncio.to_thread(self._store.append, self.trace_id, line)
        return self._take(line)


class ReplayedTrace(_Steps):
    """A trace as it was written: nothing is done, nothing is added."""

    async def once(self, step: str, key: str, work: Work) -> Facts:
        """Raises NotInTrace where the step was never done."""
        known = self.find(step, key)
        if known is None:
            raise NotInTrace(
                f"The trace {self.trace_id} has no step {step!r} ({key}), so it cannot be replayed to its end; it was "
                "cut off there, or written by another version."
            )
        return known
