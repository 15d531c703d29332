"""Summarised papers by category: of those that have a summary, as their metadata say now."""

from dataclasses import replace
from pathlib import Path

from services.publisher.records.papers_by_category import PapersByCategory
from shared.store.files.data_folder import DataFolder
from shared.store.papers.metadata import MetadataStore
from shared.store.papers.summaries import Summary, SummaryStore
from tests.support.folders.seed import GRAPHS
from tests.support.folders.seed import summary as seeded
from tests.support.papers.embedder import paper

FIRST, SECOND, OTHER_MONTH = "2611.00001", "2611.00002", "2610.00001"


def summary(paper_id: str) -> Summary:
    return seeded(GRAPHS).model_copy(update={"paper_id": paper_id})


def test_what_changes_is_counted_anew_and_papers_without_a_summary_never(tmp_path: Path) -> None:
    data = DataFolder(tmp_path, 0)
    metadata, summaries = MetadataStore(data), SummaryStore(data)
    shown = PapersByCategory(MetadataStore(data), SummaryStore(data))
    of_logic = replace(paper(FIRST), categories=("cs.LO", "cs.LG", "cs.LO"))
    metadata.put([of_logic, replace(paper(SECOND), categories=("cs.LG",)), paper(OTHER_MONTH)])
    assert shown.current() == {}
    summaries.put(summary(FIRST))
    assert shown.current() == {"cs.LO": [FIRST], "cs.LG": [FIRST]}
    summaries.put(summary(SECOND))
    summaries.put(summary("2609.00009"))  # its metadata were lost
    assert shown.current() == {"cs.LO": [FIRST], "cs.LG": [FIRST, SECOND]}
    metadata.put([replace(of_logic, categories=("math.LO",), version=2)])
    assert shown.current() == {"math.LO": [FIRST], "cs.LG": [SECOND]}
