"""The search page: the form, the papers that match, and why there are none."""

from datetime import date

import pytest

from shared.contracts import FoundPaper, Hit, HitsReply, Search
from shared.errors import RequestFailed
from shared.store.files.data_folder import DataFolder
from shared.store.people.follows import Follow, FollowStore
from tests.support.browsing.reader import FakeReader, page
from tests.support.folders.seed import GRAPHS, NOON, PROTEINS, TIDES


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
        (HitsReply(), "No harvested papers match “protein”, neither by their words nor by their meaning"),
        (HitsReply(problem="arXiv has no category 'cs.LGG'."), "arXiv has no category &#39;cs.LGG&#39;."),
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
    assert "Filters: cs.LG, math, by Voss, from 2026-01-02, until 2026-11-06, not seen yet, arXiv’s search" in text


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


async def test_results_come_in_pages_and_orders_and_say_how_many_there_are(fake_reader: FakeReader) -> None:
    hits = (Hit(paper_id=PROTEINS, score=2, probability=0.62), Hit(paper_id=GRAPHS, score=1))
    fake_reader.bus.answers[Search] = HitsReply(hits=hits, total=65, at_least=True, order="match")
    text = await page(fake_reader, "/search?q=protein&order=match&page=2")
    assert fake_reader.bus.asked[-1] == Search(query="protein", limit=30, offset=30, order="match")
    assert "At least 65 papers, best match first · page 2" in text
    assert "Rank 31 · match score 62%" in text
    assert "Page 2 of 3" in text
    assert all(f'href="/search?q=protein&amp;order=match&amp;page={number}"' in text for number in (1, 3))
    assert 'href="/search?q=protein&amp;order=date"' in text


async def test_where_nothing_matches_there_are_ways_on(fake_reader: FakeReader) -> None:
    fake_reader.bus.answers[Search] = HitsReply()
    text = await page(fake_reader, "/search?q=tides&category=cs.LG&order=date")
    assert 'href="/search?q=tides&amp;order=date">Search without the filters' in text
    assert 'href="/search?q=tides&amp;category=cs.LG&amp;where=arxiv&amp;order=date"' in text
    assert "Follow this search" in text


async def test_a_category_that_does_not_exist_is_corrected_by_a_click(fake_reader: FakeReader) -> None:
    fake_reader.bus.answers[Search] = HitsReply(problem="arXiv has no category 'cs.LGG'; did you mean cs.LG?")
    text = await page(fake_reader, "/search?q=tides+cat:cs.LGG&category=maths")
    assert 'href="/search?q=tides+cat%3Acs.LG&amp;category=math">Search with the nearest category' in text


async def test_a_search_without_a_query_says_what_can_be_typed_and_lists_those_saved(
    fake_reader: FakeReader, data: DataFolder
) -> None:
    follow = Follow(kind="search", value='tides -"<b>"', at=NOON)
    FollowStore(data).put(follow)
    text = await page(fake_reader, "/search")
    assert "What you can type" in text
    assert '<a href="/search?q=tides%20-%22%3Cb%3E%22&amp;order=date">tides -&#34;&lt;b&gt;&#34;</a>' in text


async def test_a_date_that_is_none_is_named(fake_reader: FakeReader) -> None:
    assert "&#39;foo&#39; is not a valid date (YYYY-MM-DD)" in await page(fake_reader, "/search?from=foo")


async def test_several_ids_are_shown_as_they_are_named_without_asking_the_ranker(fake_reader: FakeReader) -> None:
    text = await page(fake_reader, f"/search?q=https://arxiv.org/abs/{TIDES}v2, arXiv:{GRAPHS}; {TIDES} 2402.00001")
    assert fake_reader.bus.asked == []
    assert "3 papers</p>" in text
    assert text.index(f'data-paper="{TIDES}"') < text.index(f'data-paper="{GRAPHS}"') < text.index("arXiv:2402.00001")
    fake_reader.bus.answers[Search] = HitsReply()
    await page(fake_reader, f"/search?q={TIDES} {GRAPHS}&category=cs.LG")
    await page(fake_reader, f"/search?q={TIDES} tides")
    assert len(fake_reader.bus.asked) == 2
