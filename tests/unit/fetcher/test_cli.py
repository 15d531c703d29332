"""`papersys fetch`: what is wrong use, and what `--resume` may lift."""

import json
import resource
from pathlib import Path
from types import ModuleType

import pytest

from services.fetcher.app import new_gate
from services.fetcher.commands import audits, conversion, harvests
from shared.errors import PapersysError
from shared.store.files.data_folder import DataFolder
from tests.support.arxiv.demo import demo_settings
from tests.support.checks.command_line import run_command


@pytest.fixture(autouse=True)
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "papersys.toml"
    path.write_text('[data]\npath = "data"\nmin_free_mb = 0\n[fetcher]\noai_url = "http://127.0.0.1:9/oai"\n')


@pytest.mark.parametrize("option", ["--versions", "--categories"])
@pytest.mark.parametrize("text", ["", ",", " , "])
def test_an_empty_list_is_wrong_use_and_starts_no_harvest(tmp_path: Path, option: str, text: str) -> None:
    outcome = run_command("fetch", option, text)
    assert (outcome.code, option in outcome.err) == (2, True)
    assert not (tmp_path / "data" / "state" / "fetcher").exists()


@pytest.mark.attack
@pytest.mark.parametrize(
    ("module", "work", "arguments"),
    [
        (harvests, "_fetch", ("fetch", "--from", "2026-11-02")),
        (audits, "_audit", ("fetch", "--audit")),
        (audits, "_exact_versions", ("fetch", "--versions", "2403.12345")),
        (conversion, "_convert_paper", ("convert", "2403.12345")),
    ],
)
def test_what_asks_arxiv_takes_no_more_memory_than_the_settings_say(
    monkeypatch: pytest.MonkeyPatch, module: ModuleType, work: str, arguments: tuple[str, ...]
) -> None:
    limits: list[int] = []

    async def noted(*values: object) -> None:
        limits.append(resource.getrlimit(resource.RLIMIT_DATA)[0])
        raise PapersysError("enough")

    monkeypatch.setattr(module, work, noted)
    monkeypatch.setenv("PAPERSYS_FETCHER__MEMORY_MB", "20000")
    run_command(*arguments)
    assert limits == [20_000 * 1024**2]


def test_resume_says_that_a_pause_of_arxivs_stays(tmp_path: Path) -> None:
    gate = new_gate(DataFolder(tmp_path / "data", 0), demo_settings())
    assert run_command("fetch", "--resume").out == "Requests to arXiv were not stopped.\n"
    gate.failed("503 Service Unavailable", 3600.0)
    text = " ".join(run_command("fetch", "--resume").out.split())
    assert "arXiv asked for this pause, so it remains" in text
    gate.stop("arXiv answered 403 Forbidden.")
    assert "Requests are allowed again." in run_command("fetch", "--resume").out
    state = json.loads((tmp_path / "data" / "state" / "fetcher" / "gate.json").read_text())
    assert state["closed_until"] == state["demanded_until"] > 0
