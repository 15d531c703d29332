"""The demo's papers have results that can be compared, so that a like shows what a later pick beats."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from deploy.demo.papers.corpus import load_corpus
from services.fetcher.commands.conversion import convert
from services.publisher.finding.new_to_you.beaten_results import beaten
from services.publisher.records.all_results import best_own_results
from services.summarizer.results.extraction import named_tables, record_of
from shared.store.papers.results import PaperResults
from tests.support.papers.summarizer import paper

SOURCES = Path(__file__).parents[3] / "deploy/demo/corpus/sources"


def results_of(paper_id: str) -> PaperResults:
    listed = load_corpus().papers[paper_id]
    outcome = convert(SOURCES / paper_id)
    tables = named_tables(outcome.markdown, outcome.captions)
    described = paper(paper_id, title=listed.title, abstract=listed.abstract)
    return record_of(described, 1, outcome.route or "", tables, datetime(2026, 11, 1, tzinfo=UTC))


@pytest.mark.parametrize(
    ("liked", "later", "values"),
    [("2610.20103", "2610.20104", ("90.5", "86.2")), ("2610.20101", "2610.20106", ("74.2", "61.5"))],
)
def test_a_later_paper_of_the_demo_beats_one_of_its_first_days(liked: str, later: str, values: tuple[str, str]) -> None:
    older = {series: [found] for series, found in best_own_results(results_of(liked)).items()}
    (one,) = beaten(best_own_results(results_of(later)), older, [liked])
    assert (one.mine.result.value, one.other.result.value) == values
