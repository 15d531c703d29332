"""The page My ratings: lists, words, dates."""

import pytest

from services.publisher.library.ratings_page import build_ratings
from services.publisher.records.ratings import Ratings
from services.publisher.records.records import Records
from shared.store.files.data_folder import DataFolder
from shared.store.people.preferences import RatingStore, ratings_of
from shared.store.people.signals import SignalStore
from tests.support.browsing.reader import FakeReader, page
from tests.support.folders.seed import FAR, GRAPHS, HOSTILE, OLD, TIDES, rating
from tests.unit.publisher.library.test_saved import signal


@pytest.fixture
def rated(data: DataFolder) -> DataFolder:
    store = RatingStore(data)
    for minute, (paper_id, label) in enumerate(((GRAPHS, "like"), (TIDES, "dislike"), (OLD, "like"), (OLD, "clear"))):
        store.append(ratings_of(rating(paper_id, label, minute)))  # type: ignore[arg-type]
    SignalStore(data).append([signal(HOSTILE, "skip", 1), signal(TIDES, "skip", 2), signal(GRAPHS, "open", 3)])
    return data


@pytest.mark.parametrize(
    ("show", "words", "expected"),
    [
        ("", "", [TIDES, GRAPHS, FAR]),
        ("liked", "", [GRAPHS, FAR]),
        ("disliked", "", [TIDES]),
        ("skipped", "", [HOSTILE]),
        ("opened", "", [GRAPHS]),
        ("nonsense", "", [TIDES, GRAPHS, FAR]),
        ("", "ODUYA graphs", [GRAPHS]),
        ("", "2611.00001", [FAR]),
        ("liked", "tidal", []),
    ],
)
def test_lists_hold_what_stands_newest_first_and_words_narrow_them(
    rated: DataFolder, show: str, words: str, expected: list[str]
) -> None:
    found = build_ratings(Records(rated, "minilm"), Ratings(rated, "me"), show, words, None)
    assert [entry.card.paper_id for entry in found.entries] == expected
    assert found.counts == {"": 3, "liked": 2, "disliked": 1, "skipped": 1, "opened": 1}


async def test_the_page_says_what_was_done_and_when_and_keeps_strange_words_text(
    rated: DataFolder, fake_reader: FakeReader
) -> None:
    text = await page(fake_reader, "/ratings")
    assert 'Disliked <time datetime="2026-11-06T12:01:00+00:00">Friday, 6 November 2026</time>' in text
    text = await page(fake_reader, '/ratings?show=skipped&words="><script>alert(1)</script>')
    assert "<script>alert" not in text
    assert 'name="show" value="skipped"' in text
