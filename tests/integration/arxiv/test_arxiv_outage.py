"""arXiv away for as long as a day of deliveries, in short: the real fetcher, summarizer and feedback on real NATS.

Delays are a thousandth of the real ones, so what takes a day there takes a minute here: the summarizer asks for its
picks more often than a day has quarters of an hour, and is restarted meanwhile.
"""

import asyncio
import re
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
from nats.js import JetStreamContext
from nats.js.errors import NotFoundError

from services.feedback.app import create_app as create_feedback
from services.feedback.settings import Settings as FeedbackSettings
from services.summarizer.app import create_app as create_summarizer
from services.summarizer.settings import Settings as SummarizerSettings
from shared.bus.bus import NatsBus
from shared.bus.delivery.attempts import Attempts
from shared.bus.streams import ATTEMPTS_STREAM
from shared.contracts import Encode, EncodeReply, FeedbackLabel, PapersSelected
from shared.settings.settings import BusSettings
from shared.store.files.data_folder import DataFolder
from shared.store.papers.metadata import MetadataStore
from shared.store.papers.summaries import SummaryStore
from shared.store.people.preferences import RatingStore
from tests.integration.bus.test_bus import all_acked, bare_client, letters
from tests.integration.services.test_fetcher import Fetcher, demo_arxiv
from tests.support.bus.nats import nats_server
from tests.support.checks.waiting import eventually
from tests.support.papers.summarizer import encode

DAY_OF_QUARTERS = 24 * 4


async def encoded(request: Encode) -> EncodeReply:
    return encode(request)


@asynccontextmanager
async def reading(data: Path, bus: BusSettings) -> AsyncIterator[None]:
    """A summarizer and a feedback service, in this process."""
    common = {"data": {"path": data, "min_free_mb": 0}, "bus": bus}
    summarizer = create_summarizer(SummarizerSettings.model_validate(common))
    feedback = create_feedback(FeedbackSettings.model_validate(common))
    async with summarizer.router.lifespan_context(summarizer), feedback.router.lifespan_context(feedback):
        yield


async def delivered(js: JetStreamContext, picks: int) -> list[int]:
    """How often each waiting pick was delivered so far."""
    found = []
    for number in range(1, picks + 1):
        try:
            record = await js.get_last_msg(ATTEMPTS_STREAM, f"attempts.summarizer-papers-selected.{number}")
        except NotFoundError:
            continue
        found.append(Attempts.model_validate_json(record.data or b"").delivery)
    return found


@pytest.mark.proof
async def test_after_a_day_without_arxiv_all_picks_are_read_and_liked_papers_known(tmp_path: Path) -> None:
    waits = {"retry_delays_seconds": (0.02, 0.02), "ack_wait_seconds": 5.0}
    with nats_server(tmp_path / "nats", **waits) as server, demo_arxiv() as arxiv:
        fetcher = Fetcher(tmp_path, server, arxiv)
        fetcher.environment |= {
            "PAPERSYS_FETCHER__HARVEST_ON_START": "false",
            "PAPERSYS_FETCHER__PATIENCE_SECONDS": "0",
            "PAPERSYS_FETCHER__FAILURE_WAITS_SECONDS": "[0.1]",
        }
        fetcher.start()
        data = DataFolder(tmp_path / "data", 0)
        asking = NatsBus(server.settings, "embedder")
        asking.answer(Encode, encoded)
        *picks, liked = announced_by(arxiv)[:4]
        await asyncio.to_thread(break_down, arxiv)
        try:
            async with asyncio.timeout(240), asking.running(), bare_client(server) as js:
                await eventually(lambda: asking.problem() is None)
                async with reading(data.root, server.settings):
                    for paper_id in picks:
                        await asking.publish(PapersSelected(paper_ids=(paper_id,)))
                    await asking.publish(FeedbackLabel(paper_ids=(liked,), label="like"))
                    await eventually(lambda: liked in RatingStore(data).current())
                    await eventually(lambda: waited(js, len(picks), DAY_OF_QUARTERS // 2), 120)
                async with reading(data.root, server.settings):
                    await eventually(lambda: waited(js, len(picks), DAY_OF_QUARTERS), 120)
                    assert await letters(server) == []
                    assert SummaryStore(data).count() == 0
                    await asyncio.to_thread(recover, arxiv)
                    await eventually(lambda: SummaryStore(data).count() == len(picks), 90)
                    await eventually(lambda: all_acked(js, "summarizer-papers-selected"))
                    await eventually(lambda: MetadataStore(data).has([liked]) == {liked}, 60)
                    assert await letters(server) == []
        finally:
            fetcher.end(signal.SIGTERM)


def announced_by(arxiv: str) -> list[str]:
    page = httpx.get(f"{arxiv}/oai?verb=ListIdentifiers&metadataPrefix=arXiv&from=2026-10-01", trust_env=False)
    return re.findall(r"oai:arXiv.org:([0-9.]+)<", page.text)


def break_down(arxiv: str) -> None:
    fault = {"kind": "503-silent", "path": "/"}
    httpx.post(f"{arxiv}/_demo/faults", json=fault, trust_env=False).raise_for_status()


def recover(arxiv: str) -> None:
    httpx.delete(f"{arxiv}/_demo/faults", trust_env=False).raise_for_status()


async def waited(js: JetStreamContext, picks: int, times: int) -> bool:
    counts = await delivered(js, picks)
    return len(counts) == picks and min(counts) >= times
