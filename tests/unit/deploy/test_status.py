"""`papersys status`: what it shows, and what makes it end with exit code 1 beside services that are not ready."""

import io
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from rich.console import Console

from deploy.configuration import load_system_settings
from deploy.status import ServiceStatus, Status, look, show
from shared.store.files.data_folder import DataFolder
from shared.store.harvests.runs import HarvestRun, RunStore

NOW = datetime(2026, 11, 20, tzinfo=UTC)


def put(data: Path, *states: str) -> None:
    runs = RunStore(DataFolder(data, 1))
    for number, state in enumerate(states):
        run = {"run_id": f"20261120-{number:02}", "started_at": NOW + timedelta(hours=number), "state": state}
        runs.put(HarvestRun.model_validate({**run, "problem": "arXiv fails" if state == "failed" else ""}))


async def problems(folder: Path, text: str = "") -> list[str]:
    (folder / "papersys.toml").write_text(f"[bus]\nport = 1\n[http]\nfirst_port = 1\n{text}")
    return (await look(load_system_settings(folder / "papersys.toml"))).problems


@pytest.mark.parametrize(
    ("states", "expected"),
    [
        ((), []),
        (("done",), []),
        (("failed", "done"), []),
        (("running",), []),
        (("done", "failed"), ["The last harvest failed: arXiv fails"]),
        (("failed", "running"), ["The last harvest failed: arXiv fails"]),
    ],
)
async def test_fault_8_a_last_harvest_that_failed_is_told(
    tmp_path: Path, states: tuple[str, ...], expected: list[str]
) -> None:
    put(tmp_path / "data", *states)
    assert await problems(tmp_path) == expected


async def test_a_category_that_the_last_harvest_lacks_is_told(tmp_path: Path) -> None:
    failed = {"math.CO": "arXiv has no such set"}
    run = {"run_id": "20261120-00", "started_at": NOW, "state": "done", "failed_sets": failed}
    RunStore(DataFolder(tmp_path / "data", 1)).put(HarvestRun.model_validate(run))
    assert await problems(tmp_path) == ["The last harvest is missing math.CO: arXiv has no such set"]


async def test_fault_8_a_seed_file_that_is_missing_is_told(tmp_path: Path) -> None:
    (tmp_path / "there.bib").write_text("@article{a, title={x}}")
    seeds = '[ranker]\nseeds = ["there.bib", "gone.bib", "graphs"]\n'
    [problem] = await problems(tmp_path, seeds)
    assert str(tmp_path / "gone.bib") in problem


@pytest.mark.parametrize(("told", "is_well"), [([], True), (["x"], False)])
def test_fault_8_what_is_told_makes_the_exit_code(told: list[str], is_well: bool) -> None:
    ready = [ServiceStatus(name="ranker", state="ready")]
    assert Status(data_folder="x", demo=False, services=ready, counts={}, problems=told).is_well is is_well


def test_a_note_of_a_service_is_shown_and_all_is_well() -> None:
    fetcher = ServiceStatus(name="fetcher", state="ready", notes={"converters": "LaTeXML [is] not used"})
    status = Status(data_folder="/data", demo=False, services=[fetcher], counts={})
    out = io.StringIO()
    show(status, Console(file=out, width=200))
    assert "Note: LaTeXML [is] not used" in out.getvalue()
    assert status.is_well
