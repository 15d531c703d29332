"""Similar papers: those that the ranker finds, without the paper itself."""

from shared.contracts import Hit, HitsReply, Search
from tests.support.browsing.reader import FakeReader, page
from tests.support.folders.seed import FAR, GRAPHS, TIDES


async def test_the_paper_itself_is_left_out(fake_reader: FakeReader) -> None:
    fake_reader.bus.answers[Search] = HitsReply(
        hits=tuple(Hit(paper_id=name, score=1) for name in (GRAPHS, FAR, TIDES))
    )
    text = await page(fake_reader, f"/paper/{GRAPHS}/similar?part=1")
    assert "<html" not in text
    assert text.index(f"/paper/{FAR}") < text.index(f"/paper/{TIDES}")
    assert f"/paper/{GRAPHS}" not in text
    assert "liked" in text


async def test_without_the_ranker_the_page_says_so(fake_reader: FakeReader) -> None:
    assert "cannot be looked up right now" in await page(fake_reader, f"/paper/{GRAPHS}/similar")
