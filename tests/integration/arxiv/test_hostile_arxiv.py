"""A server that means ill, over real HTTP: each request ends, in little memory, and lets the gate go."""

import asyncio
import subprocess
import sys
from datetime import date
from pathlib import Path

import httpx
import pytest

from services.fetcher.app import Components, build
from services.fetcher.arxiv.oai import parse
from services.fetcher.harvesting.cursor import HarvestPlan
from shared.errors import TemporaryFailure
from tests.integration.services.test_fetcher import ROOT, demo_arxiv
from tests.support.arxiv.demo import data_folder, demo_settings
from tests.support.outside.hostile_server import (
    Talk,
    endless_drip,
    endless_early_hints,
    endless_headers,
    hostile_server,
)

pytestmark = pytest.mark.attack

ALL = HarvestPlan(date(2026, 10, 1))
FORGET = {"patience_seconds": 0, "failure_waits_seconds": (0.01,), "request_seconds": 0.3}


def rooms_at(address: str, folder: Path, **settings: object) -> Components:
    return build(
        data_folder(folder), demo_settings(oai_url=f"{address}/oai", arxiv_url=address, **{**FORGET, **settings})
    )


@pytest.mark.parametrize("talk", [endless_early_hints, endless_drip, endless_headers])
async def test_an_answer_without_an_end_is_given_up_and_the_gate_is_free_again(tmp_path: Path, talk: Talk) -> None:
    async with hostile_server(talk) as address:
        components = rooms_at(address, tmp_path)
        with pytest.raises(TemporaryFailure, match=r"no complete answer within 0\.3 s"):
            await components.arxiv.oai({"verb": "Identify"}, parse)
        async with asyncio.timeout(10), components.gate._queue.turn(10):
            pass
        await components.arxiv.close()


@pytest.mark.proof
@pytest.mark.parametrize(
    ("fault", "says"),
    [
        ("redirect-loop", "too many redirects"),
        ("redirect-away", r"redirected to arxiv\.example"),
        pytest.param("gzip-bomb", "an answer larger than 100 MB", marks=pytest.mark.slow),
        ("double-gzip-bomb", "which was not asked for"),
        ("other-encoding", "which was not asked for"),
        ("corrupt-encoding", "broken gzip stream"),
        ("xml-bomb", "something other than records"),
        ("overlong-token", "a resumption token of 100000 characters"),
    ],
)
async def test_a_hostile_page_is_refused_with_a_word_for_it(tmp_path: Path, fault: str, says: str) -> None:
    with demo_arxiv("--page-size", "50", "--fault", fault) as address:
        components = rooms_at(address, tmp_path, request_seconds=60)
        with pytest.raises(TemporaryFailure, match=says):
            await components.harvester.run(ALL)
        await components.arxiv.close()


@pytest.mark.proof
@pytest.mark.parametrize(
    "fault",
    [
        pytest.param("gzip-bomb", marks=pytest.mark.slow),
        pytest.param("double-gzip-bomb", marks=pytest.mark.slow),
        "xml-bomb",
    ],
)
def test_a_bomb_takes_little_memory(tmp_path: Path, fault: str) -> None:
    """An undisturbed harvest peaks at about 110 MB; the bombs are of 1 GB, and of a tree of 1.4 GB."""
    with demo_arxiv("--made-up", "50", "--fault", f"{fault}:/oai:1") as address:
        command = [sys.executable, "-m", "tests.support.processes.harvesting", str(tmp_path), address, "1000"]
        peak = subprocess.run(command, cwd=ROOT, capture_output=True, check=True, timeout=120).stdout
    assert int(peak) < 400


async def test_only_gzip_is_asked_for_and_a_packed_answer_is_read(tmp_path: Path) -> None:
    asked: list[httpx.Headers] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.headers)
        return httpx.Response(404)

    settings = demo_settings()
    components = build(data_folder(tmp_path), settings, httpx.MockTransport(answer))
    assert (await components.arxiv.eprint("2611.00001")).is_absent
    assert asked[0]["Accept-Encoding"] == "gzip"
