"""The ledger of calls."""

from datetime import UTC, datetime
from pathlib import Path

from shared.store.files.data_folder import DataFolder
from shared.store.ledger import Call, Ledger

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
