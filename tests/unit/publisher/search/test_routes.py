"""The search page: the form, the papers that match, and why there are none."""

from datetime import date

import pytest

from shared.contracts import FoundPaper, Hit, HitsReply, Search
from shared.errors import RequestFailed
from tests.support.reader import FakeReader, page
from tests.support.seed import GRAPHS, PROTEINS, TIDES


async def test_search_shows_what_the_ranker_found_in_its_order(fake_reader: FakeReader) -> None:
    fake_reader.bus.answers[Search] = HitsReply(
        hits=(Hit(paper_id=PROTEINS, score=2, reasons=("words: protein",)), Hit(paper_id=GRAPHS, score=1))
    )
    text = await page(fake_reader, "/search?q=protein  folding")
    assert fake_reader.bus.asked == [Search(query="protein folding", limit=30)]
    assert text.index(PROTEINS) < text.index(GRAPHS)
    assert "words: protein" in text


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (RequestFailed("Nobody answers ranker.search now.", code="unavailable", retryable=True), "Nobody answers"),
        (HitsReply(), "No harvested papers match"),
    ],
)
async def test_search_says_why_there_is_nothing(fake_reader: FakeReader, answer: object, says: str) -> None:
    fake_reader.bus.answers[Search] = answer
    assert says in await page(fake_reader, "/search?q=protein")


async def test_an_endless_query_is_not_asked(fake_reader: FakeReader) -> None:
    assert "the limit is 2000" in await page(fake_reader, "/search?q=" + "x" * 2500)
    assert fake_reader.bus.asked == []


async def test_the_filters_of_the_form_are_asked_for_and_shown_again(fake_reader: FakeReader) -> None:
    fake_reader.bus.answers[Search] = HitsReply()
    form = "q=tides&category=cs.LG,+math&from=2026-01-02&to=2026-11-06&author=Voss&mine=unseen&where=arxiv"
    text = await page(fake_reader, f"/search?{form}")
    assert fake_reader.bus.asked[-1] == Search(
        query="tides",
        limit=30,
        categories=("cs.LG", "math"),
        since=date(2026, 1, 2),
        until=date(2026, 11, 6),
        author="Voss",
        seen=False,
        where="arxiv",
    )
    assert all(f'value="{value}"' in text for value in ("tides", "cs.LG, math", "2026-01-02", "2026-11-06", "Voss"))
    assert '<option value="unseen" selected>' in text


async def test_more_like_a_paper_is_asked_for_from_its_page(fake_reader: FakeReader) -> None:
    assert f'href="/search?like={GRAPHS}"' in await page(fake_reader, f"/paper/{GRAPHS}")
    fake_reader.bus.answers[Search] = HitsReply(hits=(Hit(paper_id=TIDES, score=1.0),))
    text = await page(fake_reader, f"/search?like={GRAPHS}")
    assert fake_reader.bus.asked[-1] == Search(limit=30, like=(GRAPHS,))
    assert "More like this paper" in text
    assert "Tidal heating" in text


@pytest.mark.parametrize("form", ["from=yesterday", "like=nonsense", "category=" + "x" * 50])
async def test_a_form_that_cannot_be_read_says_why_and_asks_nobody(fake_reader: FakeReader, form: str) -> None:
    assert "Not a valid search" in await page(fake_reader, f"/search?{form}")
    assert not any(isinstance(request, Search) for request in fake_reader.bus.asked)


async def test_what_was_found_is_marked_and_hostile_text_stays_text(fake_reader: FakeReader) -> None:
    hit = Hit(
        paper_id=TIDES,
        score=1.0,
        title="⟦Tidal⟧ heating of $\\log ⟦n⟧$ <b>x</b>",
        snippet="…on eccentric orbits, ⟦heated⟧ by <script>alert(1)</script> ⟦tides",
    )
    fake_reader.bus.answers[Search] = HitsReply(hits=(hit,), note="The index is being made.")
    text = await page(fake_reader, "/search?q=tidal")
    assert "<mark>Tidal</mark> heating of " in text
    assert '<span class="math inline">\\log n</span> &lt;b&gt;x&lt;/b&gt;' in text
    assert "<mark>heated</mark>" not in text
    assert "heated by &lt;script&gt;alert(1)&lt;/script&gt; tides" in text
    assert "The index is being made." in text


async def test_a_paper_that_only_arxiv_knows_is_shown_by_what_arxiv_says(fake_reader: FakeReader) -> None:
    unknown = FoundPaper(
        paper_id="2401.00001", title="Far away", abstract="Words.", authors=("X. Yu",), categories=("cs.LG",)
    )
    fake_reader.bus.answers[Search] = HitsReply(hits=(Hit(paper_id="2401.00001", score=1.0, unknown=unknown),))
    text = await page(fake_reader, "/search?q=far&where=arxiv")
    assert all(words in text for words in ("Far away", "Words.", "X. Yu", "cs.LG"))


async def test_a_date_that_is_none_is_named(fake_reader: FakeReader) -> None:
    assert "&#39;foo&#39; is not a valid date (YYYY-MM-DD)" in await page(fake_reader, "/search?from=foo")
