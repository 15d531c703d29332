"""Figures on the site: under Creative Commons only, with captions, not more than wanted."""

from dataclasses import replace

from services.publisher.site.figures import figures_of
from shared.store.papers.documents import Caption, DocumentRecord, Picture
from tests.support.folders.seed import GRAPHS, NOON, paper

DOCUMENT = DocumentRecord(
    paper_id=GRAPHS,
    version=1,
    status="converted",
    captions=(Caption(kind="figure", number=1, text="Rounds."), Caption(kind="table", number=2, text="A table.")),
    pictures=tuple(Picture(number=number, file=f"figure-{number}-1.webp", width=9, height=9) for number in (2, 1, 3)),
    made_at=NOON,
)


def test_the_first_figures_come_with_caption_and_licence() -> None:
    figures = figures_of(paper(GRAPHS), DOCUMENT, 2)
    assert [(figure.number, figure.caption, figure.licence) for figure in figures] == [
        (1, "Rounds.", "CC BY 4.0"),
        (2, "", "CC BY 4.0"),
    ]


def test_arxivs_own_licence_allows_none() -> None:
    arxiv_only = replace(paper(GRAPHS), license="http://arxiv.org/licenses/nonexclusive-distrib/1.0/")
    assert figures_of(arxiv_only, DOCUMENT, 2) == []
    assert figures_of(replace(paper(GRAPHS), license=""), DOCUMENT, 2) == []
    assert figures_of(paper(GRAPHS), None, 2) == []
