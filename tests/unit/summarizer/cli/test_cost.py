"""`papersys cost`: sums of the ledger, and what is not known is said, never shown as zero."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from services.summarizer.cli.cost_plot import draw_bars
from services.summarizer.cli.spending import costs_by
from shared.contracts import now
from shared.store.files.data_folder import DataFolder
from shared.store.models.ledger import Call, Ledger
from tests.support.checks.command_line import run_command


def call(cost: float | None, month: int = 10, model: str = "m", step: str = "extract", paper: str = "2403.1") -> Call:
    return Call(
        made_at=datetime(2026, month, 3, tzinfo=UTC),
        service="summarizer",
        purpose=step,
        model=model,
        input_tokens=1000,
        output_tokens=100,
        cost=cost,
        seconds=6.0,
        paper_id=paper,
    )


CALLS = [call(0.25), call(0.5, step="repair"), call(None, model="mine"), call(1.0, month=11, paper="2403.2")]
OLD_LINE = (
    '{"made_at": "2026-09-01T00:00:00Z", "service": "summarizer", "purpose": "extract", "model": "m", '
    '"input_tokens": 10, "output_tokens": 1, "cost": 0.125}\n'
)


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> DataFolder:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("PAPERSYS_CONFIG", raising=False)
    (tmp_path / "papersys.toml").write_text('[data]\npath = "data"\n[llm]\nmonthly_cap = 4.0\n')
    data = DataFolder(tmp_path / "data", 1)
    ledger = Ledger(data)
    for one in CALLS:
        ledger.add(one)
    data.path("ledger", "2026-09.jsonl").write_text(OLD_LINE + "no line\n")
    return data


def groups_of(*options: str) -> dict[str, float | None]:
    report = json.loads(run_command("cost", "--json", *options).out)
    return {" ".join(str(row[name]) for name in options[1].split(",")): row["cost"] for row in report["groups"]}


@pytest.mark.parametrize(
    ("by", "costs"),
    [
        ("month", {"2026-09": 0.125, "2026-10": 0.75, "2026-11": 1.0}),
        ("day", {"2026-09-01": 0.125, "2026-10-03": 0.75, "2026-11-03": 1.0}),
        ("model", {"m": 1.875, "mine": None}),
        ("step", {"extract": 1.375, "repair": 0.5}),
        ("paper", {"(none)": 0.125, "2403.1": 0.75, "2403.2": 1.0}),
        ("month,model", {"2026-09 m": 0.125, "2026-10 m": 0.75, "2026-10 mine": None, "2026-11 m": 1.0}),
    ],
)
def test_costs_add_up_by_what_is_asked(data: DataFolder, by: str, costs: dict[str, float | None]) -> None:
    assert groups_of("--by", by) == costs


def test_an_unknown_cost_is_said_and_never_zero(data: DataFolder) -> None:
    shown = run_command("cost", "--by", "model").out
    assert "unknown" in shown
    assert "1.8750 + 1 calls of unknown cost" in " ".join(shown.split()) or "1 calls" in shown
    assert "price_per_million_input" in shown
    total = json.loads(run_command("cost", "--json").out)["total"]
    assert (total["cost"], total["unknown"], total["calls"]) == (1.875, 1, 5)


def test_days_narrow_it(data: DataFolder) -> None:
    assert groups_of("--by", "month", "--from", "2026-10-01", "--to", "2026-10-31") == {"2026-10": 0.75}
    assert "in that time" in run_command("cost", "--from", "2030-01-01").out


def test_caps_say_what_is_left(data: DataFolder) -> None:
    Ledger(data).add(call(1.5).model_copy(update={"made_at": now()}))
    [cap] = json.loads(run_command("cost", "--json").out)["caps"]
    assert cap["cap"] == 4.0
    assert cap["left"] == pytest.approx(4.0 - cap["spent"])
    assert cap["spent"] >= 1.5
    assert "Cap per month: 4, spent" in run_command("cost").out


@pytest.mark.parametrize(("name", "begins"), [("cost.png", b"\x89PNG"), ("cost.svg", b"<?xml")])
def test_a_picture_is_written(data: DataFolder, tmp_path: Path, name: str, begins: bytes) -> None:
    pytest.importorskip("matplotlib")
    assert run_command("cost", "--plot", name).code == 0
    assert (tmp_path / name).read_bytes().startswith(begins)


def test_another_form_of_picture_is_refused(data: DataFolder) -> None:
    done = run_command("cost", "--plot", "cost.pdf")
    assert (done.code, ".png or .svg" in done.err) == (1, True)


def test_bars_are_drawn_in_the_terminal(data: DataFolder) -> None:
    drawn = run_command("cost", "--by", "month", "--plot", "-").out
    assert "2026-11 |██████" in drawn


def test_without_prices_tokens_are_drawn() -> None:
    assert draw_bars(costs_by([call(None)], ["month"])).startswith("Tokens\n2026-10 |")


@pytest.mark.parametrize("by", ["colour", "", "month,colour"])
def test_what_cannot_be_added_up_by_is_wrong_use(data: DataFolder, by: str) -> None:
    assert run_command("cost", "--by", by).code == 2


def test_an_empty_ledger_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PAPERSYS_DATA__PATH", str(tmp_path / "none"))
    done = run_command("cost")
    assert (done.code, done.out) == (0, "No calls to models are in the ledger.\n")
