"""A citation as a card: what is known of the paper, what the person did with it, and how the two are related."""

from dataclasses import replace

import pytest
from markupsafe import Markup

from services.publisher.reading.citations.standings import coloured
from shared.contracts import KeepSignal, Lookup, LookupReply
from shared.store.files.data_folder import DataFolder
from shared.store.papers.documents import DocumentRecord, DocumentStore, Reference
from shared.store.papers.links import Link, LinkStore
from shared.store.papers.metadata import MetadataStore
from shared.store.people.signals import SignalStore, signals_of
from tests.support.browsing.reader import FORM, FakeReader, page
from tests.support.folders.seed import FAR, GRAPHS, NOON, PROTEINS, TIDES, paper

UNKNOWN = "2601.99999"
TEXT = f"/paper/{GRAPHS}/text"
REFERENCES = (
    Reference(text="Q. Adler. Loopy belief propagation revisited. 2020.", key="adler"),
    Reference(text="Someone. Else.", arxiv_id=UNKNOWN, key="else"),
    Reference(text="A book.", key="book"),
    Reference(text="C. Eze. Proteins.", arxiv_id=PROTEINS, key="eze"),
)


@pytest.fixture
def cited(data: DataFolder) -> DataFolder:
    record = DocumentRecord(paper_id=GRAPHS, version=1, status="converted", references=REFERENCES, made_at=NOON)
    DocumentStore(data).put(record, "# T\n\n## 1\n\nAs [@adler; @else; @book; @eze] say.\n\n## References\n", [])
    return data


async def test_citations_are_marked_by_what_the_person_did(fake_reader: FakeReader, cited: DataFolder) -> None:
    SignalStore(cited).append(signals_of(KeepSignal(paper_ids=(PROTEINS,), kind="open", source="reader")))
    text = await page(fake_reader, TEXT)
    assert 'href="#ref-1" data-reference="1" data-standing="liked" aria-label="1, liked"' in text
    assert 'href="#ref-2" data-reference="2" rel=' in text
    assert 'data-reference="4" data-standing="read"' in text
    assert 'data-standing="liked">liked</span></li>' in text  # in the list of references, too


async def test_a_card_has_title_abstract_relation_and_rating(fake_reader: FakeReader, cited: DataFolder) -> None:
    LinkStore(cited).put(
        GRAPHS, [Link(paper_id=GRAPHS, other_id=FAR, type="extends", score=1.0, evidence="It adds rounds.")]
    )
    text = await page(fake_reader, f"{TEXT}/cited/1?part=1")
    assert "<html" not in text
    for words in ("Loopy belief propagation revisited", "graphs with cycles", "extends", "It adds rounds.", "liked"):
        assert words in text
    assert f'data-paper="{FAR}" data-label="like"' in text


async def test_a_paper_that_is_not_here_is_looked_up_on_demand(fake_reader: FakeReader, cited: DataFolder) -> None:
    address = f"{TEXT}/cited/2?part=1"
    assert "Look up title and abstract" in await page(fake_reader, address)
    async with fake_reader.client() as client:
        assert "arXiv was not asked" in (await client.post(address, headers=FORM)).text

        def lookup(request: Lookup) -> LookupReply:
            MetadataStore(cited).put([replace(paper(TIDES), paper_id=UNKNOWN)])
            return LookupReply(found=(UNKNOWN,), missing={})

        fake_reader.bus.answers[Lookup] = lookup
        assert "Tidal heating" in (await client.post(address, headers=FORM)).text
        assert (await client.post(f"{TEXT}/cited/3?part=1", headers=FORM)).status_code == 404


async def test_what_no_card_can_be_made_of(fake_reader: FakeReader, cited: DataFolder) -> None:
    assert "names no arXiv paper" in await page(fake_reader, f"{TEXT}/cited/3?part=1")
    for number in ("0", "5", "x", "99999999"):
        await page(fake_reader, f"{TEXT}/cited/{number}?part=1", 404)
    async with fake_reader.client() as client:
        answer = await client.get(f"{TEXT}/cited/1", headers={"accept": "text/html"})
    assert answer.headers["location"] == f"{TEXT}#ref-1"


def test_only_citations_are_marked() -> None:
    html = Markup('<a href="#ref-1">1</a> <a class="cite" href="/paper/1/text?part=2#ref-12" rel="x">12</a>')
    marked = coloured(html, {12: "saved", 1: "liked"})
    assert '<a href="#ref-1">1</a>' in marked
    assert 'data-reference="12" data-standing="saved"' in marked
