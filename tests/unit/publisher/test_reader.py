"""The reader as a whole: every page well formed, hostile text harmless, tags, status, static files."""

from datetime import timedelta

import pytest

from services.publisher.system.status.queues import QueueState
from shared.bus.delivery.dead_letters import DeadLetter
from shared.contracts import Hit, HitsReply, Search
from shared.store.files.data_folder import DataFolder
from shared.store.harvests.runs import HarvestRun, RunStore
from tests.support.browsing.reader import FakeReader, page, reader
from tests.support.folders.seed import GRAPHS, HOSTILE, NOON, TIDES


@pytest.mark.parametrize("path", ["/day/2026-01-01", "/day/soon", "/nothing", "/paper/12", "/tag/none"])
async def test_what_is_not_there_is_a_page_that_says_so(fake_reader: FakeReader, path: str) -> None:
    text = await page(fake_reader, path, 404)
    assert "Page not found" in text
    assert "Back to today" in text


async def test_an_address_without_a_page_says_so(fake_reader: FakeReader) -> None:
    assert "There is nothing at this address." in await page(fake_reader, "/nothing", 404)


@pytest.mark.parametrize("path", ["/", f"/paper/{HOSTILE}", "/search?q=x", "/tag/planets"])
async def test_hostile_text_is_shown_and_does_not_run(fake_reader: FakeReader, path: str) -> None:
    fake_reader.bus.answers[Search] = HitsReply(hits=(Hit(paper_id=HOSTILE, score=1, reasons=("<b>bold</b>",)),))
    text = await page(fake_reader, path)
    assert "&lt;script&gt;alert(" in text
    for forbidden in ("<script>alert", "<img src=x", "<b>", "<i>", 'href="javascript:', " 49 ", "style="):
        assert forbidden not in text


async def test_the_demo_says_so_on_every_page_and_links_to_its_own_arxiv(data: DataFolder) -> None:
    for path in ("/", f"/paper/{GRAPHS}", "/best", "/tags", "/search", "/interests", "/status"):
        assert "This is the demo" in await page(reader(data, demo=True), path)
        assert "This is the demo" not in await page(reader(data), path)
    text = await page(reader(data, demo=True), f"/paper/{GRAPHS}")
    assert f"http://127.0.0.1:8099/abs/{GRAPHS}" in text
    assert "https://arxiv.org" not in text


async def test_a_page_comes_compressed_where_it_holds_no_secret_and_the_browser_reads_gzip(
    fake_reader: FakeReader,
) -> None:
    for path, is_compressed in (("/", True), ("/setup", False), ("/feeds", False)):
        async with fake_reader.client(headers={"accept": "text/html"}) as client:
            shrunk = await client.get(path)
            plain = await client.get(path, headers={"accept-encoding": "identity"})
        assert (shrunk.headers.get("content-encoding") == "gzip") is is_compressed
        assert "content-encoding" not in plain.headers
        assert shrunk.text == plain.text


async def test_scripts_and_styles_come_compressed(fake_reader: FakeReader) -> None:
    async with fake_reader.client() as client:
        answer = await client.get("/static/reader.css?v=1")
        assert answer.headers["content-encoding"] == "gzip"
        assert "immutable" in answer.headers["cache-control"]
        assert (await client.get("/static/reader.css", headers={"accept-encoding": "identity"})).text == answer.text


async def test_the_demo_tells_no_announcement_times_of_arxiv(data: DataFolder) -> None:
    late = NOON + timedelta(days=9)
    RunStore(data).put(
        HarvestRun(run_id="run-9999", started_at=late, finished_at=late, state="done", outcome="Not announced yet.")
    )
    assert "Not announced yet." not in await page(reader(data, demo=True), "/")
    assert "Not announced yet." in await page(reader(data), "/")


async def test_tags_are_counted_and_lead_to_their_papers(fake_reader: FakeReader) -> None:
    text = await page(fake_reader, "/tags")
    assert 'Planets <span class="count">3</span>' in text
    graphs = await page(fake_reader, "/tag/graph-neural-networks")
    assert f'data-paper="{GRAPHS}"' in graphs
    assert f'data-paper="{TIDES}"' not in graphs


async def test_status_shows_services_counts_the_last_harvest_and_dead_letters(fake_reader: FakeReader) -> None:
    fake_reader.down.add("ranker")
    letter = DeadLetter(
        service="embedder",
        subject="papers.new",
        event_id="e",
        paper_id=TIDES,
        reason="no text <b>",
        attempts=10,
        died_at=NOON,
        body="{}",
        number=7,
    )
    fake_reader.queues.current = QueueState(letters=[letter])
    text = await page(fake_reader, "/status")
    for shown in ("unreachable", "Some services are not ready", "5 new papers of 2026-11-06.", "no text &lt;b&gt;"):
        assert shown in text
    async with fake_reader.client() as client:
        body = (await client.get("/api/status")).json()
        health = await client.get("/health")
    assert body["ready"] is False
    assert {service["service"]: service["state"] for service in body["services"]}["ranker"] == "unreachable"
    assert body["counts"]["papers"] == 7
    assert body["counts"]["ratings"] == 1
    assert body["queues"]["letters"][0]["reason"] == "no text <b>"
    assert health.status_code == 503
    fake_reader.down.clear()
    async with fake_reader.client() as client:
        assert (await client.get("/health")).json()["status"] == "ready"


async def test_every_page_has_a_title_a_skip_link_and_a_language(fake_reader: FakeReader) -> None:
    for path in ("/", f"/paper/{GRAPHS}", "/best", "/search", "/interests", "/tags", "/tag/planets", "/status"):
        text = await page(fake_reader, path)
        for needed in ('<html lang="en">', "<title>", 'class="skip"', '<main id="content"', "<h1"):
            assert needed in text


async def test_static_files_are_kept_for_ever_only_when_asked_for_by_their_content(fake_reader: FakeReader) -> None:
    text = await page(fake_reader, "/")
    address = text.split('<link rel="stylesheet" href="')[2].split('"')[0]
    async with fake_reader.client() as client:
        assert "immutable" in (await client.get(address)).headers["cache-control"]
        assert "immutable" not in (await client.get("/static/reader.css")).headers.get("cache-control", "")
        assert (await client.get("/static/katex/fonts/KaTeX_Main-Regular.woff2")).status_code == 200
        assert (await client.get("/static/../settings.py")).status_code == 404
