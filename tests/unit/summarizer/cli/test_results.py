"""`papersys results`: numbers of tables, as a person and a program read them."""

import json
from pathlib import Path

import pytest

from shared.store.files.data_folder import DataFolder
from shared.store.papers.results import ResultStore
from tests.support.bus.ports import free_port
from tests.support.checks.command_line import run_command
from tests.support.folders.seed import GRAPHS, TIDES, seed
from tests.support.papers.result_tables import paper_results, result


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> DataFolder:
    settings = tmp_path / "papersys.toml"
    settings.write_text(f'[data]\npath = "{tmp_path / "data"}"\nmin_free_mb = 0\n\n[bus]\nport = {free_port()}\n')
    monkeypatch.setenv("PAPERSYS_CONFIG", str(settings))
    return seed(tmp_path / "data")


def test_results_stand_under_what_they_measure_with_paper_and_place(data: DataFolder) -> None:
    ResultStore(data).put(paper_results(TIDES, result("93.2", uncertainty="0.1", is_own=False)))
    said = run_command("results", "--dataset", "squad").out
    assert said.splitlines()[0] == "question answering · SQuAD 1.1 · F1 · dev"
    assert said.index("93.2 ± 0.1") < said.index("90.9")
    assert f"{GRAPHS} (its own)" in said
    assert "Table 2: SpanTree · SQuAD / F1" in said


def test_programs_get_cells_and_names(data: DataFolder) -> None:
    (one,) = json.loads(run_command("results", "--paper", GRAPHS, "--json").out)
    assert (one["paper_id"], one["cell"], one["value"], one["metric"], one["table"]) == (
        GRAPHS,
        "90.9",
        "90.9",
        "F1",
        2,
    )


def test_what_fits_nothing_says_what_to_do(data: DataFolder) -> None:
    assert "No results fit." in run_command("results", "--task", "juggling").out
    for path in (data.root / "results").glob("*.jsonl"):
        path.unlink()
    assert "There are no results yet." in run_command("results").out


def test_tables_are_read_again_from_the_documents_that_are_here(data: DataFolder) -> None:
    said = run_command("results", "--again").out
    assert "The tables of 1 paper were read." in said
    assert "Of 3 the text is not stored any more" in said
