"""What the records of a seeded folder tell of papers."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from deploy.paper_trace.arrival import arrival_steps, vector_steps
from deploy.paper_trace.picking import personal_steps, selection_steps
from deploy.paper_trace.reading import (
    calls_for,
    cost_of,
    document_steps,
    model_steps,
    publication_steps,
    result_steps,
    summary_steps,
)
from deploy.paper_trace.way import Step
from shared.contracts import DEFAULT_USER
from shared.paper_ids import folder_name
from shared.store.files.data_folder import DataFolder
from shared.store.models.ledger import Call, Ledger
from shared.store.papers.metadata import MetadataStore
from shared.store.papers.results import PaperResults, ResultStore, ResultTable
from shared.store.vectors.backlog import Backlog, Missing
from tests.support.folders.seed import GRAPHS, OLD, UNREAD, paper, seed
from tests.support.papers.result_tables import result

NOW = datetime(2026, 11, 7, 9, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> DataFolder:
    return seed(tmp_path_factory.mktemp("seeded"))


def arrival(data: DataFolder, paper_id: str) -> list[Step]:
    return list(arrival_steps(data, MetadataStore(data).get([paper_id]).get(paper_id), paper_id))


def test_a_harvested_paper_was_announced_on_a_day_and_brought_by_a_run(data: DataFolder) -> None:
    announced, harvested = arrival(data, GRAPHS)
    assert (announced.stage, harvested.stage) == ("announced", "harvested")
    assert announced.day is not None
    assert harvested.what.startswith("new, by the harvest")


def test_a_paper_of_no_harvest_says_where_its_metadata_are_from(data: DataFolder) -> None:
    (stored,) = arrival(data, OLD)
    assert stored.what == "metadata stored (oai)"


def test_a_pick_and_its_readers_ratings_are_steps(data: DataFolder) -> None:
    picks = list(selection_steps(data, DEFAULT_USER, GRAPHS))
    assert any(step.what.startswith("picked (top) for 2026-11-06, rank 1") for step in picks)
    assert list(selection_steps(data, "somebody-else", GRAPHS)) == []
    ratings = [step.what for step in personal_steps(data, DEFAULT_USER, GRAPHS) if step.stage == "rating"]
    assert all(what.startswith(("liked (", "disliked (", "rating removed (")) for what in ratings)


def test_reading_leaves_a_document_a_summary_and_links(data: DataFolder) -> None:
    assert [step.stage for step in summary_steps(data, GRAPHS)] == ["summary", "links"]
    assert list(summary_steps(data, UNREAD)) == []
    assert all(step.what.startswith("version ") for step in document_steps(data, GRAPHS))


@pytest.mark.parametrize(
    ("tables", "what"),
    [
        ((), "version 2: no numbers in tables"),
        (
            (ResultTable(results=(result(), result("84.1", is_own=False, dataset="", metric="", named_by="small"))),),
            "version 2: 2 numbers from 1 table, 1 with a data set or metric, some by small; 1 the paper's own; "
            "3 more left out",
        ),
    ],
)
def test_the_numbers_of_its_tables_are_a_step(tmp_path: Path, tables: tuple[ResultTable, ...], what: str) -> None:
    folder = DataFolder(tmp_path, 0)
    assert list(result_steps(folder, GRAPHS)) == []
    record = PaperResults(paper_id=GRAPHS, version=2, tables=tables, left_out=3 * len(tables), made_at=NOW)
    ResultStore(folder).put(record)
    (step,) = result_steps(folder, GRAPHS)
    assert (step.stage, step.what, step.at) == ("results", what, NOW)


def test_calls_to_models_have_tokens_and_a_cost_together(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path, 0)
    for cost in (0.25, None):
        call = Call(
            made_at=NOW, service="summarizer", purpose="extract", model="m", input_tokens=9, output_tokens=1, cost=cost,
            paper_id=GRAPHS,
        )  # fmt: skip
        Ledger(folder).add(call)
    calls = calls_for(folder, GRAPHS)
    assert next(step.what for step in model_steps(calls)) == "extract by m: 9 tokens in, 1 out, 0.0 s, cost 0.25"
    assert cost_of(calls) == 0.25
    assert cost_of([]) is None


def test_what_waits_for_a_vector_says_why(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path, 0)
    Backlog(folder).put([Missing(GRAPHS, "failed", NOW, "minilm", "papers.new", 3, "the model is away")])
    (step,) = vector_steps(folder, ("minilm",), GRAPHS)
    assert step.what == "waits for a vector of minilm after 3 attempts: the model is away"


def test_its_page_of_the_site_is_a_publication(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path, 0)
    assert list(publication_steps(folder, OLD)) == []
    page = folder.path("site", "content", "papers", f"{folder_name(OLD)}.md")
    page.parent.mkdir(parents=True)
    page.write_text("# " + paper(OLD).title)
    assert [step.stage for step in publication_steps(folder, OLD)] == ["published"]
