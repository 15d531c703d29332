"""The ledger of calls."""

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

from shared.store.files.data_folder import DataFolder
from shared.store.models.ledger import Call, Ledger, Spending
from shared.store.papers.summaries import Usage

NOVEMBER = datetime(2026, 11, 20, 12, tzinfo=UTC)
DECEMBER = datetime(2026, 12, 1, tzinfo=UTC)


def call(made_at: datetime, cost: float) -> Call:
    return Call(
        made_at=made_at,
        service="summarizer",
        purpose="extract",
        model="m",
        input_tokens=10,
        output_tokens=2,
        cost=cost,
        paper_id="2411.00010",
    )


def test_each_month_is_counted_for_itself_and_seen_by_other_readers(tmp_path: Path) -> None:
    ours, theirs = Ledger(DataFolder(tmp_path, 0)), Ledger(DataFolder(tmp_path, 0))
    assert ours.spent(NOVEMBER) == 0.0
    ours.add(call(NOVEMBER, 0.25))
    assert theirs.spent(NOVEMBER) == 0.25
    ours.add(call(NOVEMBER, 0.5))
    ours.add(call(DECEMBER, 4.0))
    assert (theirs.spent(NOVEMBER), theirs.spent(DECEMBER)) == (0.75, 4.0)
    assert theirs.month(NOVEMBER)[0] == call(NOVEMBER, 0.25)


def test_a_torn_last_line_costs_nothing_but_itself(tmp_path: Path) -> None:
    ledger = Ledger(DataFolder(tmp_path, 0))
    ledger.add(call(NOVEMBER, 0.25))
    with (tmp_path / "ledger" / "2026-11.jsonl").open("a") as file:
        file.write('{"made_at": "2026-')
    assert ledger.spent(NOVEMBER) == 0.25
    ledger.add(call(NOVEMBER, 0.5))
    assert ledger.spent(NOVEMBER) == 0.75


def paid(call_id: str, cost: float | None, event_id: str = "e", paper_id: str = "2411.00010") -> Call:
    return call(NOVEMBER, 0.0).model_copy(
        update={"call_id": call_id, "cost": cost, "event_id": event_id, "paper_id": paper_id, "cached_tokens": 4}
    )


def test_a_call_stands_in_the_ledger_once_whoever_adds_it_again(tmp_path: Path) -> None:
    ours, theirs = Ledger(DataFolder(tmp_path, 0)), Ledger(DataFolder(tmp_path, 0))
    assert ours.add(paid("1", 0.25))
    assert not ours.add(paid("1", 0.25))
    assert not theirs.add(paid("1", 0.25))
    assert theirs.add(paid("2", 0.25))
    assert ours.spent(NOVEMBER) == 0.5
    assert len(list(ours.calls())) == 2


def test_an_unknown_price_is_counted_apart_and_never_as_nothing(tmp_path: Path) -> None:
    ledger = Ledger(DataFolder(tmp_path, 0))
    ledger.add(paid("1", 0.25))
    ledger.add(paid("2", None))
    assert ledger.spending(NOVEMBER, "month") == Spending(cost=0.25, calls=2, unknown=1)
    assert ledger.of("e", "2411.00010").cost is None


def test_a_day_is_a_part_of_its_month(tmp_path: Path) -> None:
    ledger = Ledger(DataFolder(tmp_path, 0))
    ledger.add(call(NOVEMBER, 0.25))
    ledger.add(call(datetime(2026, 11, 20, 23, 30, tzinfo=timezone(-timedelta(hours=2))), 1.0))
    assert ledger.spending(NOVEMBER, "day").cost == 0.25
    assert ledger.spending(datetime(2026, 11, 21, tzinfo=UTC), "day").cost == 1.0
    assert ledger.spending(NOVEMBER, "month").cost == 1.25


def test_what_a_paper_used_is_the_sum_of_the_calls_of_its_event(tmp_path: Path) -> None:
    ledger = Ledger(DataFolder(tmp_path, 0))
    for line in (paid("1", 0.25), paid("2", 0.5), paid("3", 9.0, event_id="x"), paid("4", 9.0, paper_id="2411.00011")):
        ledger.add(line)
    used = ledger.of("e", "2411.00010")
    assert used == Usage(calls=2, input_tokens=20, cached_tokens=8, output_tokens=4, cost=0.75)
    assert ledger.of("e", "unknown") == Usage()


def test_lines_of_earlier_versions_are_read_as_they_are(tmp_path: Path) -> None:
    (tmp_path / "ledger").mkdir()
    (tmp_path / "ledger" / "2026-11.jsonl").write_text(
        '{"made_at": "2026-11-20T12:00:00Z", "service": "summarizer", "purpose": "extract", "model": "m", '
        '"input_tokens": 10, "output_tokens": 2, "cost": 0.0, "estimated": false, "seconds": 1.5, "paper_id": null, '
        '"run_id": null, "event_id": null}\n'
    )
    (line,) = Ledger(DataFolder(tmp_path, 0)).month(NOVEMBER)
    assert (line.cost, line.cached_tokens, line.finished, line.call_id) == (0.0, 0, True, None)


def test_a_file_that_was_replaced_is_read_anew(tmp_path: Path) -> None:
    ledger = Ledger(DataFolder(tmp_path, 0))
    ledger.add(paid("1", 0.25))
    ledger.add(paid("2", 0.25))
    path = tmp_path / "ledger" / "2026-11.jsonl"
    path.write_text(path.read_text().splitlines()[0] + "\nno json\n")
    assert ledger.spent(NOVEMBER) == 0.25
