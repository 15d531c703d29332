"""A passage of a paper's text: the quote is marked where it stands, and nothing of the paper runs."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.publisher.pages.document_page import blocks_of
from services.publisher.pages.templating import document_path
from services.publisher.rendering.safe_html import passage_html
from shared.store.files.data_folder import DataFolder
from shared.store.papers.documents import DocumentStore, Section
from tests.support.hostile_text import ANY_TEXT, Tags
from tests.support.reader import FakeReader, page, reader
from tests.support.seed import GRAPHS, TIDES
from tests.support.written_summary import MARKDOWN, quote, store_written_summary

WALKS = "We count walks of length $k$ and bound their number by a recursion over the core"
ALLOWED = {"em", "strong", "code", "s", "sub", "sup", "span", "br", "mark"}


def address(text: str, section: str) -> str:
    found = quote(text, section)
    assert found.start is not None
    assert found.end is not None
    return document_path(GRAPHS, found.start, found.end, 1)


async def test_a_quote_is_marked_where_it_stands(fake_reader: FakeReader, data: DataFolder) -> None:
    store_written_summary(data)
    text = await page(fake_reader, address(WALKS, "2 Method"))
    assert '<p id="quote"><mark>We count walks of length </mark>' in text
    assert "<em><mark>core</mark></em> of the graph." in text
    assert "in “2 Method”" in text
    assert "for walk in walks:" in text
    assert "<b>" not in text
    assert f'href="/paper/{GRAPHS}"' in text


async def test_without_a_place_the_text_begins_at_its_beginning(fake_reader: FakeReader, data: DataFolder) -> None:
    store_written_summary(data)
    text = await page(fake_reader, f"/paper/{GRAPHS}/document")
    assert "Earlier bounds on the number of rounds" in text
    assert "<mark>" not in text


async def test_more_of_a_long_text_can_be_shown(fake_reader: FakeReader, data: DataFolder) -> None:
    store_written_summary(data)
    record = DocumentStore(data).record(GRAPHS)
    assert record is not None
    many = "\n\n".join(f"Paragraph {number} has a few words in it." for number in range(2_000))
    DocumentStore(data).put(record, f"# T\n\n## 1 A\n\n{many}\n", [Section(title="1 A", level=1, text=many)])
    text = await page(fake_reader, f"/paper/{GRAPHS}/document?start=20000&end=20010")
    assert "Show more of the text" in text
    assert text.count("Paragraph ") < 120
    wider = await page(fake_reader, f"/paper/{GRAPHS}/document?start=20000&end=20010&context=6000")
    assert wider.count("Paragraph ") > 2 * text.count("Paragraph ")
    widest = await page(fake_reader, f"/paper/{GRAPHS}/document?start=20000&end=20010&context=999999999")
    assert len(widest) < 200_000


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("start=5&end=3", "no such place"),
        ("start=0&end=999999", "no such place"),
        ("start=-1", "must be a whole number"),
        ("start=abc", "must be a whole number"),
        ("start=12345678901234567890", "must be a whole number"),
        ("version=99", "is not stored"),
    ],
)
async def test_an_address_that_leads_nowhere_says_so(
    fake_reader: FakeReader, data: DataFolder, query: str, words: str
) -> None:
    store_written_summary(data)
    assert words in await page(fake_reader, f"/paper/{GRAPHS}/document?{query}", 404)


async def test_a_paper_without_a_text_says_so(fake_reader: FakeReader) -> None:
    assert "is not stored" in await page(fake_reader, f"/paper/{TIDES}/document?start=0&end=5", 404)


async def test_a_text_that_was_converted_again_says_that_the_quote_may_be_elsewhere(
    fake_reader: FakeReader, data: DataFolder
) -> None:
    store_written_summary(data)
    record = DocumentStore(data).record(GRAPHS)
    assert record is not None
    DocumentStore(data).put(record, "# T\n\n" + "Other words stand here now. " * 100, [])
    assert "converted again" in await page(fake_reader, address(WALKS, "2 Method"))


async def test_the_text_is_for_those_who_may_read_only(data: DataFolder) -> None:
    store_written_summary(data)
    closed = reader(data, token="a-secret-that-is-long-enough")
    async with closed.client() as client:
        answer = await client.get(f"/paper/{GRAPHS}/document", headers={"accept": "text/html"})
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/login?next=")
    assert "default-src 'self'" in answer.headers["content-security-policy"]


def test_every_block_knows_its_place() -> None:
    for block in blocks_of(MARKDOWN):
        assert MARKDOWN[block.start : block.start + len(block.text)] == block.text


@given(
    st.lists(
        st.sampled_from(["word ", "\n", "\n\n", "# h\n", "```\n", "$$\n", "- item\n", "| a |\n", "  ", "##\n"]),
        max_size=40,
    )
)
def test_blocks_follow_each_other_and_lose_no_word(pieces: list[str]) -> None:
    markdown = "".join(pieces)
    blocks = list(blocks_of(markdown))
    ends = [block.start + len(block.text) for block in blocks]
    assert all(markdown[block.start : end] == block.text for block, end in zip(blocks, ends, strict=True))
    assert all(end <= block.start for end, block in zip(ends, blocks[1:], strict=False))
    assert sum(block.text.count("word") for block in blocks) == markdown.count("word")


@settings(max_examples=200, deadline=None)
@given(ANY_TEXT, st.integers(0, 80), st.integers(0, 80))
def test_a_marked_passage_has_no_tag_but_ours(text: str, start: int, end: int) -> None:
    for tag, attributes in Tags(passage_html(text, start, end)).seen:
        assert tag in ALLOWED
        assert all(name == "class" for name, _ in attributes)
