"""Calls for questions are kept in their traces, all others where they were."""

from pathlib import Path

from services.summarizer.llm.kept import Kept
from services.summarizer.research.tracing.kept_calls import CallMemo, CallNote, current_call
from services.summarizer.research.tracing.trace import WrittenTrace, current_trace
from shared.contracts import now
from shared.store.files.data_folder import DataFolder
from shared.store.models.ledger import Call
from shared.store.research.traces import TraceStore, new_trace_id
from tests.support.llm.gateway import DictMemo

CALL = Call(made_at=now(), service="summarizer", purpose="ask", model="m", input_tokens=5, output_tokens=2, cost=0.1)
KEPT = Kept(text="So.", call=CALL).model_dump_json()


async def test_a_call_of_a_question_is_a_line_of_its_trace(tmp_path: Path) -> None:
    store, trace_id, others = TraceStore(DataFolder(tmp_path, 0)), new_trace_id(now(), "me", "x"), DictMemo()
    memo = CallMemo(others)
    set_trace = current_trace.set(WrittenTrace(store, trace_id))
    set_note = current_call.set(CallNote("plan", "p", "m"))
    try:
        await memo.put("key", KEPT, CALL.usage)
        kept = await memo.get("key")
    finally:
        current_call.reset(set_note)
        current_trace.reset(set_trace)
    (line,) = store.steps(trace_id)
    facts = {name: line[name] for name in ("step", "purpose", "reply", "input_tokens", "money", "prompt_hash")}
    assert facts == {
        "step": "called", "purpose": "plan", "reply": "So.", "input_tokens": 5, "money": 0.1, "prompt_hash": "p",
    }  # fmt: skip
    assert kept is not None
    assert Kept.model_validate_json(kept) == Kept.model_validate_json(KEPT)
    assert others.kept == {}


async def test_a_call_for_a_summary_goes_where_it_went() -> None:
    others = DictMemo()
    await CallMemo(others).put("key", KEPT, CALL.usage)
    assert await CallMemo(others).get("key") == KEPT == others.kept["key"]
