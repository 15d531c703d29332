"""Traces of questions: their lines, their states, and whose they are."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from shared.contracts import ResearchResult, now
from shared.store.files.data_folder import DataFolder
from shared.store.research.traces import TraceStore, new_trace_id

ASK_ID = "0a1b2c"


def asked(store: TraceStore, user: str = "me", ask_id: str = ASK_ID, days_ago: int = 0) -> str:
    moment = now() - timedelta(days=days_ago)
    trace_id = new_trace_id(moment, user, ask_id)
    facts = {"question": "Why?", "user": user, "ask_id": ask_id}
    store.append(trace_id, {"at": moment.isoformat(), "step": "asked", **facts})
    return trace_id


def answered(trace_id: str, **more: Any) -> dict[str, Any]:
    result = ResearchResult(
        trace_id=trace_id, question="Why?", outcome="answered", mode="extractive", answer="So.", asked_at=now(),
        finished_at=now(), **more,
    )  # fmt: skip
    return {"at": now().isoformat(), "step": "answered", "result": result.model_dump(mode="json")}


@pytest.fixture
def store(tmp_path: Path) -> TraceStore:
    return TraceStore(DataFolder(tmp_path, 0))


def test_a_trace_is_running_until_its_last_line(store: TraceStore) -> None:
    trace_id = asked(store)
    head = store.head(trace_id)
    assert head is not None
    assert (head.state, store.result(trace_id)) == ("running", None)
    store.append(trace_id, answered(trace_id))
    result = store.result(trace_id)
    assert result is not None
    assert result.answer == "So."
    assert [head.state for head in store.recent("me", 5)] == ["answered"]
    assert store.unfinished(now() - timedelta(days=1)) == []


def test_a_torn_or_foreign_line_costs_only_itself(store: TraceStore) -> None:
    trace_id = asked(store)
    with store.path(trace_id).open("ab") as file:
        file.write(b'nonsense\n[1]\n{"step": "planned"}\n{"step": "answ')
    assert [step["step"] for step in store.steps(trace_id)] == ["asked", "planned"]
    store.append(trace_id, {"step": "read"})
    assert [step["step"] for step in store.steps(trace_id)] == ["asked", "planned", "read"]


def test_a_question_is_found_by_its_ask_id_and_its_user(store: TraceStore) -> None:
    mine, theirs = asked(store), asked(store, "somebody")
    assert store.of_ask_id("me", ASK_ID) == mine
    assert store.of_ask_id("somebody", ASK_ID) == theirs
    assert store.of_ask_id("me", "another") is None
    assert [head.trace_id for head in store.recent("somebody", 5)] == [theirs]


def test_only_what_was_asked_lately_is_gone_on_with(store: TraceStore) -> None:
    asked(store, days_ago=3)
    late = asked(store, ask_id="late")
    assert store.unfinished(now() - timedelta(days=1)) == [late]


def test_the_questions_of_a_person_go_with_them(store: TraceStore) -> None:
    mine = asked(store)
    asked(store, "somebody")
    assert store.remove_of("somebody") == 1
    assert store.recent("somebody", 5) == []
    assert store.head(mine) is not None


@pytest.mark.parametrize("name", ["../../etc/passwd", "", "20261122T134325746439", "20261122T134325746439-9ffc98/x"])
def test_what_is_no_id_reads_and_writes_nothing(store: TraceStore, name: str) -> None:
    assert store.steps(name) == []
    assert store.head(name) is None
    with pytest.raises(ValueError, match="is not the id of a trace"):
        store.append(name, {"step": "asked"})
