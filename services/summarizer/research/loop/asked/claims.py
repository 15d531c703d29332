"""Who answers a question where several processes could: the one whose name its trace has last, or nobody any more.

What is decided here is decided under the lock of the traces, which is a lease where machines share the data folder.
So of two processes that find a question whose process died, one goes on with it; and whoever is told that a question is
no longer wanted writes that down where the one who answers it looks.
"""

import time
from collections.abc import Sequence

from services.summarizer.research.loop.asked.working_process import is_another_at_work, this_process
from shared.contracts import now
from shared.store.research.traces import LAST_STEPS, Step, TraceStore

UNWANTED = "unwanted"


class Claims:
    """Every method blocks."""

    def __init__(self, traces: TraceStore, name: str = "") -> None:
        self._traces = traces
        self._name = name or this_process()

    @property
    def name(self) -> str:
        """Of this process; it stands in the first line of what it answers."""
        return self._name

    def take(self, trace_id: str) -> bool:
        """Whether this process may go on with a question now; from then on no other may while this one lives."""
        steps = self._traces.steps(trace_id)
        if not steps or is_finished(steps) or self._is_of_another(trace_id, steps):
            return False
        if owner_of(steps) == self._name:
            return True
        number = sum(step.get("step") == "resumed" for step in steps) + 1
        step = {"at": now().isoformat(), "step": "resumed", "key": str(number), "owner": self._name}
        return self._traces.append_if(trace_id, step, lambda steps: self._is_free(trace_id, steps))

    def end(self, trace_id: str) -> bool:
        """Have a question that another process answers ended; whether it was being answered, or waited for that."""
        unwanted = {"at": now().isoformat(), "step": UNWANTED, "key": ""}
        was_told = self._traces.append_if(trace_id, unwanted, _is_wanted)
        cancelled = {**unwanted, "step": "cancelled"}
        is_left = self._traces.append_if(trace_id, cancelled, lambda steps: self._is_free(trace_id, steps))
        return was_told or is_left

    def is_unwanted(self, trace_id: str) -> bool:
        return is_unwanted(self._traces.steps(trace_id))

    def is_finished(self, trace_id: str) -> bool:
        return is_finished(self._traces.steps(trace_id))

    def _is_free(self, trace_id: str, steps: Sequence[Step]) -> bool:
        return bool(steps) and not is_finished(steps) and not self._is_of_another(trace_id, steps)

    def _is_of_another(self, trace_id: str, steps: Sequence[Step]) -> bool:
        owner = owner_of(steps)
        if not owner or owner == self._name:
            return False
        return is_another_at_work(owner, time.time() - self._traces.path(trace_id).stat().st_mtime)


def owner_of(steps: Sequence[Step]) -> str:
    """The process that began a question, or that took it up last."""
    return next((str(step["owner"]) for step in reversed(steps) if step.get("owner")), "")


def is_finished(steps: Sequence[Step]) -> bool:
    return any(step.get("step") in LAST_STEPS for step in steps)


def _is_wanted(steps: Sequence[Step]) -> bool:
    return bool(steps) and not is_finished(steps) and not is_unwanted(steps)


def is_unwanted(steps: Sequence[Step]) -> bool:
    return any(step.get("step") == UNWANTED for step in steps)
