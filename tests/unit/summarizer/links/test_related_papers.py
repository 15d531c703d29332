"""What a request for related papers is answered with."""

from pathlib import Path

from services.summarizer.links.related_papers import RelatedPapers
from shared.contracts import Related
from shared.store.files.data_folder import DataFolder
from shared.store.papers.links import Link, LinkStore
from shared.store.papers.metadata import MetadataStore
from shared.store.papers.summaries import MadeBy, Summary, SummaryStore
from tests.support.papers.summarizer import OTHER_ID, PAPER_ID, WHEN, paper

UNREAD = "1901.00001"


def stored(folder: Path) -> RelatedPapers:
    data = DataFolder(folder, 0)
    MetadataStore(data).put([paper(), paper(OTHER_ID, "The other\n paper")])
    made_by = MadeBy(event_id="e", model="extractive")
    SummaryStore(data).put(Summary(paper_id=OTHER_ID, version=1, mode="extractive", made_at=WHEN, made_by=made_by))
    links = [
        Link(paper_id=PAPER_ID, other_id=OTHER_ID, type="extends", score=0.9, is_reversed=True),
        Link(paper_id=PAPER_ID, other_id=OTHER_ID, type="similar", score=0.6),
        Link(paper_id=PAPER_ID, other_id=UNREAD, type="cites", score=1.0),
    ]
    LinkStore(data).put(PAPER_ID, links)
    return RelatedPapers.of(data)


def test_papers_that_were_read_are_told_once_by_their_surest_link_as_before(tmp_path: Path) -> None:
    (told,) = stored(tmp_path).answer(Related(paper_id=PAPER_ID)).papers
    assert (told.paper_id, told.type, told.score) == (OTHER_ID, "extended by", 0.9)
    assert (told.relation, told.direction, told.confidence) == ("extends", "incoming", 0.9)
    assert told.title == "The other paper"


def test_everything_is_every_link_also_to_papers_that_were_never_harvested(tmp_path: Path) -> None:
    told = stored(tmp_path).answer(Related(paper_id=PAPER_ID, everything=True)).papers
    assert [(one.paper_id, one.relation, one.is_read) for one in told] == [
        (UNREAD, "cites", False),
        (OTHER_ID, "extends", True),
        (OTHER_ID, "similar", True),
    ]
    assert told[0].title == ""
