"""A command's bus: questions only, and an answer at once where nothing runs."""

import pytest

from shared.bus.questions.question_bus import QuestionBus
from shared.contracts import PapersNew, Search
from shared.errors import RequestFailed, TemporaryFailure
from shared.settings.settings import BusSettings
from tests.support.bus.ports import free_port


async def test_where_nothing_runs_it_is_said_at_once() -> None:
    bus = QuestionBus(BusSettings(port=free_port()))
    with pytest.raises(RequestFailed, match="papersys up") as failed:
        await bus.ask(Search(query="graphs"))
    assert failed.value.code == "unavailable"


async def test_a_command_publishes_nothing() -> None:
    bus = QuestionBus(BusSettings())
    with pytest.raises(TemporaryFailure, match="publishes nothing"):
        await bus.publish(PapersNew(paper_ids=("2611.00101",)))
