"""`papersys ask` against a running summarizer: answers, declines, replays, follows up; a kill costs no call twice."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from services.summarizer.research.chunking.sections import MAX_WORDS, chunker_name, chunks_of
from shared.bus.bus import NatsBus
from shared.bus.questions.asking import ask_once
from shared.contracts import Ask, Encode, EncodeReply, FindPassages
from shared.store.files.data_folder import DataFolder
from shared.store.papers.documents import DocumentStore
from shared.store.papers.summaries import MadeBy, Summary, SummaryStore
from shared.store.research.chunks import ChunkStore
from tests.support.bus.nats import PASSWORD, NatsServer, nats_server
from tests.support.checks.command_line import Outcome, run_command
from tests.support.checks.waiting import eventually
from tests.support.llm.server import Body, Scripted, llm_server
from tests.support.papers.questions import TEXTS, TREES, WHEN, AskedRoom, numbers_of, purpose_of, said
from tests.support.papers.summarizer import encode
from tests.support.processes.service_process import ServiceProcess, service_process

QUESTION = "What does the tree of tournament nodes hold?"
HOLDS = "Each node of the tree holds the head of one run."

pytestmark = pytest.mark.slow


def seed(folder: Path) -> None:
    """Two papers that have a summary, as documents and chunks."""
    room = AskedRoom(folder, None, TEXTS)
    for paper_id in TEXTS:
        document = DocumentStore(room.data).markdown(paper_id, 1)
        ChunkStore(room.data).put(paper_id, 1, chunker_name(MAX_WORDS), chunks_of(paper_id, 1, document))
        made_by = MadeBy(event_id="e", run_id="r", model="extractive", document_version=1)
        SummaryStore(room.data).put(
            Summary(paper_id=paper_id, version=1, mode="extractive", fields=(), made_at=WHEN, made_by=made_by)
        )


@asynccontextmanager
async def running(folder: Path, server: NatsServer, **environment: str) -> AsyncIterator[ServiceProcess]:
    """A summarizer, and an embedder in this process."""
    bus = NatsBus(server.settings, "embedder")

    async def encoded(request: Encode) -> EncodeReply:
        return encode(request).model_copy(update={"model": "minilm"})

    bus.answer(Encode, encoded)
    async with bus.running():
        with service_process("summarizer", folder, server, **environment) as process:
            await process.ready()
            await eventually(lambda: is_found(server, "tournament nodes"), 100)
            yield process


async def is_found(server: NatsServer, query: str) -> bool:
    """Whether the papers are in the index."""
    return bool((await ask_once(server.settings, FindPassages(query=query))).passages)


async def papersys(*arguments: str) -> Outcome:
    return await asyncio.to_thread(run_command, *arguments)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("PAPERSYS_CONFIG", raising=False)
    monkeypatch.setenv("PAPERSYS_BUS__PASSWORD", PASSWORD)
    monkeypatch.setenv("PAPERSYS_DATA__PATH", str(tmp_path / "data"))
    monkeypatch.setenv("PAPERSYS_DATA__MIN_FREE_MB", "0")
    seed(tmp_path / "data")
    return tmp_path


async def test_a_question_is_answered_followed_up_and_replayed(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with nats_server(here / "nats") as server:
        monkeypatch.setenv("PAPERSYS_BUS__PORT", str(server.settings.port))
        async with running(here / "data", server):
            done = await papersys("ask", QUESTION)
            assert (done.code, "head of one run. [1]" in done.out) == (0, True), done
            assert "https://arxiv.org/abs/2610.00001v1" in done.out
            assert "Looking for" in done.err
            declined = await papersys("ask", "What is the mass of a proton?", "--corpus", "read")
            assert (declined.code, "Not in these papers" in declined.out) == (0, True), declined
            as_json = json.loads((await papersys("ask", QUESTION, "--corpus", TREES, "--json")).out)
            assert as_json["outcome"] == "answered"
            again = json.loads((await papersys("ask", "--replay", as_json["trace_id"], "--json")).out)
            assert again == as_json
            followed = json.loads((await papersys("ask", "When is it rebuilt?", "--continue", "--json")).out)
            assert (followed["conversation"], followed["corpus"]) == (as_json["trace_id"], as_json["corpus"])
            listed = await papersys("ask", "--history")
            assert listed.out.count(QUESTION) == 2
            estimate = await papersys("ask", QUESTION, "--estimate")
            assert "at no cost" in estimate.out
    away = await papersys("ask", QUESTION)
    assert (away.code, "papersys up" in away.err) == (1, True)


async def test_a_service_that_is_killed_while_the_model_answers_goes_on_and_pays_no_call_again(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hold = {"seconds": 60.0}

    def script(body: Body, before: int) -> Scripted:
        match purpose_of(body):
            case "plan":
                return Scripted(json.dumps({"question": "", "queries": ["tournament nodes"]}))
            case "rank":
                return Scripted(json.dumps({"relevant": [1]}))
            case _:
                text = said((numbers_of(body, "tournament nodes"), HOLDS)).text
                return Scripted(text, after_seconds=hold["seconds"])

    with nats_server(here / "nats") as server, llm_server(script) as llm:
        model = {"PAPERSYS_LLM__BASE_URL": llm.url, "PAPERSYS_LLM__MODEL": "m"}
        async with running(here / "data", server, **model) as process:
            request = Ask(question=QUESTION, ask_id="once", wait_seconds=0)
            first = await ask_once(server.settings, request)
            assert first.state == "running"
            await eventually(lambda: [purpose_of(body) for body in llm.asked][-1:] == ["answer"], 60)
            process.kill()
            hold["seconds"] = 0.0
            process.start()
            await process.ready()
            reply = await ask_once(server.settings, request.model_copy(update={"wait_seconds": 60.0}))
            while reply.state == "running":
                reply = await ask_once(server.settings, request.model_copy(update={"wait_seconds": 60.0}))
    assert reply.trace_id == first.trace_id
    assert (reply.answer, reply.mode) == (f"{HOLDS} [1]", "llm")
    asked = [purpose_of(body) for body in llm.asked]
    assert asked.count("plan") == 1
    assert asked.count("answer") == 2, "the one that was cut off by the kill, and the one that was answered"
    assert DataFolder(here / "data", 0).path("ledger").exists()
