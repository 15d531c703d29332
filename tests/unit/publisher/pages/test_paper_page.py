"""One paper's page: its metadata, summary, links and history, under any spelling of its id."""

from dataclasses import replace

import pytest

from services.publisher.records.records import Records
from shared.contracts import Explain, ExplainReply, Influence
from shared.store.files.data_folder import DataFolder
from shared.store.papers.metadata import MetadataStore
from shared.store.papers.summaries import FieldValue, SummaryStore
from tests.support.browsing.reader import FakeReader, page
from tests.support.folders.seed import FAR, GRAPHS, NOON, OLD, TIDES


async def test_a_papers_page_shows_what_is_known_of_it(fake_reader: FakeReader) -> None:
    text = await page(fake_reader, f"/paper/{GRAPHS}")
    for shown in (
        "Mira Oduya, Jonas Feldt, Ana Reis, Tom Okafor, Li Wen",
        "https://arxiv.org/abs/2611.00101",
        "https://arxiv.org/pdf/2611.00101",
        "which you liked",
        "quote not found in the text",
        "<blockquote>walks of length",
        'href="/paper/2611.00001"',
        "In its bibliography.",
        "from LaTeX, quality good",
        "rank 1 (by similarity)",
        '<span class="math display">',
    ):
        assert shown in text


async def test_what_was_not_found_names_fields_and_never_the_sentence_that_sums_up(
    fake_reader: FakeReader, data: DataFolder
) -> None:
    store = SummaryStore(data)
    summary = store.get(GRAPHS)
    assert summary is not None
    empty = (FieldValue(name="one_sentence_summary"), FieldValue(name="limitations"))
    fields = (*(field for field in summary.fields if field.name not in {one.name for one in empty}), *empty)
    store.put(summary.model_copy(update={"fields": fields}))
    assert "Not found in the paper: limitations." in await page(fake_reader, f"/paper/{GRAPHS}")


async def test_links_are_shown_at_both_ends_in_words_of_their_direction(fake_reader: FakeReader) -> None:
    assert "<h3>Cites</h3>" in await page(fake_reader, f"/paper/{GRAPHS}")
    far = await page(fake_reader, f"/paper/{FAR}")
    assert "<h3>Cited by</h3>" in far
    assert f'href="/paper/{GRAPHS}"' in far


async def test_an_old_id_with_its_slash_has_a_page(fake_reader: FakeReader) -> None:
    assert "Branes and the old scheme" in await page(fake_reader, f"/paper/{OLD}")


@pytest.mark.parametrize("spelling", ["2611.00101v2", "arXiv:2611.00101", "https://arxiv.org/abs/2611.00101v1"])
async def test_any_spelling_of_an_id_leads_to_the_one_page(fake_reader: FakeReader, spelling: str) -> None:
    async with fake_reader.client() as client:
        assert (await client.get(f"/paper/{spelling}")).headers["location"] == f"/paper/{GRAPHS}"
        assert (await client.get("/search", params={"q": spelling})).headers["location"] == f"/paper/{GRAPHS}"


async def test_a_paper_that_was_never_harvested_says_how_to_get_it(fake_reader: FakeReader) -> None:
    assert "It will be fetched from arXiv, read and summarised." in await page(fake_reader, "/paper/2611.99999", 404)


@pytest.mark.parametrize(
    ("is_known", "words"), [(True, "first submitted 2026-"), (False, "first submitted on or before 2026-")]
)
async def test_a_first_day_that_may_be_a_later_versions_is_shown_as_the_latest_it_can_be(
    fake_reader: FakeReader, data: DataFolder, is_known: bool, words: str
) -> None:
    MetadataStore(data).overrule([replace(Records(data, "minilm").papers([GRAPHS])[GRAPHS], published_known=is_known)])
    assert words in await page(fake_reader, f"/paper/{GRAPHS}")


@pytest.mark.parametrize(
    ("facts", "shown", "hidden"),
    [
        (
            {"probability": 0.62, "ahead_of": 0.9},
            "Match score 62%: the predicted probability that you like it",
            "Scores higher",
        ),
        ({"ahead_of": 0.934}, "Scores higher than 93% of recent papers (not a probability)", "Match score"),
    ],
)
async def test_the_match_score_is_shown_where_it_can_be_predicted_and_the_share_of_papers_elsewhere(
    fake_reader: FakeReader, facts: dict[str, float], shown: str, hidden: str
) -> None:
    fake_reader.bus.answers[Explain] = ExplainReply.model_validate(
        {"paper_id": GRAPHS, "score": 0.873, "regime": "similarity", **facts}
    )
    text = await page(fake_reader, f"/paper/{GRAPHS}")
    assert shown in text
    assert hidden not in text
    assert "0.87" not in text
    assert "0.880" not in text


async def test_what_affects_the_rank_names_ratings_and_what_would_have_been_needed(fake_reader: FakeReader) -> None:
    fake_reader.bus.answers[Explain] = ExplainReply(
        paper_id=GRAPHS,
        influences=(
            Influence(paper_id=FAR, title="Loopy <b>", weight=0.4, label="like", rated_at=NOON),
            Influence(paper_id=TIDES, title="Tides", weight=-0.2, label="like", rated_at=NOON),
            Influence(paper_id=OLD, title="Branes", weight=-0.1, label="dislike", rated_at=NOON),
            Influence(paper_id="a sentence", title="", weight=0.1),
        ),
        match="fair",
        changes=("97 picks a day instead of 9",),
        signals=-0.125,
    )
    text = await page(fake_reader, f"/paper/{GRAPHS}")
    assert "What affects its rank" in text
    assert f'Raised by <a href="/paper/{FAR}">Loopy &lt;b&gt;</a>, which you liked in November 2026 (+0.40)' in text
    assert "Tides</a>, although you liked it (-0.20)" in text
    assert "Lowered by" in text
    assert "Branes</a>, which you disliked in November 2026 (-0.10)" in text
    assert "Raised by “a sentence” (+0.10)" in text
    assert "Lowered by what you saved, skipped and opened (-0.12)" in text
    assert "A fair match with what you like" in text
    assert "It would have been picked with 97 picks a day instead of 9" in text


@pytest.mark.parametrize("rest", ["", "/text", "/similar"])
async def test_a_slash_at_the_end_of_an_address_leads_to_the_same_page(fake_reader: FakeReader, rest: str) -> None:
    async with fake_reader.client() as client:
        assert (await client.get(f"/paper/{GRAPHS}{rest}/")).headers["location"] == f"/paper/{GRAPHS}{rest}"
        assert (await client.get("/paper//evil.example/")).headers["location"] == "/paper//evil.example"
