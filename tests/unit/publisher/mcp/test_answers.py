"""Pages of answers: each a result of the contract, none of it lost or twice."""

import pytest

from services.publisher.mcp.answers import answer_page
from tests.support.papers.answered_questions import answered, cited

LONG = "walks of length $k$ are counted " * 100


@pytest.mark.parametrize("count", [1, 9, 60])
def test_every_sentence_is_on_one_page_with_what_it_cites(count: int) -> None:
    numbers = range(1, count + 1)
    sentences = [{"text": f"Sentence {number}.", "citations": (number, 1)} for number in numbers]
    result = answered(sentences=sentences, citations=[cited(number, LONG) for number in numbers])
    first, pages = answer_page(result, 1)
    shown = [page for number in range(1, pages + 1) if (page := answer_page(result, number)[0]) is not None]
    assert first is not None
    assert [sentence for page in shown for sentence in page.sentences] == list(result.sentences)
    for page in shown:
        known = {citation.number for citation in page.citations}
        assert all(known.issuperset(sentence.citations) for sentence in page.sentences)
    assert sum(bool(page.gaps) for page in shown) == 1
    assert answer_page(result, pages + 1) == (None, pages)


def test_an_answer_that_fits_is_left_as_it_is() -> None:
    assert answer_page(answered(), 1) == (answered(), 1)


def test_an_answer_that_declines_has_a_page() -> None:
    declined = answered(outcome="declined", sentences=(), citations=(), answer="Not in these papers.")
    page, pages = answer_page(declined, 1)
    assert page is not None
    assert (page.answer, pages) == ("Not in these papers.", 1)
