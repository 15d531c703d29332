"""Rows put aside by month."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from deploy.migrating.tables.arrow_texts import as_texts
from deploy.migrating.tables.month_spill import MonthSpill
from shared.store.papers.rows import Paper, encode_row
from tests.support.folders.seed import GRAPHS, paper


def put_aside(spill: MonthSpill, *papers: Paper) -> None:
    spill.add(as_texts(each.paper_id for each in papers), as_texts(encode_row(each).decode() for each in papers))


def test_rows_come_back_by_month_and_of_one_paper_the_one_changed_last(tmp_path: Path) -> None:
    spill = MonthSpill(tmp_path / "months")
    old = replace(paper(GRAPHS), updated_at=datetime(2026, 1, 1, tzinfo=UTC))
    new = replace(old, title="Later", updated_at=datetime(2026, 2, 1, tzinfo=UTC))
    other = replace(old, paper_id="2401.00001")
    put_aside(spill, new, old)
    put_aside(spill, other)
    months = dict(spill.months())
    assert list(months) == ["2024-01", "2026-11"]
    assert months["2026-11"] == {GRAPHS: encode_row(new)}
    spill.remove()
    assert not (tmp_path / "months").exists()


def test_what_a_killed_run_left_is_forgotten(tmp_path: Path) -> None:
    put_aside(MonthSpill(tmp_path), paper(GRAPHS))
    (tmp_path / "2401.rows").parent.mkdir(exist_ok=True)
    (tmp_path / "2401.rows").write_bytes(b"torn")
    assert list(MonthSpill(tmp_path).months()) == []
