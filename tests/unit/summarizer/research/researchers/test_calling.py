"""Another papersys is asked at its address: with its token, by the tool that is named, for all of a long answer."""

from pathlib import Path

import pytest

from services.summarizer.research.researchers.calling import call
from services.summarizer.research.researchers.paging import joined_pages
from shared.contracts import Ask, AskReply, ResearchResult
from shared.errors import PermanentFailure
from shared.settings.sections.researchers import ResearcherSettings
from shared.store.files.data_folder import DataFolder
from tests.support.checks.agents import served_reader
from tests.support.folders.seed import seed
from tests.support.papers.answered_questions import TRACE_ID, answered, cited, write_question

TOKEN = "a-token-of-the-owner"
EXCERPT = "walks of length $k$ are counted " * 60


@pytest.fixture
def data(tmp_path: Path) -> DataFolder:
    return seed(tmp_path)


async def test_a_long_answer_of_another_papersys_comes_whole(data: DataFolder) -> None:
    sentences = [{"text": f"Sentence {number} [{number}].", "citations": (number,)} for number in range(1, 41)]
    long = answered(sentences=sentences, citations=[cited(number, EXCERPT) for number in range(1, 41)])
    write_question(data, TRACE_ID, long)
    async with served_reader(data, token=TOKEN) as served:
        served.reader.bus.answers[Ask] = AskReply(trace_id=TRACE_ID, state="done", result=long)
        settings = ResearcherSettings.model_validate({"url": served.mcp, "token": TOKEN, "seconds": 30})
        content = await call("lab", settings, "How?")
        with pytest.raises(PermanentFailure, match="no tool 'answer'"):
            await call("lab", settings.model_copy(update={"tool": "answer"}), "How?")
    assert isinstance(content, dict)
    result = ResearchResult.model_validate(content)
    assert (result.sentences, result.citations) == (long.sentences, long.citations)


def test_pages_without_a_result_are_none() -> None:
    assert joined_pages([{"quoted": {"steps": []}}, {}]) is None
