"""What a person decides about tags on their pages: asked of the summarizer, shown at once."""

from datetime import UTC, datetime

import pytest

from services.summarizer.tag_requests import TagRequests
from services.summarizer.tags.corrections import Corrections
from shared.contracts import CorrectTags
from shared.errors import PapersysError, RequestFailed
from shared.store.files.data_folder import DataFolder
from shared.store.papers.summaries import SummaryStore
from shared.store.tagging.tags import Tag, TagStore, slug_of
from tests.support.browsing.reader import FORM, FakeReader, page
from tests.support.folders.seed import PROTEINS, TIDES, summary

NOW = datetime(2026, 11, 6, tzinfo=UTC)


@pytest.fixture
def asked(fake_reader: FakeReader, data: DataFolder) -> FakeReader:
    """A reader whose summarizer decides, over two papers with a tag each."""
    TagStore(data).add(Tag(slug=slug_of(label), label=label, made_at=NOW) for label in ("tidal heating", "$O(n)$ <b>"))
    for paper_id, tag in ((TIDES, "tidal-heating"), (PROTEINS, "o-n-b")):
        SummaryStore(data).put(summary(paper_id).model_copy(update={"tags": (tag,)}))
    requests = TagRequests(TagStore(data), Corrections(TagStore(data), lambda: NOW))

    def answer(request: CorrectTags) -> object:
        try:
            return requests.answer(request)
        except PapersysError as error:
            raise RequestFailed(str(error), code="permanent", retryable=False) from error

    fake_reader.bus.answers[CorrectTags] = answer
    return fake_reader


async def send(fake_reader: FakeReader, **fields: str) -> tuple[int, str]:
    async with fake_reader.client() as client:
        answer = await client.post("/api/tags", data=fields, headers=FORM)
    return answer.status_code, answer.headers.get("location", answer.text)


async def test_a_merge_leads_to_the_tag_it_became_and_is_undone_there(asked: FakeReader) -> None:
    merge = {"action": "merge", "tag": "o-n-b", "into": "Tidal heating", "next": "/tag/o-n-b"}
    assert await send(asked, **merge) == (303, "/tag/tidal-heating")
    text = await page(asked, "/tag/tidal-heating")
    assert "was merged into tidal heating" in text
    undo = text.split('name="decision_id" value="')[1].split('"')[0]
    assert (await send(asked, action="undo", decision_id=undo, next="/tags#changes"))[0] == 303
    assert "/tag/o-n-b" in await page(asked, "/tags")
    assert "undone" in await page(asked, "/tags")


async def test_a_removed_tag_leads_to_the_list(asked: FakeReader) -> None:
    assert await send(asked, action="reject", tag="o-n-b", next="/tags#changes") == (303, "/tags#changes")
    assert "/tag/o-n-b" not in await page(asked, "/tags")


@pytest.mark.parametrize(
    ("fields", "status", "words"),
    [
        ({"action": "merge", "tag": "o-n-b", "into": "tidal heatin"}, 422, "there is tidal heating"),
        ({"action": "merge", "tag": "o-n-b", "into": "o-n-b"}, 422, "cannot be merged into itself"),
        ({"action": "parent", "tag": "o-n-b", "into": "o-n-b"}, 422, "cannot be above it"),
        ({"action": "drop table"}, 422, "Not a valid decision"),
        ({"action": "rename", "text": "x"}, 422, "Name the tag"),
    ],
)
async def test_what_makes_no_sense_is_refused_in_words(
    asked: FakeReader, fields: dict[str, str], status: int, words: str
) -> None:
    code, text = await send(asked, **fields)
    assert (code, words in text) == (status, True)


async def test_while_the_summarizer_is_away_nothing_changes(fake_reader: FakeReader) -> None:
    status, text = await send(fake_reader, action="undo")
    assert status == 503
    assert "The tags were not changed" in text


async def test_names_of_tags_are_text_with_formulas(asked: FakeReader) -> None:
    text = await page(asked, "/tags")
    assert '<span class="math inline">O(n)</span> &lt;b&gt;' in text


async def test_tags_are_found_by_name(asked: FakeReader) -> None:
    found = await page(asked, "/tags?q=TIDAL")
    assert "/tag/tidal-heating" in found
    assert "/tag/o-n-b" not in found
    assert "No tag has “<i>”".replace("<i>", "&lt;i&gt;") in await page(asked, "/tags?q=<i>")
