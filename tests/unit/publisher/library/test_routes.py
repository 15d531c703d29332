"""What the buttons Save, Skip and Undo send, from a script and from a plain form."""

from collections.abc import Mapping

import httpx
import pytest

from shared.contracts import KeepSignal
from shared.errors import RequestFailed
from shared.store.files.data_folder import DataFolder
from shared.store.people.signals import SignalStore
from tests.support.browsing.reader import FORM, FakeReader, page, rate
from tests.support.folders.seed import GRAPHS, TIDES


async def post(fake_reader: FakeReader, address: str, content: Mapping[str, object]) -> httpx.Response:
    async with fake_reader.client() as client:
        return await client.post(address, json=content)


async def submit(fake_reader: FakeReader, address: str, content: dict[str, str]) -> httpx.Response:
    async with fake_reader.client() as client:
        return await client.post(address, data=content, headers=FORM)


async def test_a_saved_paper_is_saved_on_every_page_and_undone(data: DataFolder, fake_reader: FakeReader) -> None:
    answer = await post(fake_reader, "/api/signal", {"paper_id": TIDES, "kind": "save"})
    assert answer.json() == {"paper_id": TIDES, "kind": "save", "error": ""}
    assert list(SignalStore(data).current("save")) == [TIDES]
    assert 'data-saved="yes"' in await page(fake_reader, f"/paper/{TIDES}")
    answer = await post(fake_reader, "/api/undo", {})
    assert answer.json() == {
        "text": "Undone: saving “Tidal heating of eccentric sub-Neptunes”.",
        "papers": [{"paper_id": TIDES, "label": "", "saved": False, "skipped": False, "opened": False}],
        "error": "",
    }
    assert not SignalStore(data).current("save")


async def test_a_form_leads_back_to_its_paper_and_undo_to_a_page_that_can_be_loaded_again(
    fake_reader: FakeReader,
) -> None:
    form = {"paper_id": TIDES, "kind": "skip", "next": f"/day/2026-11-06#p-{TIDES}"}
    answer = await submit(fake_reader, "/api/signal", form)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/day/2026-11-06#p-{TIDES}")
    answer = await submit(fake_reader, "/api/undo", {"next": "//evil.example"})
    address = answer.headers["location"]
    assert address.endswith("&next=%2F")
    for _ in range(2):
        assert "Undone: skipping “Tidal heating" in await page(fake_reader, address)
    assert len([asked for asked in fake_reader.bus.asked if isinstance(asked, KeepSignal)]) == 2


async def test_what_could_not_be_kept_or_undone_is_told_and_stays(fake_reader: FakeReader) -> None:
    await rate(fake_reader, GRAPHS, "like")
    fake_reader.problems["bus"] = "NATS is away"
    answer = await post(fake_reader, "/api/undo", {})
    assert (answer.status_code, answer.json()["error"]) == (
        503,
        "This was not undone (NATS is away). Try again in a moment.",
    )
    fake_reader.bus.answers[KeepSignal] = RequestFailed("Nobody answers.", code="unavailable", retryable=True)
    answer = await post(fake_reader, "/api/signal", {"paper_id": TIDES, "kind": "save"})
    assert (answer.status_code, answer.json()["error"]) == (
        503,
        "This was not saved (Nobody answers). Try again in a moment.",
    )
    assert 'data-saved="yes"' not in await page(fake_reader, f"/paper/{TIDES}")


async def test_clicks_and_time_with_the_text_are_kept_and_not_undone(data: DataFolder, fake_reader: FakeReader) -> None:
    await post(fake_reader, "/api/signal", {"paper_id": TIDES, "kind": "save"})
    await post(fake_reader, "/api/signal", {"paper_id": TIDES, "kind": "click"})
    await post(fake_reader, "/api/signal", {"paper_id": TIDES, "kind": "read", "value": 90})
    assert [(kept.kind, kept.value) for kept in SignalStore(data).all()] == [("save", 0), ("click", 0), ("read", 90)]
    assert "saving" in (await post(fake_reader, "/api/undo", {})).json()["text"]


@pytest.mark.parametrize(
    "content",
    [
        {},
        {"paper_id": TIDES, "kind": "adore"},
        {"paper_id": "../x", "kind": "save"},
        {"paper_id": TIDES, "kind": "read", "value": 90_000},
        {"paper_id": TIDES, "kind": "read", "value": -1},
    ],
)
async def test_what_is_no_signal_is_refused(fake_reader: FakeReader, content: dict[str, object]) -> None:
    assert (await post(fake_reader, "/api/signal", content)).status_code == 422
    assert fake_reader.bus.asked == []


async def test_every_day_with_picks_is_in_the_calendar(fake_reader: FakeReader) -> None:
    text = await page(fake_reader, "/days")
    assert text.count('<a href="/day/') == 2
    assert 'aria-current="date"' in await page(fake_reader, "/day/2026-11-05")
