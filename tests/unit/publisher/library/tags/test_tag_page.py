"""Pages of tags and categories: canonical labels, aliases, kinds; addresses of merged tags lead on."""

import re
from datetime import UTC, datetime

from services.publisher.library.tags.tag_page import moved_to
from services.publisher.records.records import Records
from shared.store.files.data_folder import DataFolder
from shared.store.papers.summaries import SummaryStore
from shared.store.tagging.tags import Tag, TagDecision, TagStore, slug_of
from tests.support.browsing.reader import FakeReader
from tests.support.folders.seed import GRAPHS, PROTEINS, TIDES, summary

NOW = datetime(2026, 11, 6, tzinfo=UTC)
TIDAL, HEATING, PROTEIN = "tidal heating", "heating", "protein stability"


def decide(data: DataFolder, action: str, slug: str, **facts: object) -> None:
    made = {"action": action, "slug": slug, "how": "user", "made_at": NOW, **facts}
    TagStore(data).add((), [TagDecision.model_validate(made)])


def with_tags(data: DataFolder) -> None:
    """Two papers with tags of the index, an alias, a description and a parent."""
    TagStore(data).add(Tag(slug=slug_of(label), label=label, made_at=NOW) for label in (TIDAL, HEATING, PROTEIN))
    decide(data, "map", "tidal-heating", phrase="heating by tides")
    decide(data, "parent", "tidal-heating", into="heating")
    decide(data, "describe", "tidal-heating", text="What tides do to an eccentric <planet>.")
    store = SummaryStore(data)
    store.put(summary(TIDES).model_copy(update={"tags": ("tidal-heating", "heating"), "raw_tags": ("zebra caches",)}))
    store.put(summary(PROTEINS).model_copy(update={"tags": (), "raw_tags": ("Protein stabilities", "method")}))


async def text_of(fake_reader: FakeReader, path: str) -> str:
    async with fake_reader.client() as client:
        answer = await client.get(path, headers={"accept": "text/html"})
    assert answer.status_code == 200, path
    return answer.text


async def test_a_tag_shows_its_label_aliases_description_and_what_it_is_a_kind_of(
    fake_reader: FakeReader, data: DataFolder
) -> None:
    with_tags(data)
    text = await text_of(fake_reader, "/tag/tidal-heating")
    assert "<h1>tidal heating</h1>" in text
    assert "Also heating by tides" in text
    assert "eccentric &lt;planet&gt;" in text
    assert re.search(r"Part of</span>\s*<ul[^>]*><li><a href=\"/tag/heating\">", text)
    assert '<a href="/tag/tidal-heating">tidal heating</a>' in await text_of(fake_reader, "/tag/heating")


async def test_a_raw_tag_shows_as_the_tag_it_means_and_a_merge_shows_on_every_page_at_once(
    fake_reader: FakeReader, data: DataFolder
) -> None:
    with_tags(data)
    assert "protein stability" in await text_of(fake_reader, f"/paper/{PROTEINS}")
    assert "1 paper" in await text_of(fake_reader, "/tag/protein-stability")
    decide(data, "merge", "protein-stability", into="heating")
    for path in ("/tags", f"/paper/{PROTEINS}", "/"):
        assert "/tag/protein-stability" not in await text_of(fake_reader, path)
    assert "2 papers" in await text_of(fake_reader, "/tag/heating")
    async with fake_reader.client() as client:
        moved = await client.get("/tag/protein-stability")
    assert (moved.status_code, moved.headers["location"]) == (302, "/tag/heating")


async def test_tags_that_wait_or_were_rejected_are_shown_nowhere(fake_reader: FakeReader, data: DataFolder) -> None:
    with_tags(data)
    decide(data, "propose", "zebra-caches", phrase="zebra caches")
    decide(data, "reject", "heating", phrase="heating")
    async with fake_reader.client() as client:
        for slug in ("zebra-caches", "heating"):
            assert (await client.get(f"/tag/{slug}")).status_code == 404
    text = await text_of(fake_reader, f"/paper/{TIDES}") + await text_of(fake_reader, "/tags")
    assert "zebra" not in text
    assert "/tag/heating" not in text


async def test_categories_have_pages_of_their_own_to_which_their_old_tags_lead(
    fake_reader: FakeReader, data: DataFolder
) -> None:
    listed = await text_of(fake_reader, "/tags")
    assert '<a href="/category/cs.LG" title="Machine Learning">' in listed
    page = await text_of(fake_reader, "/category/cs.LG")
    assert "cs.LG · Machine Learning" in page
    assert GRAPHS in page
    async with fake_reader.client() as client:
        moved = await client.get("/tag/machine-learning")
        assert (moved.status_code, moved.headers["location"]) == (302, "/category/cs.LG")
        assert (await client.get("/category/zz.ZZ")).status_code == 404


def test_an_unknown_tag_has_no_page_and_leads_nowhere(data: DataFolder) -> None:
    records = Records(data, "minilm")
    assert moved_to(records, "never-heard-of") is None
    assert records.tags.papers("never-heard-of") == ("", [])
