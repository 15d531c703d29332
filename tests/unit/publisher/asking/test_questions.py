"""Questions read from their traces, whole or half."""

from services.publisher.asking.questions import conversation_before, question_of
from shared.store.files.data_folder import DataFolder
from shared.store.research.traces import TraceStore
from tests.support.papers.answered_questions import TRACE_ID, answered, trace_id_of, write_question, write_steps


def test_a_trace_that_was_cut_off_is_a_question_under_way(data: DataFolder) -> None:
    write_question(data)
    path = data.path("traces", "2026-11", f"{TRACE_ID}.jsonl")
    path.write_bytes(path.read_bytes() + b'{"step": "answ')
    question = question_of(TraceStore(data), TRACE_ID, "me")
    assert question is not None
    assert (question.state, question.result, len(question.steps)) == ("running", None, 2)


def test_an_answer_that_cannot_be_read_is_none_and_a_failure_says_why(data: DataFolder) -> None:
    write_question(data, trace_id_of(1))
    write_steps(data, trace_id_of(1), {"step": "answered", "result": {"question": 5}})
    write_question(data, trace_id_of(2))
    write_steps(data, trace_id_of(2), {"step": "failed", "problem": "the budget is used up"})
    unreadable, failed = (question_of(TraceStore(data), trace_id_of(number), "me") for number in (1, 2))
    assert unreadable is not None
    assert failed is not None
    assert (unreadable.state, unreadable.result) == ("done", None)
    assert (failed.state, failed.problem) == ("failed", "the budget is used up")


def test_a_conversation_ends_at_its_beginning_at_a_circle_and_at_somebody_elses(data: DataFolder) -> None:
    traces = TraceStore(data)
    write_question(data, trace_id_of(1), answered(trace_id_of(1)), conversation=trace_id_of(3))
    write_question(data, trace_id_of(2), conversation=trace_id_of(1))
    write_question(data, trace_id_of(3), conversation=trace_id_of(2))
    write_question(data, trace_id_of(4), conversation=trace_id_of(5))
    write_question(data, trace_id_of(5), user="ada")
    third, fourth = (question_of(traces, trace_id_of(number), "me") for number in (3, 4))
    assert third is not None
    assert fourth is not None
    assert [question.trace_id for question in conversation_before(traces, third)] == [trace_id_of(1), trace_id_of(2)]
    assert conversation_before(traces, fourth) == []
