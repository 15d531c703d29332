"""What many liked papers cite and the person does not know is offered on Today, with why, until it is dismissed."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from services.publisher.reading.citations.bibliographies import Bibliographies
from services.publisher.reading.citations.weekly_offers import DISMISSED, WeeklyOffers, often_cited, week_of
from services.publisher.records.records import Records
from shared.contracts import KeepSignal, now
from shared.store.files.data_folder import DataFolder
from shared.store.papers.documents import DocumentRecord, DocumentStore, Reference
from shared.store.papers.metadata import MetadataStore
from shared.store.people.preferences import RatingStore, ratings_of
from shared.store.people.signals import SignalStore, signals_of
from tests.support.browsing.reader import FORM, HTML, FakeReader, page, reader
from tests.support.checks.waiting import eventually
from tests.support.folders.seed import FAR, GRAPHS, NOON, OLD, PROTEINS, TIDES, paper, rating

STORED, UNKNOWN, TWICE = "2501.00001", "2502.00002", "2503.00003"
TITLE = "Often cited by papers you like"


def test_what_three_papers_cite_is_often_cited() -> None:
    citations = {"a": ["x", "y", "x"], "b": ["x", "y", "b"], "c": ["x", "z", "b"], "d": ["y", "z", "b"]}
    assert often_cited(citations) == [("x", ("a", "b", "c")), ("y", ("a", "b", "d"))]


def test_weeks_are_those_of_iso() -> None:
    assert week_of(datetime(2027, 1, 1, tzinfo=UTC)) == "2026-W53"


@pytest.fixture
def likes(data: DataFolder) -> DataFolder:
    """Four liked papers; all cite STORED, three UNKNOWN, two TWICE; FAR is liked itself."""
    for number, paper_id in enumerate((GRAPHS, TIDES, PROTEINS, OLD)):
        cited = [STORED, FAR, *([UNKNOWN] if number else []), *([TWICE] if number > 1 else [])]
        references = tuple(Reference(text=f"Someone. On {one}.", arxiv_id=one) for one in cited)
        record = DocumentRecord(paper_id=paper_id, version=1, status="converted", references=references, made_at=NOON)
        DocumentStore(data).put(record, "# T\n", [])
        RatingStore(data).append(ratings_of(rating(paper_id, "like")))
    MetadataStore(data).put([replace(paper(TIDES), paper_id=STORED, title="A much cited paper")])
    return data


async def offered(fake_reader: FakeReader) -> str:
    """The list on Today, as soon as it is counted."""

    async def is_counted() -> bool:
        return TITLE in await page(fake_reader, "/")

    await eventually(is_counted)
    return (await page(fake_reader, "/")).split(TITLE)[1]


async def test_papers_are_offered_with_why(fake_reader: FakeReader, likes: DataFolder) -> None:
    text = await offered(fake_reader)
    assert "A much cited paper" in text
    assert "4 papers that you liked cite it" in text
    assert "and 1 more" in text
    assert f"Someone. On {UNKNOWN}." in text
    assert TWICE not in text
    assert f"On {FAR}" not in text
    assert TITLE not in await page(fake_reader, "/day/2026-11-05")


async def test_what_is_known_by_now_is_offered_no_more(fake_reader: FakeReader, likes: DataFolder) -> None:
    assert "A much cited paper" in await offered(fake_reader)
    SignalStore(likes).append(signals_of(KeepSignal(paper_ids=(STORED,), kind="skip", source="reader")))
    text = await page(fake_reader, "/")
    assert "A much cited paper" not in text
    assert f"On {UNKNOWN}." in text


async def test_a_week_that_is_dismissed_is_not_shown_again(fake_reader: FakeReader, likes: DataFolder) -> None:
    await offered(fake_reader)
    async with fake_reader.client(headers=HTML) as client:
        answer = await client.post("/offers/dismiss", data={"week": week_of(now())}, headers=FORM)
        assert (answer.status_code, answer.headers["location"]) == (303, "/")
        assert TITLE not in (await client.get("/")).text
        client.cookies.set(DISMISSED, "2020-W01", domain="127.0.0.1")
        odd = await client.post("/offers/dismiss", data={"week": "x; path=/"}, headers=FORM)
        assert "set-cookie" not in odd.headers


async def test_few_likes_offer_nothing(data: DataFolder) -> None:
    offers = WeeklyOffers(Bibliographies(Records(data, "minilm")), wait_seconds=30)
    assert await offers.of(reader(data).components, "2026-W47") == []


async def test_references_without_an_id_count_by_title_and_author(data: DataFolder) -> None:
    title = "Walks of many telling words"
    MetadataStore(data).put([replace(paper(TIDES), paper_id=STORED, title=title, authors=("Ada Byron",))])
    texts = (f"A. Byron. {title}. 2021.", f"Byron, A.: {title}, in Proc. X", f"C. Eze. {title}.", f"A. Byron, {title}")
    for number, (paper_id, text) in enumerate(zip((GRAPHS, TIDES, PROTEINS, OLD), texts, strict=True)):
        references = (Reference(text=text, arxiv_id=STORED if number == 3 else None),)
        record = DocumentRecord(paper_id=paper_id, version=1, status="converted", references=references, made_at=NOON)
        DocumentStore(data).put(record, "# T\n", [])
        RatingStore(data).append(ratings_of(rating(paper_id, "like")))
    records = Records(data, "minilm")
    (offer,) = await WeeklyOffers(Bibliographies(records), wait_seconds=30).of(reader(data).components, "2026-W47")
    assert offer.card.paper_id == STORED
    assert {paper_id for paper_id, _ in offer.citing} == {GRAPHS, TIDES, OLD}
