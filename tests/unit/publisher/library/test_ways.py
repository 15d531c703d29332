"""By which page of the reader a person came to a paper."""

import pytest

from services.publisher.library.ways import way_from
from shared.contracts import FeedbackLabel
from shared.store.files.data_folder import DataFolder
from shared.store.people.signals import SignalStore
from tests.support.browsing.reader import FakeReader
from tests.support.folders.seed import TIDES


@pytest.mark.parametrize(
    ("address", "way"),
    [
        ("http://127.0.0.1:8080/search?q=moons", "search"),
        ("/search", "search"),
        ("/paper/2611.00001/text?start=1#quote", "citation"),
        ("/paper/hep-th%2F9901001/text", "citation"),
        ("/paper/2611.00001", "link"),
        ("/paper/2611.00001/similar", "link"),
        ("/paper/hep-th/9901002", None),
        ("/paper/hep-th/9901002/text", None),
        ("/ask/t-1", "answer"),
        ("/tag/moons", "tag"),
        ("/reading-list", "list"),
        ("/", None),
        ("/day/2026-11-06", None),
        ("", None),
        ("http://[broken", None),
        ("//%00/%ff", None),
    ],
)
def test_a_page_tells_the_way_and_those_of_picks_and_of_the_paper_itself_tell_none(address: str, way: str) -> None:
    assert way_from(address, "hep-th/9901002") == way


async def test_only_the_kind_of_the_page_is_kept(data: DataFolder, fake_reader: FakeReader) -> None:
    async with fake_reader.client() as client:
        opened = {"paper_id": TIDES, "kind": "open", "reached_from": "/search?q=secret"}
        await client.post("/api/signal", json=opened)
        await client.post("/api/signal", json={"paper_id": TIDES, "kind": "save", "reached_from": "/search"})
        headers = {"Referer": "http://reader/search?q=secret"}
        await client.post("/api/rating", json={"paper_id": TIDES, "label": "like"}, headers=headers)
        undone = await client.post("/api/undo", json={})
    assert [(one.kind, one.source) for one in SignalStore(data).all()] == [
        ("open", "reader:search"),
        ("save", "reader"),
    ]
    (rating, *_) = [event for event in fake_reader.bus.published if isinstance(event, FeedbackLabel)]
    assert rating.source == "reader:search"
    assert "liking" in undone.json()["text"] or "like" in undone.json()["text"], "it is undone like any other"
