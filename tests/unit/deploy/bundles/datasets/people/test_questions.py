"""Questions that were answered elsewhere: taken in whole, each once, and never asked again."""

from collections.abc import Callable
from pathlib import Path

import pytest

from shared.store.files.data_folder import DataFolder
from shared.store.people.users import UserStore
from shared.store.research.traces import TraceStore
from tests.support.folders.bundles import export, merge, rewritten
from tests.support.papers.answered_questions import TRACE_ID, trace_id_of


def test_questions_arrive_with_their_answers_and_those_under_way_stay_where_they_are(
    everything: DataFolder, whole: Path, empty: DataFolder
) -> None:
    assert merge(whole, empty)["questions"].new == 2
    here, there = TraceStore(empty), TraceStore(everything)
    assert here.result(TRACE_ID) == there.result(TRACE_ID)
    assert here.ids() == [TRACE_ID, trace_id_of(1)]
    assert there.ids() == [TRACE_ID, trace_id_of(1), trace_id_of(2)]
    assert merge(whole, empty)["questions"].same == 2


def test_those_of_one_person_are_asked_by_whom_they_come_to(
    everything: DataFolder, empty: DataFolder, tmp_path: Path
) -> None:
    UserStore(empty).add("berta")
    export(everything, tmp_path / "anna.zip", "anna")
    assert merge(tmp_path / "anna.zip", empty, "berta")["questions"].new == 1
    (head,) = TraceStore(empty).recent("berta", 9)
    assert (head.question, head.state) == ("What does Anna ask?", "answered")
    result = TraceStore(empty).result(head.trace_id)
    assert result is not None
    assert result.user == "berta"


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda text: text.replace(TRACE_ID.encode(), b"../../../20261106T120000"), "is not the id of a trace"),
        (lambda text: text.replace(b'"answered"', b'"read"'), "has no end"),
        (lambda text: text.replace(b'"result": {', b'"result": [], "x": {'), "answer is none"),
        (lambda text: text.replace(b'"user": "me"', b'"user": "you"', 1), "does not begin with a question of you"),
        (lambda text: text.replace(b'"at": "2026', b'"at": "9026'), "lies in the future"),
        (lambda text: b"[" * 100_000 + b"\n", "questions.jsonl, line 1"),
    ],
)
def test_what_is_no_answered_question_is_refused_and_takes_no_other_with_it(
    change: Callable[[bytes], bytes], says: str, whole: Path, empty: DataFolder, tmp_path: Path
) -> None:
    def spoil(content: bytes) -> bytes:
        first, *others = content.splitlines(keepends=True)
        return change(first) + b"".join(others)

    tally = merge(rewritten(whole, tmp_path / "odd.zip", {"questions.jsonl": spoil}), empty)["questions"]
    assert (tally.refused, tally.new) == (1, 1)
    assert says in tally.problems[0]
    assert TraceStore(empty).ids() == [trace_id_of(1)]
