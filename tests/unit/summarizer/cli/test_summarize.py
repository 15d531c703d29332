"""`papersys summarize`: asks the running system, or says before what it would take."""

import json
from pathlib import Path
from typing import Any

import pytest

from shared.bus import connections
from shared.contracts import Event, PapersSelected, now
from shared.settings.settings import BusSettings
from shared.store.files.data_folder import DataFolder
from shared.store.papers.documents import DocumentRecord, DocumentStore, Section
from shared.store.papers.summaries import SummaryStore, Usage
from tests.support.bus.ports import free_port
from tests.support.checks.command_line import run_command
from tests.support.folders.seed import GRAPHS, TIDES, seed, summary

PRICED = (
    'base_url = "http://127.0.0.1:9/v1"\nmodel = "m"\nprice_per_million_input = 100\nprice_per_million_output = 100\n'
)
UNPRICED = 'base_url = "http://127.0.0.1:9/v1"\nmodel = "m"\n'


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("PAPERSYS_CONFIG", raising=False)
    monkeypatch.setenv("PAPERSYS_BUS__PORT", str(free_port()))
    seed(tmp_path / "data")
    write(tmp_path, "")
    return tmp_path


def write(folder: Path, llm: str) -> None:
    (folder / "papersys.toml").write_text(f'[data]\npath = "data"\nmin_free_mb = 1\n[llm]\n{llm}')


def forecast(*ids: str) -> dict[str, Any]:
    report: dict[str, Any] = json.loads(run_command("summarize", *ids, "--dry-run", "--json").out)
    return report


def test_the_running_system_is_asked_for_new_summaries(monkeypatch: pytest.MonkeyPatch) -> None:
    published: list[Event] = []

    async def publish(bus: BusSettings, event: Event) -> None:
        published.append(event)

    monkeypatch.setattr(connections, "publish", publish)
    done = run_command("summarize", f"arXiv:{GRAPHS}v2", TIDES, GRAPHS)
    assert (done.code, done.out) == (0, f"Queued: {GRAPHS}, {TIDES}.\n")
    [event] = published
    assert isinstance(event, PapersSelected)
    assert (event.paper_ids, event.force) == ((GRAPHS, TIDES), True)
    assert {pick.slot for pick in event.picks} == {"requested"}


def test_without_a_running_system_it_says_what_to_do() -> None:
    done = run_command("summarize", GRAPHS)
    assert (done.code, "papersys up" in done.err, "--dry-run" in done.err) == (1, True, True)


def test_what_is_no_id_is_wrong_use() -> None:
    assert run_command("summarize", "2403.1").code == 2


def test_without_a_model_nothing_is_asked_and_nothing_costs() -> None:
    report = forecast(GRAPHS)
    assert report["model"] is None
    [paper] = report["papers"]
    assert (paper["reading"], paper["cost"], paper["input_tokens"]) == ("extractive", 0.0, 0)


def test_an_unknown_price_is_unknown(folder: Path) -> None:
    write(folder, UNPRICED)
    [paper] = forecast(GRAPHS)["papers"]
    assert (paper["reading"], paper["cost"]) == ("full_text", None)
    assert "cost unknown" in run_command("summarize", GRAPHS, "--dry-run").out


def test_a_known_price_gives_a_cost_by_tokens(folder: Path) -> None:
    write(folder, PRICED)
    report = forecast(GRAPHS, "2403.99999")
    assert report["model"] == "m"
    for paper in report["papers"]:
        assert paper["cost"] == pytest.approx((paper["input_tokens"] + paper["output_tokens"]) * 100 / 1e6)
    assert "not fetched yet" in report["papers"][1]["text"]
    assert "not harvested" in run_command("summarize", "2403.99999", "--dry-run").out


def test_each_paper_counts_against_the_caps_of_those_after_it(folder: Path) -> None:
    one = 100 * (1_200 + 8_000 + 1_000 + 1_000 + 300) / 1e6
    write(folder, PRICED + f"monthly_cap = {one * 1.5}\nnear_cap = 1.0\n")
    first, second, third = forecast("2403.99997", "2403.99998", "2403.99999")["papers"]
    assert first["reading"] == "full_text"
    assert second["reading"] == "abstract"
    assert "cap" in second["note"]
    assert third["reading"] in ("abstract", "extractive")
    assert sum(paper["cost"] for paper in (first, second, third)) <= one * 1.5


def test_an_own_model_costs_nothing(folder: Path) -> None:
    write(folder, 'gguf = "small.gguf"\n')
    report = forecast(GRAPHS)
    assert (report["model"], report["papers"][0]["cost"], report["papers"][0]["reading"]) == ("small", 0.0, "full_text")


def test_after_some_summaries_the_estimate_is_what_they_took(folder: Path) -> None:
    write(folder, PRICED)
    before = forecast("2611.00500")["papers"][0]["input_tokens"]
    store = SummaryStore(DataFolder(folder / "data", 0))
    for number, tokens in enumerate((10_000, 12_000, 14_000, 16_000, 18_000)):
        usage = Usage(calls=3, input_tokens=tokens, output_tokens=tokens // 10, cost=1.0)
        changed = {"paper_id": f"2611.0060{number}", "mode": "llm", "reading": "full_text", "usage": usage}
        store.put(summary(GRAPHS).model_copy(update=changed))
    [paper] = forecast("2611.00500")["papers"]
    assert before != 14_000
    assert (paper["input_tokens"], paper["output_tokens"]) == (14_000, 1_400)
    assert paper["cost"] == pytest.approx(1.54)


TABLE = """\
**Table 1.** Zap scores on the Woods corpus for tree counting.

| m | Zap | Zop |
|---|---|---|
| a | 81.5 | 3.2 |
"""


def test_the_question_about_tables_is_counted_where_it_would_be_asked(folder: Path) -> None:
    documents = DocumentStore(DataFolder(folder / "data", 0))

    def takes(text: str, settings: str = "") -> tuple[int, int]:
        documents.put(
            DocumentRecord(paper_id=GRAPHS, version=7, status="converted", asked_version=7, made_at=now()),
            text,
            [Section(title="Results", level=2, text="Same words.")],
        )
        write(folder, PRICED + settings)
        [paper] = forecast(GRAPHS)["papers"]
        return paper["input_tokens"], paper["output_tokens"]

    without = takes("# A paper\n")
    asked = takes(f"# A paper\n\n## Results\n\n{TABLE}")
    assert asked[0] > without[0] + 100
    assert asked[1] == without[1] + 2 * 40
    assert takes(f"# A paper\n\n## Results\n\n{TABLE}", "[summarizer]\nname_results = false\n") == without
