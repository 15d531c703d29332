"""The links of a paper, as its page shows them."""

from services.publisher.pages.linked_papers import link_groups
from shared.store.files.data_folder import DataFolder
from shared.store.papers.links import Link, LinkStore
from shared.store.papers.metadata import MetadataStore
from shared.store.papers.summaries import Quote
from tests.support.browsing.reader import FakeReader, page
from tests.support.folders.seed import GRAPHS, PROTEINS, TIDES


def link(other: str, kind: str, **more: object) -> Link:
    return Link.model_validate({"paper_id": GRAPHS, "other_id": other, "type": kind, **more})


def test_relations_that_say_most_come_first_and_within_one_those_that_are_surest(data: DataFolder) -> None:
    links = [
        link(PROTEINS, "similar", score=0.9, confidence=0.9, evidence="cosine similarity 0.90 (title and abstract)"),
        link("1901.00001", "cites", score=1.0),
        link(TIDES, "extends", confidence=0.5),
        link(PROTEINS, "extends", confidence=0.9),
        link(PROTEINS, "improves", confidence=0.4, is_reversed=True),
    ]
    groups = link_groups(GRAPHS, links, {})
    assert [group.name for group in groups] == ["extends", "improved on by", "cites", "similar"]
    assert [paper.paper_id for paper in groups[0].shown] == [PROTEINS, TIDES]
    assert [paper.confidence_words for paper in groups[0].shown] == ["confidence 90%", "confidence 50%"]
    assert [paper.confidence_words for paper in groups[2].shown + groups[3].shown] == ["", ""]


def test_of_many_citations_a_dozen_is_shown_and_the_others_can_be_unfolded() -> None:
    (group,) = link_groups(GRAPHS, [link(f"1901.{n:05}", "cites", score=1.0) for n in range(1, 31)], {})
    assert (len(group.shown), len(group.more)) == (12, 18)


async def test_evidence_of_both_papers_is_shown_and_papers_that_are_not_here_lead_to_arxiv(
    fake_reader: FakeReader, data: DataFolder
) -> None:
    theirs = Quote(text="Folding is <b>slow</b>", section="Abstract")
    links = [
        link(PROTEINS, "extends", confidence=0.7, quote=Quote(text="We build on folds"), other_quote=theirs),
        link(
            "1901.00001",
            "cites",
            score=1.0,
            evidence="A. Author. Old graphs.",
            quote=Quote(text="A. Author. Old graphs."),
        ),
    ]
    LinkStore(data).put(GRAPHS, links)
    text = await page(fake_reader, f"/paper/{GRAPHS}")
    assert "<h3>Extends</h3>" in text
    assert "confidence 70%" in text
    assert "<blockquote>We build on folds</blockquote>" in text
    assert "The other, in “Abstract”" in text
    assert "<b>slow" not in text
    assert '<a href="https://arxiv.org/abs/1901.00001" rel="noopener noreferrer">arXiv:1901.00001</a>' in text
    assert text.count("A. Author. Old graphs.") == 1
    assert "<h3>Extended by</h3>" in await page(fake_reader, f"/paper/{PROTEINS}")
    assert MetadataStore(data).has([PROTEINS]) == {PROTEINS}
