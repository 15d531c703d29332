"""What the page of a question shows of it."""

from datetime import timedelta

import pytest

from services.publisher.asking.ask_page import build_question, cited_papers, cost_words
from services.publisher.records.records import Records
from shared.contracts import ResearchCost, now
from shared.store.files.data_folder import DataFolder
from shared.store.research.traces import TraceStore
from tests.support.folders.seed import GRAPHS, TIDES
from tests.support.papers.answered_questions import TRACE_ID, answered, cited, write_question, write_steps


@pytest.mark.parametrize(
    ("cost", "words"),
    [
        (ResearchCost(seconds=1.25), "1.2 s"),
        (ResearchCost(llm_calls=1, input_tokens=1000, output_tokens=200), "1 call to a model, 1,200 tokens, 0.0 s"),
        (ResearchCost(llm_calls=2, seconds=3, money=0.0123, currency="EUR"), "2 calls to a model, 3.0 s, 0.0123 EUR"),
    ],
)
def test_a_cost_is_told_in_words(cost: ResearchCost, words: str) -> None:
    assert cost_words(cost) == words


def test_citations_are_grouped_by_paper_in_the_order_of_their_numbers() -> None:
    citations = (cited(3, paper_id=TIDES, version=1), cited(1), cited(2, paper_id=TIDES, version=1))
    papers = cited_papers(answered(citations=citations))
    assert [(paper.paper_id, [citation.number for citation in paper.citations]) for paper in papers] == [
        (GRAPHS, [1]),
        (TIDES, [2, 3]),
    ]


@pytest.mark.parametrize(("minutes", "told"), [(1, 0), (7, 7)])
def test_a_question_of_which_nothing_comes_says_so(data: DataFolder, minutes: int, told: int) -> None:
    write_question(data)
    write_steps(data, TRACE_ID, {"step": "retrieved", "at": (now() - timedelta(minutes=minutes)).isoformat()})
    page = build_question(TraceStore(data), Records(data, "minilm"), TRACE_ID, "me")
    assert page is not None
    assert page.silent_minutes == told
