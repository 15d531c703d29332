"""The page Saved."""

from dataclasses import replace

from services.publisher.library.saved_page import build_saved
from services.publisher.records.ratings import Ratings
from services.publisher.records.records import Records
from shared.store.files.data_folder import DataFolder
from shared.store.papers.metadata import MetadataStore
from shared.store.people.signals import SignalStore
from tests.support.browsing.reader import FakeReader, page
from tests.support.folders.seed import FAR, GRAPHS, HOSTILE, TIDES, paper
from tests.unit.publisher.library.test_saved import signal


def test_saved_papers_stand_newest_first_and_opened_ones_can_be_left_out(data: DataFolder) -> None:
    SignalStore(data).append([signal(GRAPHS, "save", 1), signal(TIDES, "save", 2), signal(TIDES, "open", 3)])
    records, ratings = Records(data, "minilm"), Ratings(data, "me")
    everything = build_saved(records, ratings, "", None)
    assert [card.paper_id for card in everything.cards] == [TIDES, GRAPHS]
    unread = build_saved(records, ratings, "unread", 7)
    assert ([card.paper_id for card in unread.cards], unread.total, unread.address) == (
        [GRAPHS],
        2,
        "/saved?show=unread",
    )


async def test_the_page_shows_titles_as_text_and_is_each_users_own(data: DataFolder, fake_reader: FakeReader) -> None:
    assert "Nothing is saved" in await page(fake_reader, "/saved")
    SignalStore(data).append([signal(HOSTILE, "save", 1), signal(FAR, "save", 2, "ada")])
    text = await page(fake_reader, "/saved?show=<script>")
    assert f'data-paper="{HOSTILE}"' in text
    assert "<script>alert" not in text
    assert FAR not in text


async def test_saved_papers_can_be_narrowed_to_published_ones(data: DataFolder, fake_reader: FakeReader) -> None:
    SignalStore(data).append([signal(GRAPHS, "save", 1), signal(TIDES, "save", 2)])
    assert "Of none of your saved papers" in await page(fake_reader, "/saved?show=published")
    MetadataStore(data).put([replace(paper(GRAPHS), comment="Accepted at ICML 2025")])
    text = await page(fake_reader, "/saved?show=published")
    assert 'title="accepted: ICML 2025"' in text
    assert f'data-paper="{GRAPHS}"' in text
    assert f'data-paper="{TIDES}"' not in text
