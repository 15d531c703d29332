"""Anything may lie among the dead letters: pages and commands show it, and a person can be rid of it."""

import asyncio
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest

from shared.bus.delivery.dead_letters import DeadLetter, DeadLetters
from shared.bus.streams import reconcile
from tests.integration.bus.test_bus import bare_client
from tests.integration.bus.test_bus_hostile import HEADERS, publish_raw
from tests.integration.services.test_publisher import ROOT, Services
from tests.support.bus.nats import NatsServer, nats_server
from tests.support.checks.waiting import eventually_sync
from tests.support.folders.seed import GRAPHS, seed

pytestmark = pytest.mark.attack

ODD = [
    b"hello",
    b"",
    b"[" * 100_000,
    b"\xff\xfe",
    b'{"service":"\\ud800"}',
    b'{"number":"x","reason":[/bold]}',
    json.dumps(
        {"service": "[/red]\x1b[31m", "subject": "papers.new", "reason": "[/bold]\x1b]0;owned\x07", "body": ""}
    ).encode(),
    json.dumps(
        {"service": "summarizer", "subject": "papers.selected", "paper_id": "../..", "reason": "", "body": ""}
    ).encode(),
]


UNREADABLE = len(ODD) - 1 + 1
"""One has only odd words in it; another one more has an odd header."""


async def put(server: NatsServer) -> None:
    async with bare_client(server) as js:
        await reconcile(js, 30.0)
        for number, body in enumerate(ODD):
            await js.publish(f"dead.odd.{number}", body)
        await publish_raw(server, "dead.odd.status", HEADERS["a status"], b"hello")
        event = json.dumps({"paper_ids": [GRAPHS]})
        sound = DeadLetter(service="embedder", subject="papers.new", event_id="e", reason="away", body=event)
        await DeadLetters(js).put(sound)


def command(services: Services, *arguments: str, code: int = 0) -> str:
    ran = subprocess.run(
        [sys.executable, "-m", "deploy.cli", *arguments],
        cwd=ROOT,
        env={**services.environment, "COLUMNS": "400"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    said = ran.stdout + ran.stderr
    assert "Traceback" not in said, said
    assert ran.returncode == code, said
    assert "\x1b" not in ran.stdout.replace("\x1b[0m", "")
    return said


@pytest.fixture
def services(tmp_path: Path) -> Any:
    data = seed(tmp_path / "data")
    with nats_server(tmp_path / "nats") as server:
        asyncio.run(put(server))
        yield Services(data.root, server)


def test_pages_stand_while_an_odd_message_lies_among_the_dead_letters(services: Services) -> None:
    with services.running("publisher"):
        eventually_sync(lambda: services.answers(f"{services.health}/ready"), 60)
        for path in ("/", f"/paper/{GRAPHS}", "/status"):
            answer = httpx.get(f"{services.reader}{path}", timeout=60, trust_env=False)
            assert answer.status_code == 200, path
    assert answer.text.count("This letter cannot be read") == UNREADABLE
    assert "\x1b" not in answer.text


@pytest.mark.proof
def test_commands_show_odd_letters_pass_them_over_and_drop_them(services: Services) -> None:
    listed = command(services, "dead", "list")
    assert listed.count("cannot be read") == UNREADABLE
    rows = json.loads(command(services, "dead", "list", "--json"))
    assert len(rows) == len(ODD) + 2
    odd, sound = rows[0]["number"], rows[-1]["number"]
    assert "hello" in command(services, "dead", "show", str(odd))
    assert "no valid event" in command(services, "dead", "retry", "--all", code=1)
    left = json.loads(command(services, "dead", "list", "--json"))
    assert sound not in [row["number"] for row in left]
    assert f"Dropped: {odd}" in command(services, "dead", "drop", str(odd))
    command(services, "dead", "drop", "--all")
    assert "No failed jobs." in command(services, "dead", "list")
    assert "no dead letter number 77" in command(services, "dead", "show", "77", code=1)


def test_status_counts_odd_letters(services: Services) -> None:
    said = json.loads(command(services, "status", "--json", code=1).partition("\nTraceback")[0])
    assert said["dead_letters"] == len(ODD) + 2
