"""Sentences and citations as they are shown."""

from services.summarizer.research.answers.results import (
    Citations,
    declined_answer,
    extracted_answer,
    sentences_of,
    url_of,
    written_answer,
)
from services.summarizer.research.loop.question import Said
from tests.unit.summarizer.research.answers.test_relevance import evidence

ONE = evidence("A tree holds runs.").model_copy(update={"titles": ("Method", "Trees"), "page": 3})
TWO = evidence("Runs are long.").model_copy(update={"number": 2, "paper_id": "local:0123456789abcdef"})
KEPT = (Said(text="Runs are long.", sources=(2,)), Said(text="A tree holds long runs.", sources=(1, 2, 1, 9)))


def test_citations_are_numbered_by_their_first_use_and_say_where_they_stand() -> None:
    citations = Citations((ONE, TWO))
    sentences = sentences_of(KEPT, citations, extracted=False)
    assert written_answer(sentences) == "Runs are long. [1] A tree holds long runs. [2][1]"
    first, second = citations.all()
    assert (first.paper_id, first.locator, first.url) == (
        "local:0123456789abcdef", "Text", "local:0123456789abcdefv1",
    )  # fmt: skip
    assert (second.locator, second.section, second.page) == ("Method › Trees, page 3", "Trees", 3)
    assert second.raw_excerpt == ONE.raw


def test_extracts_stand_under_the_titles_of_their_papers() -> None:
    citations = Citations((ONE, TWO))
    sentences = sentences_of([Said(text=ONE.text, sources=(1,))], citations, extracted=True)
    numbered = {citation.number: citation for citation in citations.all()}
    assert extracted_answer(sentences, numbered) == "T (2610.00001):\n- A tree holds runs. [1]"


def test_declining_says_how_many_papers_were_asked() -> None:
    assert "the 3 papers" in declined_answer(3)
    assert "no papers to ask" in declined_answer(0)
    assert "the papers that were asked" in declined_answer(None)
    assert url_of("2610.00001", 2) == "https://arxiv.org/abs/2610.00001v2"
