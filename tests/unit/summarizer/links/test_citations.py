"""Citations: from the bibliography, with metadata looked up once."""

from pathlib import Path

from services.summarizer.links.citations import cited_papers
from shared.contracts import Lookup
from shared.errors import RequestFailed
from shared.store.papers.documents import Reference
from tests.support.papers.citations import BOGUS, House
from tests.support.papers.summarizer import OTHER_ID, PAPER_ID


def reference(arxiv_id: str | None, text: str = "A. Author. <b>Title</b>.") -> Reference:
    return Reference(text=text, arxiv_id=arxiv_id)


def test_ids_in_any_spelling_are_cited_once_and_words_are_harmless() -> None:
    cited = cited_papers(
        [reference("arXiv:2610.00002v3"), reference("2610.00002"), reference("nonsense"), reference(None)]
    )
    assert cited == {"2610.00002": "A. Author. Title."}


async def test_papers_never_harvested_are_looked_up_once_and_those_arxiv_lacks_are_remembered(tmp_path: Path) -> None:
    house = House(tmp_path)
    references = [reference(OTHER_ID), reference(BOGUS), reference(PAPER_ID)]
    first = await house.finder.citations(PAPER_ID, references)
    assert [(one.paper_id, one.paper is not None) for one in first] == [(OTHER_ID, True)]
    assert [one.paper_id for one in await House(tmp_path).finder.citations(PAPER_ID, references)] == [OTHER_ID]
    assert len(house.bus.asked) == 1
    again = House(tmp_path)
    assert await again.finder.citations(PAPER_ID, references) == first
    assert again.bus.asked == []


async def test_without_the_fetcher_a_citation_is_kept_by_its_id(tmp_path: Path) -> None:
    house = House(tmp_path)
    house.bus.answers[Lookup] = RequestFailed("away", code="unavailable", retryable=True)
    (citation,) = await house.finder.citations(PAPER_ID, [reference(OTHER_ID)])
    assert (citation.paper_id, citation.paper) == (OTHER_ID, None)
    assert house.unknown.ids() == set()
