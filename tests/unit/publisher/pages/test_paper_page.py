"""One paper's page: all that is known of it, under any spelling of its id."""

from dataclasses import replace

import pytest

from services.publisher.records import Library
from shared.contracts import Explain, ExplainReply
from shared.store.files.data_folder import DataFolder
from shared.store.papers.metadata import MetadataStore
from tests.support.reader import ReaderOnPaper, page
from tests.support.seed import FAR, GRAPHS, OLD


async def test_a_papers_page_shows_what_is_known_of_it(on_paper: ReaderOnPaper) -> None:
    text = await page(on_paper, f"/paper/{GRAPHS}")
    for shown in (
        "Mira Oduya, Jonas Feldt, Ana Reis, Tom Okafor, Li Wen",
        "https://arxiv.org/abs/2611.00101",
        "https://arxiv.org/pdf/2611.00101",
        "because you liked",
        "quote not found in the text",
        "<blockquote>walks of length",
        'href="/paper/2611.00001"',
        "In its bibliography.",
        "by the latex route, quality good",
        "rank 1 (by similarity)",
        '<span class="math display">',
    ):
        assert shown in text


async def test_links_are_shown_at_both_ends_in_words_of_their_direction(on_paper: ReaderOnPaper) -> None:
    assert "<h3>Cites</h3>" in await page(on_paper, f"/paper/{GRAPHS}")
    far = await page(on_paper, f"/paper/{FAR}")
    assert "<h3>Cited by</h3>" in far
    assert f'href="/paper/{GRAPHS}"' in far


async def test_an_old_id_with_its_slash_has_a_page(on_paper: ReaderOnPaper) -> None:
    assert "Branes and the old scheme" in await page(on_paper, f"/paper/{OLD}")


@pytest.mark.parametrize("spelling", ["2611.00101v2", "arXiv:2611.00101", "https://arxiv.org/abs/2611.00101v1"])
async def test_any_spelling_of_an_id_leads_to_the_one_page(on_paper: ReaderOnPaper, spelling: str) -> None:
    async with on_paper.client() as client:
        assert (await client.get(f"/paper/{spelling}")).headers["location"] == f"/paper/{GRAPHS}"
        assert (await client.get("/search", params={"q": spelling})).headers["location"] == f"/paper/{GRAPHS}"


async def test_a_paper_that_was_never_harvested_says_how_to_get_it(on_paper: ReaderOnPaper) -> None:
    assert "papersys reprocess 2611.99999" in await page(on_paper, "/paper/2611.99999", 404)


async def test_papers_stored_meanwhile_are_seen(data: DataFolder) -> None:
    library = Library(data, "minilm")
    known = library.papers([GRAPHS])[GRAPHS]
    MetadataStore(data).put([replace(known, version=3, title="Another title")])
    assert library.papers([GRAPHS])[GRAPHS].title == "Another title"


@pytest.mark.parametrize(("is_known", "words"), [(True, "first submitted 2026-"), (False, "first submitted by 2026-")])
async def test_a_first_day_that_may_be_a_later_versions_is_shown_as_the_latest_it_can_be(
    on_paper: ReaderOnPaper, data: DataFolder, is_known: bool, words: str
) -> None:
    MetadataStore(data).overrule([replace(Library(data, "minilm").papers([GRAPHS])[GRAPHS], published_known=is_known)])
    assert words in await page(on_paper, f"/paper/{GRAPHS}")


@pytest.mark.parametrize(
    ("said", "shown", "hidden"),
    [
        ({"probability": 0.62, "ahead_of": 0.9}, "Match 62%: how likely you are to like it", "ranks above"),
        ({"ahead_of": 0.934}, "It ranks above 93% of ordinary papers; that is a rank, not how likely", "Match"),
    ],
)
async def test_a_chance_is_said_where_it_is_known_and_a_rank_is_called_a_rank(
    on_paper: ReaderOnPaper, said: dict[str, float], shown: str, hidden: str
) -> None:
    on_paper.bus.answers[Explain] = ExplainReply.model_validate(
        {"paper_id": GRAPHS, "score": 0.873, "regime": "similarity", **said}
    )
    text = await page(on_paper, f"/paper/{GRAPHS}")
    assert shown in text
    assert hidden not in text
    assert "0.87" not in text
    assert "0.880" not in text
