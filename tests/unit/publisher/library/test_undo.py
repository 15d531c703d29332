"""Undo: the newest action first, as far back as a day, told as it was; and never told where nothing was undone."""

import pytest

from shared.contracts import FeedbackLabel
from tests.support.browsing.reader import FakeReader, page, rate
from tests.support.folders.seed import FAR, GRAPHS
from tests.unit.publisher.library.test_routes import post


async def test_undo_takes_back_the_newest_rating_before_it_is_stored(fake_reader: FakeReader) -> None:
    await rate(fake_reader, FAR, "dislike")
    await rate(fake_reader, GRAPHS, "like")
    texts = [(await post(fake_reader, "/api/undo", {})).json()["text"] for _ in range(3)]
    assert texts[0].startswith("Undone: like of “Message passing")
    assert texts[1] == "Undone: dislike of “Loopy belief propagation revisited”. It is liked again."
    assert texts[2].startswith("Nothing to undo")
    said = [
        (event.paper_ids[0], event.label) for event in fake_reader.bus.published if isinstance(event, FeedbackLabel)
    ]
    assert said[2:] == [(GRAPHS, "clear"), (FAR, "like")]


@pytest.mark.parametrize("event", ["", "undo-1-clear", "<script>", "rating-2611.00001-like--60"])
async def test_a_page_never_says_that_something_was_undone_that_was_not(fake_reader: FakeReader, event: str) -> None:
    assert "Nothing to undo" in await page(fake_reader, f"/undone?event={event}&next=https://evil.example")
    assert "evil" not in await page(fake_reader, f"/undone?event={event}&next=https://evil.example")
