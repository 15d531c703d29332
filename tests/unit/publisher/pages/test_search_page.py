"""The search page: what is asked for, what was found, and why nothing was."""

from datetime import date

import pytest

from shared.contracts import FoundPaper, Hit, HitsReply, Search
from shared.errors import RequestFailed
from tests.support.reader import ReaderOnPaper, page
from tests.support.seed import GRAPHS, PROTEINS, TIDES


async def test_search_shows_what_the_ranker_found_in_its_order(on_paper: ReaderOnPaper) -> None:
    on_paper.bus.answers[Search] = HitsReply(
        hits=(Hit(paper_id=PROTEINS, score=2, reasons=("words: protein",)), Hit(paper_id=GRAPHS, score=1))
    )
    text = await page(on_paper, "/search?q=protein  folding")
    assert on_paper.bus.asked == [Search(query="protein folding", limit=30)]
    assert text.index(PROTEINS) < text.index(GRAPHS)
    assert "words: protein" in text


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (RequestFailed("Nobody answers ranker.search now.", code="unavailable", retryable=True), "Nobody answers"),
        (HitsReply(), "Nothing was found"),
    ],
)
async def test_search_says_why_there_is_nothing(on_paper: ReaderOnPaper, answer: object, says: str) -> None:
    on_paper.bus.answers[Search] = answer
    assert says in await page(on_paper, "/search?q=protein")


async def test_an_endless_query_is_not_asked(on_paper: ReaderOnPaper) -> None:
    assert "the most is 2000" in await page(on_paper, "/search?q=" + "x" * 2500)
    assert on_paper.bus.asked == []


async def test_the_filters_of_the_form_are_asked_for_and_shown_again(on_paper: ReaderOnPaper) -> None:
    on_paper.bus.answers[Search] = HitsReply()
    form = "q=tides&category=cs.LG,+math&from=2026-01-02&to=2026-11-06&author=Voss&mine=unseen&where=arxiv"
    text = await page(on_paper, f"/search?{form}")
    assert on_paper.bus.asked[-1] == Search(
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


async def test_more_like_a_paper_is_asked_for_from_its_page(on_paper: ReaderOnPaper) -> None:
    assert f'href="/search?like={GRAPHS}"' in await page(on_paper, f"/paper/{GRAPHS}")
    on_paper.bus.answers[Search] = HitsReply(hits=(Hit(paper_id=TIDES, score=1.0),))
    text = await page(on_paper, f"/search?like={GRAPHS}")
    assert on_paper.bus.asked[-1] == Search(limit=30, like=(GRAPHS,))
    assert "More like this paper" in text
    assert "Tidal heating" in text


@pytest.mark.parametrize("form", ["from=yesterday", "like=nonsense", "category=" + "x" * 50])
async def test_a_form_that_cannot_be_read_says_why_and_asks_nobody(on_paper: ReaderOnPaper, form: str) -> None:
    assert "This cannot be searched for" in await page(on_paper, f"/search?{form}")
    assert not any(isinstance(one, Search) for one in on_paper.bus.asked)


async def test_what_was_found_is_marked_and_hostile_text_stays_text(on_paper: ReaderOnPaper) -> None:
    hit = Hit(
        paper_id=TIDES,
        score=1.0,
        title="⟦Tidal⟧ heating of $\\log ⟦n⟧$ <b>x</b>",
        snippet="…on eccentric orbits, ⟦heated⟧ by <script>alert(1)</script> ⟦tides",
    )
    on_paper.bus.answers[Search] = HitsReply(hits=(hit,), note="The index is being made.")
    text = await page(on_paper, "/search?q=tidal")
    assert "<mark>Tidal</mark> heating of " in text
    assert '<span class="math inline">\\log n</span> &lt;b&gt;x&lt;/b&gt;' in text
    assert "<mark>heated</mark>" not in text
    assert "heated by &lt;script&gt;alert(1)&lt;/script&gt; tides" in text
    assert "The index is being made." in text


async def test_a_paper_that_only_arxiv_knows_is_shown_by_what_arxiv_says(on_paper: ReaderOnPaper) -> None:
    unknown = FoundPaper(
        paper_id="2401.00001", title="Far away", abstract="Words.", authors=("X. Yu",), categories=("cs.LG",)
    )
    on_paper.bus.answers[Search] = HitsReply(hits=(Hit(paper_id="2401.00001", score=1.0, unknown=unknown),))
    text = await page(on_paper, "/search?q=far&where=arxiv")
    assert all(words in text for words in ("Far away", "Words.", "X. Yu", "cs.LG"))
