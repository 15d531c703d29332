"""Commands ask the system that runs; proved on a real server with a handler of the test's own."""

import asyncio
from pathlib import Path

import pytest

from shared.bus.bus import NatsBus
from shared.bus.questions.asking import ask_once
from shared.contracts import Explain, ExplainReply
from shared.errors import PermanentFailure, RequestFailed
from shared.settings.settings import BusSettings
from tests.support.bus.nats import PASSWORD, NatsServer
from tests.support.bus.ports import free_port
from tests.support.checks.command_line import run_command
from tests.support.checks.waiting import eventually


async def test_a_command_shows_what_the_running_system_answers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    server = NatsServer(tmp_path / "nats")
    server.start()
    try:
        bus = NatsBus(server.settings, "ranker")

        async def explain(request: Explain) -> ExplainReply:
            if request.paper_id == "2403.00002":
                raise PermanentFailure("never")
            return ExplainReply(paper_id=request.paper_id, score=0.5, regime="seeds", outcomes=("said by the system",))

        bus.answer(Explain, explain)
        monkeypatch.chdir(tmp_path)
        monkeypatch.setenv("PAPERSYS_BUS__PORT", str(server.settings.port))
        monkeypatch.setenv("PAPERSYS_BUS__PASSWORD", PASSWORD)
        monkeypatch.setenv("PAPERSYS_DATA__PATH", str(tmp_path / "data"))
        async with bus.running():
            await eventually(lambda: bus.problem() is None)
            shown = await asyncio.to_thread(run_command, "why", "2403.00001")
            assert "said by the system" in shown.out
            refused = await asyncio.to_thread(run_command, "why", "2403.00002")
            assert (refused.code, "never" in refused.err) == (1, True)
        alone = await asyncio.to_thread(run_command, "why", "2403.00001")
        assert "was never harvested" in alone.out
    finally:
        server.stop()


async def test_where_nothing_listens_or_nobody_answers_that_is_said_at_once(tmp_path: Path) -> None:
    nowhere = BusSettings(port=free_port())
    with pytest.raises(RequestFailed, match="is not running") as refused:
        await ask_once(nowhere, Explain(paper_id="2403.00001"))
    assert refused.value.code == "unavailable"
    server = NatsServer(tmp_path / "nats")
    server.start()
    try:
        for settings, words in (
            (server.settings, "Nobody answers ranker.explain"),
            (server.settings.model_copy(update={"password": None}), "cannot be used"),
        ):
            with pytest.raises(RequestFailed, match=words) as refused:
                await ask_once(settings, Explain(paper_id="2403.00001"))
            assert refused.value.code == "unavailable"
    finally:
        server.stop()


def test_a_like_where_no_system_runs_fails_without_trying_for_long(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PAPERSYS_BUS__PORT", str(free_port()))
    monkeypatch.setenv("PAPERSYS_DATA__PATH", str(tmp_path / "data"))

    async def tried(*arguments: object, **options: object) -> None:
        raise AssertionError("the client tries for seconds where nothing listens")

    monkeypatch.setattr("nats.connect", tried)
    done = run_command("like", "2403.12345")
    assert done.code == 1
    assert "is `papersys up` running?" in done.err
