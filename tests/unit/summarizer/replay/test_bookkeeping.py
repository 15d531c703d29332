"""What a replay keeps of itself, and when it stops."""

from pathlib import Path
from typing import Any

import pytest

from services.summarizer.llm.asking import AskContext
from services.summarizer.llm.failures import LlmUnusable, TooLongForModel
from services.summarizer.llm.structured import UnreadableReply
from services.summarizer.replay.bookkeeping import (
    CannotGoOn,
    InsistingModels,
    check_cost,
    check_inputs,
    failed,
    keep_inputs,
    note_failure,
)
from services.summarizer.tags.doubtful import TagAnswers
from shared.errors import PapersysError, TemporaryFailure
from shared.store.files.data_folder import DataFolder
from tests.support.people.replayed_readings import begun


def test_failures_and_inputs_are_kept(tmp_path: Path) -> None:
    replay = begun(DataFolder(tmp_path, 0), stage="tags")
    assert failed(replay) == {}
    note_failure(replay, "2610.00001", "gone")
    note_failure(replay, "2610.00002", "gone too")
    assert failed(replay) == {"2610.00001": "gone", "2610.00002": "gone too"}
    check_inputs(replay, "one kind")
    keep_inputs(replay, "one kind")
    check_inputs(replay, "one kind")
    with pytest.raises(PapersysError, match="have changed since try began"):
        check_inputs(replay, "another")


@pytest.mark.parametrize(("spent", "done", "stops"), [(0.0, 0, False), (0.4, 1, False), (0.6, 1, True), (1.0, 9, True)])
def test_it_stops_before_the_next_paper_would_pass_the_cap(
    spent: float, done: int, stops: bool, tmp_path: Path
) -> None:
    replay = begun(DataFolder(tmp_path, 0), stage="tags", most_cost=1.0)
    if stops:
        with pytest.raises(PapersysError, match=r"of 1 are spent \(--most-cost\)"):
            check_cost(replay, spent, done)
    else:
        check_cost(replay, spent, done)


@pytest.mark.parametrize(
    ("error", "becomes"),
    [
        (LlmUnusable("no key"), CannotGoOn),
        (TemporaryFailure("away"), CannotGoOn),
        (TooLongForModel("too long"), TooLongForModel),
        (UnreadableReply("no JSON"), UnreadableReply),
    ],
)
async def test_a_model_that_is_away_ends_a_replay_and_a_bad_answer_does_not(
    error: Exception, becomes: type[Exception]
) -> None:
    class Failing:
        def model_for(self, step: str) -> str:
            return "small"

        async def ask(self, conversation: Any, kind: Any, context: Any) -> Any:
            raise error

    models = InsistingModels(Failing())
    assert models.model_for("tag") == "small"
    with pytest.raises(becomes):
        await models.ask([], TagAnswers, AskContext("tag"))
