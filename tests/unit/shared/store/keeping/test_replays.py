"""Replays as they are kept."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from shared.errors import PapersysError
from shared.store.files.data_folder import DataFolder
from shared.store.keeping.replays import ReplayRecord, ReplayReport, ReplayRequest, ReplayStore

NOVEMBER = ReplayRequest(stage="embed", first_day=date(2026, 11, 1), last_day=date(2026, 11, 30))


def record(name: str, hour: int = 0) -> ReplayRecord:
    return ReplayRecord(name=name, request=NOVEMBER, begun_at=datetime(2026, 11, 22, hour, tzinfo=UTC))


def test_a_period_has_its_days_and_the_papers_of_its_months() -> None:
    assert NOVEMBER.has_day(date(2026, 11, 30))
    assert not NOVEMBER.has_day(date(2026, 12, 1))
    assert NOVEMBER.has_month_of("2611.00001")
    assert not NOVEMBER.has_month_of("hep-th/9911001")
    assert ReplayRequest(stage="rank").is_everything


def test_replays_are_listed_oldest_first_and_gone_when_they_are_removed(tmp_path: Path) -> None:
    store = ReplayStore(DataFolder(tmp_path, 0))
    assert store.all() == []
    for replay in (store.put(record("later", 2)), store.put(record("earlier", 1))):
        replay.own.write_text(replay.own.path("embeddings", "x", "manifest.json"), "{}")
    store.put_report(store.open("later"), ReplayReport(lines=("Different.",)))
    assert [one.name for one in store.all()] == ["earlier", "later"]
    assert store.report("later") == ReplayReport(lines=("Different.",))
    assert store.report("earlier") is None
    store.remove("later")
    assert [path.name for path in tmp_path.joinpath("replays").iterdir()] == ["earlier"]


def test_a_record_that_cannot_be_read_names_its_file(tmp_path: Path) -> None:
    store = ReplayStore(DataFolder(tmp_path, 0))
    store.put(record("try")).own.path("replay.json").write_text("{")
    with pytest.raises(PapersysError, match=r"replays/try/replay.json cannot be read"):
        store.open("try")


def test_a_user_is_taken_out_of_all_replays(tmp_path: Path) -> None:
    store = ReplayStore(DataFolder(tmp_path, 0))
    for name, users in (("all", ()), ("both", ("me", "anna")), ("anna", ("anna",))):
        request = ReplayRequest(stage="rank", users=users)
        store.put(record(name).model_copy(update={"request": request, "state": "done"}))
    own = store.open("all").own
    for side, user in (("before", "anna"), ("after", "anna"), ("after", "anna-maria")):
        own.write_text(own.path(side, "selections", "users", user, "2026-11-02", "run.parquet"), "")
    own.write_text(own.path("after", "state", "ranker", "anna", "model.json"), "")
    lines = ("To rank.", "anna: 2 days.", "  Picks: 1.", "anna-maria: 2 days.", "  Picks: 2.")
    figures: dict[str, object] = {"anna": {}, "anna-maria": {}}
    store.put_report(store.open("all"), ReplayReport.model_validate({"lines": lines, "figures": figures}))
    assert store.forget("anna") == 3
    assert [path.name for path in tmp_path.glob("**/users/*")] == ["anna-maria"]
    assert not own.path("after", "state", "ranker", "anna").exists()
    assert store.report("all") == ReplayReport(lines=(lines[0], *lines[3:]), figures={"anna-maria": {}})
    assert store.open("both").request.users == ("me",)
    assert {one.name for one in store.all()} == {"all", "both"}
    assert store.forget("anna") == 0
