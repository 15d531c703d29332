"""What is done once is read from the trace when it is needed again."""

from pathlib import Path

import pytest

from services.summarizer.research.tracing.trace import Facts, NotInTrace, ReplayedTrace, WrittenTrace
from shared.contracts import now
from shared.store.files.data_folder import DataFolder
from shared.store.research.traces import TraceStore, new_trace_id


async def one() -> Facts:
    return {"value": 1}


async def never() -> Facts:
    raise AssertionError("done twice")


async def test_a_step_is_done_once_over_restarts(tmp_path: Path) -> None:
    store, trace_id = TraceStore(DataFolder(tmp_path, 0)), new_trace_id(now(), "me", "x")
    assert await WrittenTrace(store, trace_id).once("read", "1", one) == {"value": 1}
    again = WrittenTrace(store, trace_id)
    assert await again.once("read", "1", never) == {"value": 1}
    assert again.all("read") == [{"value": 1}]
    assert again.find("read", "2") is None


async def test_a_step_that_fails_leaves_no_line(tmp_path: Path) -> None:
    store, trace_id = TraceStore(DataFolder(tmp_path, 0)), new_trace_id(now(), "me", "x")
    with pytest.raises(AssertionError):
        await WrittenTrace(store, trace_id).once("read", "1", never)
    assert store.steps(trace_id) == []


async def test_a_replay_does_nothing_that_is_not_in_its_trace() -> None:
    trace = ReplayedTrace("t", [{"step": "read", "key": "1", "value": 1}])
    assert await trace.once("read", "1", never) == {"value": 1}
    with pytest.raises(NotInTrace, match="has no step 'drafted'"):
        await trace.once("drafted", "1", never)
