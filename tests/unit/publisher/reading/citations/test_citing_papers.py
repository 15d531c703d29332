"""Who cites a paper among what a person read, with the sentence that does."""

import pytest

from services.publisher.reading.citations.citing_papers import citing_sentence
from shared.store.files.data_folder import DataFolder
from shared.store.papers.documents import DocumentRecord, DocumentStore, Reference
from shared.store.people.preferences import RatingStore, ratings_of
from tests.support.browsing.reader import FakeReader, page
from tests.support.folders.seed import FAR, GRAPHS, NOON, TIDES, rating

TEXT = "# T\n\n## 1\n\nOthers count walks. We follow [@adler; @x] there. More.\n\n[@adlerb] is another.\n"


def store(data: DataFolder, paper_id: str, *references: Reference) -> None:
    record = DocumentRecord(paper_id=paper_id, version=1, status="converted", references=references, made_at=NOON)
    DocumentStore(data).put(record, TEXT, [])


@pytest.mark.parametrize(
    ("key", "sentence"),
    [("adler", "We follow [@adler; @x] there."), ("adlerb", "[@adlerb] is another."), ("nobody", None)],
)
def test_the_sentence_that_cites(key: str, sentence: str | None) -> None:
    place = citing_sentence(TEXT, key)
    assert (TEXT[slice(*place)].strip() if place else None) == sentence


async def test_a_liked_paper_that_cites_this_one_is_named_with_its_sentence(
    fake_reader: FakeReader, data: DataFolder
) -> None:
    RatingStore(data).append(ratings_of(rating(TIDES, "like")))
    store(data, TIDES, Reference(text="Q. Adler. Loopy belief propagation revisited. 2020.", key="adler"))
    store(data, GRAPHS, Reference(text="x", arxiv_id=FAR))  # cites it, but is none that the person did anything with
    text = await page(fake_reader, f"/paper/{FAR}/citing")
    assert "Tidal heating" in text
    assert "We follow" in text
    assert "start=31" in text
    assert "Message passing" not in text
    assert "Nothing that you read cites" in await page(fake_reader, f"/paper/{GRAPHS}/citing")
    await page(fake_reader, "/paper/2601.99999/citing", 404)
