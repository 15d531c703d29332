"""Citations: from the bibliography, with metadata looked up once."""

from pathlib import Path

from services.summarizer.links.citations import CitationFinder, UnknownPapers, cited_papers
from services.summarizer.links.cited_lookups import CitedLookups
from shared.contracts import Lookup, LookupReply
from shared.errors import RequestFailed
from shared.store.files.data_folder import DataFolder
from shared.store.links import Link, LinkStore
from shared.store.papers.documents import Reference
from shared.store.papers.metadata import MetadataStore
from tests.support.bus import FakeBus
from tests.support.summarizer import OTHER_ID, PAPER_ID, paper

BOGUS = "1901.00001"


def reference(arxiv_id: str | None, text: str = "A. Author. <b>Title</b>.") -> Reference:
    return Reference(text=text, arxiv_id=arxiv_id)


class House:
    def __init__(self, folder: Path) -> None:
        self.data, self.bus = DataFolder(folder, 0), FakeBus()
        self.metadata, self.unknown, self.links = (
            MetadataStore(self.data),
            UnknownPapers(self.data),
            LinkStore(self.data),
        )
        self.finder = CitationFinder(self.bus, self.metadata, self.unknown)
        self.lookups = CitedLookups(self.bus, self.links, self.metadata, self.unknown)
        self.bus.answers[Lookup] = self.look_up

    def look_up(self, request: Lookup) -> LookupReply:
        known = [name for name in request.paper_ids if name != BOGUS]
        self.metadata.put(paper(name) for name in known)
        missing = {name: "arXiv has no such paper" for name in request.paper_ids if name == BOGUS}
        return LookupReply(found=tuple(known), missing=missing)


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


async def test_what_links_cite_is_looked_up_later_in_small_parts_and_wrong_ids_lose_their_links(tmp_path: Path) -> None:
    house = House(tmp_path)
    others = [f"2201.{number:05}" for number in range(1, 13)]
    house.links.put(PAPER_ID, [Link(paper_id=PAPER_ID, other_id=name, type="cites") for name in (*others, BOGUS)])
    assert await house.lookups.look_up_all() == 12
    assert [len(request.paper_ids) for request in house.bus.asked if isinstance(request, Lookup)] == [10, 3]
    assert house.links.others("cites") == set(others)
    assert await house.lookups.look_up_all() == 0
    assert len(house.bus.asked) == 2


async def test_lookups_end_early_while_the_fetcher_is_away_and_forget_nothing(tmp_path: Path) -> None:
    house = House(tmp_path)
    house.links.put(PAPER_ID, [Link(paper_id=PAPER_ID, other_id=OTHER_ID, type="cites")])
    house.bus.answers[Lookup] = RequestFailed("away", code="unavailable", retryable=True)
    assert await house.lookups.look_up_all() == 0
    assert house.lookups.waiting() == [OTHER_ID]
