"""The full text of a paper: the quote is marked where it stands, and every claim leads to its sentence."""

import re

import pytest

from services.publisher.pages.templating import text_path
from shared.store.files.data_folder import DataFolder
from shared.store.papers.documents import DocumentStore, Section
from shared.store.papers.summaries import Quote
from tests.support.browsing.reader import FakeReader, page, reader
from tests.support.folders.seed import GRAPHS, TIDES
from tests.support.papers.written_summary import MARKDOWN, quote, store_written_summary, written_summary

TEXT = f"/paper/{GRAPHS}/text"
WALKS = "We count walks of length $k$ and bound their number by a recursion over the core"


def address(text: str, section: str) -> str:
    found = quote(text, section)
    assert found.start is not None
    assert found.end is not None
    return text_path(GRAPHS, found.start, found.end, 1)


def store_text(data: DataFolder, markdown: str) -> None:
    record = DocumentStore(data).record(GRAPHS)
    assert record is not None
    DocumentStore(data).put(record, markdown, [Section(title="", level=1, text="")])


async def test_a_quote_is_marked_where_it_stands(fake_reader: FakeReader, data: DataFolder) -> None:
    store_written_summary(data)
    text = await page(fake_reader, address(WALKS, "2 Method"))
    assert re.search(r'<p id="quote" data-at="\d+"><mark>We count walks of length </mark>', text)
    assert "<em><mark>core</mark></em> of the graph." in text
    assert "for walk in walks:" in text
    assert "<b>" not in text
    assert f'href="/paper/{GRAPHS}#claim-method-1"' in text
    assert re.search(r'data-claim="method-1"[^>]*aria-current="true"', text)


async def test_without_a_place_the_text_begins_at_its_beginning(fake_reader: FakeReader, data: DataFolder) -> None:
    store_written_summary(data)
    text = await page(fake_reader, TEXT)
    assert "Earlier bounds on the number of rounds" in text
    assert "<mark>" not in text
    assert '<a href="#s-2-method">2 Method</a>' in text
    assert '<th scope="col">rounds</th>' in text
    assert '<a href="https://example.org/code" rel="noopener noreferrer">our code</a>' in text


async def test_a_quote_without_a_place_is_looked_for(fake_reader: FakeReader, data: DataFolder) -> None:
    placeless = Quote(text="Message passing needs only 12 rounds on graphs with a million nodes")
    summary = written_summary()
    fields = [
        value.model_copy(
            update={"claims": tuple(claim.model_copy(update={"quotes": (placeless,)}) for claim in value.claims)}
        )
        for value in summary.fields
    ]
    store_written_summary(data, summary.model_copy(update={"fields": tuple(fields)}))
    assert f"{TEXT}?claim=problem-1#quote" in await page(fake_reader, f"/paper/{GRAPHS}")
    text = await page(fake_reader, f"{TEXT}?claim=problem-1")
    assert re.search(
        r'<p id="quote" data-at="\d+"><mark>Message passing needs only 12 rounds on graphs with a million nodes</mark>',
        text,
    )


async def test_a_sentence_of_arxivs_abstract_alone_is_said_to_stand_there(
    fake_reader: FakeReader, data: DataFolder
) -> None:
    store_written_summary(data)
    store_text(data, "# T\n\n## A\n\nNothing of the kind.\n")
    text = await page(fake_reader, f"{TEXT}?claim=problem-1")
    assert "it stands in the abstract as arXiv has it" in text
    assert "far too slow" in text


async def test_a_text_that_was_converted_again_shows_the_quote_where_it_stands_now(
    fake_reader: FakeReader, data: DataFolder
) -> None:
    store_written_summary(data)
    store_text(data, MARKDOWN.replace("## 1", "Some new words before all.\n\n## 1"))
    text = await page(fake_reader, address(WALKS, "2 Method"))
    assert "the quote was found again" in text
    assert "<mark>We count walks of length </mark>" in text
    store_text(data, "# T\n\n" + "Other words stand here now. " * 100)
    assert "the quote may stand elsewhere" in await page(fake_reader, address(WALKS, "2 Method"))


async def test_a_long_text_comes_in_parts_and_every_place_is_in_one(fake_reader: FakeReader, data: DataFolder) -> None:
    store_written_summary(data)
    many = "\n\n".join(
        f"## {number} S\n\n" + f"Paragraph {number} has a few words. " * 60 + f"[^{number}]" for number in range(200)
    )
    store_text(data, f"# T\n\n{many}\n\n" + "\n\n".join(f"[^{number}]: Note {number}." for number in range(200)))
    text = await page(fake_reader, TEXT)
    assert "Part 1 of " in text
    assert len(text) < 200_000
    assert f'href="{TEXT}?part=2"' in text
    place = many.index("Paragraph 150") + len("# T\n\n")
    there = await page(fake_reader, text_path(GRAPHS, place, place + 13, 1))
    assert re.search(r'<p id="quote" data-at="\d+"><mark>Paragraph 150</mark>', there)
    assert "Note 150." in there
    assert "Note 1." not in there
    assert f'href="{TEXT}?part=1#s-0-s"' in there
    assert "Paragraph 199" in await page(fake_reader, f"{TEXT}?part=999999")


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("start=5&end=3", "no such place"),
        ("start=0&end=999999", "no such place"),
        ("start=-1", "must be a whole number"),
        ("start=abc", "must be a whole number"),
        ("start=12345678901234567890", "must be a whole number"),
        ("version=99", "is not stored"),
        ("claim=nothing-1", "no such claim"),
    ],
)
async def test_an_address_that_leads_nowhere_says_so(
    fake_reader: FakeReader, data: DataFolder, query: str, words: str
) -> None:
    store_written_summary(data)
    assert words in await page(fake_reader, f"{TEXT}?{query}", 404)


async def test_a_paper_without_a_text_offers_to_fetch_it(fake_reader: FakeReader) -> None:
    text = await page(fake_reader, f"/paper/{TIDES}/text?start=0&end=5", 404)
    assert "is not stored" in text
    assert f'<form method="post" action="/paper/{TIDES}/text"' in text


async def test_the_text_is_for_those_who_may_read_only(data: DataFolder) -> None:
    store_written_summary(data)
    closed = reader(data, token="a-secret-that-is-long-enough")
    async with closed.client() as client:
        answer = await client.get(TEXT, headers={"accept": "text/html"})
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/login")
    assert "default-src 'self'" in answer.headers["content-security-policy"]
