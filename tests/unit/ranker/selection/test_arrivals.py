"""What arrived, and when a day is decided."""

import json
import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from services.ranker.selection.arrival_log import ArrivalLog
from services.ranker.selection.arrivals import Arrivals, Decision, competing_runs, decide, newest_of
from shared.contracts import EmbeddingsReady
from shared.store.files.data_folder import DataFolder
from tests.unit.ranker.world import DAY, MORNING, paper_id


def ready(*numbers: int, failed: tuple[int, ...] = (), **facts: Any) -> EmbeddingsReady:
    ids, without = tuple(map(paper_id, numbers)), tuple(map(paper_id, failed))
    return EmbeddingsReady(paper_ids=ids, failed=without, model="test", day=DAY, **{"run_id": "r1", **facts})


def arrival_log(folder: Path) -> ArrivalLog:
    loaded = ArrivalLog(DataFolder(folder, 0))
    loaded.load()
    return loaded


def run(**facts: Any) -> Arrivals:
    return Arrivals(**{"run_id": "r1", "day": DAY, "first_at": MORNING, **facts})


COMPLETE = {"run_size": 3, "arrived": {paper_id(1), paper_id(2)}, "failed": {paper_id(3)}}
PARTIAL = {"run_size": 3, "arrived": {paper_id(1)}}


@pytest.mark.parametrize(
    ("facts", "seconds", "day_selected", "is_ready", "step"),
    [
        pytest.param(COMPLETE, 1, False, True, "select", id="complete, what failed counted"),
        pytest.param(PARTIAL, 1, False, True, "wait", id="not complete"),
        pytest.param({"arrived": {paper_id(1)}}, 1, False, True, "wait", id="size not known yet"),
        pytest.param(PARTIAL, 1800, False, True, "select", id="deadline"),
        pytest.param({"arrived": {paper_id(1)}}, 1800, False, True, "select", id="deadline, size never known"),
        pytest.param(COMPLETE, 1, False, False, "wait", id="complete, seeds not encoded yet"),
        pytest.param(COMPLETE, 1800, False, False, "select", id="the deadline does not wait for seeds"),
        pytest.param(COMPLETE, 1, True, True, "leave", id="second run of the day"),
        pytest.param(PARTIAL, 9999, True, True, "leave", id="second run of the day, past its deadline"),
        pytest.param({**COMPLETE, "closed": True}, 1, False, True, "leave", id="had its turn"),
        pytest.param({**COMPLETE, "run_id": ""}, 9999, False, True, "leave", id="typed by hand, no run"),
        pytest.param(COMPLETE, -3600, False, True, "select", id="clock set back"),
    ],
)
def test_a_day_is_decided_once_when_complete_or_at_the_deadline(
    facts: dict[str, Any], seconds: float, day_selected: bool, is_ready: bool, step: Decision
) -> None:
    at = MORNING + timedelta(seconds=seconds)
    decided = decide(run(**facts), now=at, deadline_seconds=1800, day_selected=day_selected, ready=is_ready)
    assert decided == step


def test_a_repeated_event_changes_no_byte(tmp_path: Path) -> None:
    arrivals = arrival_log(tmp_path)
    event = ready(1, 2, last=True, run_size=2)
    first = arrivals.note(event, MORNING)
    (path,) = tmp_path.glob("state/ranker/arrivals/*.jsonl")
    content = path.read_bytes()
    assert arrivals.note(event, MORNING + timedelta(hours=1)) is first
    assert arrival_log(tmp_path).note(event, MORNING + timedelta(hours=1)).arrived == first.arrived
    assert path.read_bytes() == content


def test_parts_in_any_order_make_a_complete_run_that_a_new_process_knows(tmp_path: Path) -> None:
    arrivals = arrival_log(tmp_path)
    assert not arrivals.note(ready(3, failed=(4,), last=True, run_size=4), MORNING).is_complete
    assert arrival_log(tmp_path).note(ready(1, 2), MORNING + timedelta(hours=1)).is_complete
    (known,) = arrival_log(tmp_path).runs()
    assert known.first_at == MORNING
    assert known.arrived == known.waiting == {paper_id(1), paper_id(2), paper_id(3)}


def test_a_paper_that_failed_and_then_arrived_has_arrived(tmp_path: Path) -> None:
    arrivals = arrival_log(tmp_path)
    arrivals.note(ready(1, failed=(2,)), MORNING)
    noted = arrivals.note(ready(2), MORNING)
    assert (noted.failed, noted.arrived) == (set(), {paper_id(1), paper_id(2)})
    assert arrivals.note(ready(failed=(2,)), MORNING).failed == set()


def test_a_run_that_had_its_turn_stays_closed_when_late_papers_come(tmp_path: Path) -> None:
    arrivals = arrival_log(tmp_path)
    arrivals.close(arrivals.note(ready(1), MORNING))
    assert arrivals.note(ready(2), MORNING).closed
    assert arrival_log(tmp_path).runs()[0].closed


def test_a_name_that_is_a_path_stays_in_the_folder(tmp_path: Path) -> None:
    arrivals = arrival_log(tmp_path / "data")
    arrivals.note(ready(1, run_id="../../../evil"), MORNING)
    arrivals.note(ready(2, run_id="a" * 5000), MORNING)
    arrivals.note(ready(3, run_id=None), MORNING)
    folder = tmp_path / "data" / "state" / "ranker" / "arrivals"
    assert len(list(folder.iterdir())) == 3
    assert {one.run_id for one in arrival_log(tmp_path / "data").runs()} == {"../../../evil", "a" * 5000, ""}


def test_a_file_that_cannot_be_read_is_set_aside_and_said(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    arrival_log(tmp_path).note(ready(1), MORNING)
    path = tmp_path / "state" / "ranker" / "arrivals" / "r1.jsonl"
    path.write_text('{"run_id"\n')
    assert arrival_log(tmp_path).runs() == []
    assert "could not be read" in caplog.text
    assert [left.name for left in path.parent.iterdir()] == ["r1.unreadable"]


def test_a_line_that_cannot_be_read_costs_what_it_said_and_nothing_else(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    for number in (1, 2, 3):
        arrival_log(tmp_path).note(ready(number), MORNING)
    path = tmp_path / "state" / "ranker" / "arrivals" / "r1.jsonl"
    head, first, _, third = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(head + first + b'{"arrived": "\xff\n' + third)
    (known,) = arrival_log(tmp_path).runs()
    assert known.arrived == {paper_id(1), paper_id(3)}
    assert "Line 3 of" in caplog.text


def test_an_append_that_was_killed_halfway_is_written_again(tmp_path: Path) -> None:
    """Every way that a kill can tear the file of a run: its event is delivered again, and all is known once."""
    arrival_log(tmp_path).note(ready(1), MORNING)
    path = tmp_path / "state" / "ranker" / "arrivals" / "r1.jsonl"
    arrival_log(tmp_path).note(ready(2, 3, last=True, run_size=3), MORNING)
    whole = path.read_bytes()
    for end in range(len(whole)):
        path.write_bytes(whole[:end])
        noted = arrival_log(tmp_path)
        for event in (ready(1), ready(2, 3, last=True, run_size=3)):
            noted.note(event, MORNING)
        (known,) = arrival_log(tmp_path).runs()
        assert known.is_complete
        assert known.arrived == {paper_id(1), paper_id(2), paper_id(3)}
        for left in path.parent.iterdir():
            left.unlink()


def test_each_event_of_a_run_is_written_once(tmp_path: Path) -> None:
    """Written whole at each event, a run of n events costs n * n / 2 events' worth of bytes."""
    sizes = []
    for folder, events in ((tmp_path / "few", 10), (tmp_path / "many", 100)):
        noted, written = arrival_log(folder), 0
        for number in range(events):
            before = {path: path.read_bytes() for path in folder.glob("state/ranker/arrivals/*")}
            noted.note(ready(*range(number * 20, number * 20 + 20)), MORNING)
            for path in folder.glob("state/ranker/arrivals/*"):
                kept = before.get(path, b"")
                content = path.read_bytes()
                written += len(content) - (len(kept) if content.startswith(kept) else 0)
        sizes.append(written)
    assert sizes[1] < 12 * sizes[0]


def test_a_run_as_it_was_kept_before_is_read_and_goes_on_beside_its_old_file(tmp_path: Path) -> None:
    folder = tmp_path / "state" / "ranker" / "arrivals"
    folder.mkdir(parents=True)
    old = {
        "run_id": "r1",
        "user": "me",
        "day": DAY.isoformat(),
        "first_at": MORNING.isoformat(),
        "run_size": 4,
        "arrived": [paper_id(1), paper_id(2)],
        "failed": [paper_id(3)],
        "revised": [paper_id(2)],
        "closed": False,
    }
    (folder / "r1.json").write_text(json.dumps(old, indent=1) + "\n")
    (known,) = arrival_log(tmp_path).runs()
    assert (known.arrived, known.failed, known.revised) == ({paper_id(1), paper_id(2)}, {paper_id(3)}, {paper_id(2)})
    assert (known.first_at, known.day, known.closed) == (MORNING, DAY, False)
    before = (folder / "r1.json").read_bytes()
    arrivals = arrival_log(tmp_path)
    run_now = arrivals.note(ready(4), MORNING + timedelta(hours=1))
    assert run_now.is_complete
    arrivals.close(run_now)
    (known,) = arrival_log(tmp_path).runs()
    assert known.arrived == {paper_id(1), paper_id(2), paper_id(4)}
    assert known.closed
    assert (folder / "r1.json").read_bytes() == before


def test_a_run_that_had_its_turn_keeps_what_is_left_and_what_comes_late(tmp_path: Path) -> None:
    arrivals = arrival_log(tmp_path)
    noted = arrivals.note(ready(1, 2, 3), MORNING)
    arrivals.mark_considered([noted], left=[paper_id(3), paper_id(77)])
    arrivals.close(noted)
    for known in (noted, *arrival_log(tmp_path).runs()):
        assert known.waiting == {paper_id(3)}
    arrival_log(tmp_path).note(ready(1, 4), MORNING)
    (known,) = arrival_log(tmp_path).runs()
    assert known.waiting == {paper_id(3), paper_id(4)}


def test_runs_of_long_ago_are_read_when_they_are_spoken_of_again_only(tmp_path: Path) -> None:
    arrivals = arrival_log(tmp_path)
    for name in ("old", "new"):
        arrivals.note(ready(1, run_id=name), MORNING)
    arrivals.note(ready(5, run_id=None), MORNING)
    folder = tmp_path / "state" / "ranker" / "arrivals"
    for path in folder.iterdir():
        if not path.name.startswith("new"):
            os.utime(path, (1_700_000_000, 1_700_000_000))
    later = arrival_log(tmp_path)
    assert {run.run_id for run in later.runs()} == {"", "new"}
    assert later.note(ready(2, run_id="old"), MORNING).arrived == {paper_id(1), paper_id(2)}


def test_late_papers_of_closed_runs_and_loose_ones_compete_but_those_of_open_runs_wait_for_their_own() -> None:
    ours = run(run_id="ours")
    runs = [
        ours,
        run(run_id="earlier", closed=True),
        run(run_id="open"),
        run(run_id=""),
        run(run_id="theirs", user="you", closed=True),
    ]
    assert [one.run_id for one in competing_runs(runs, ours)] == ["ours", "earlier", ""]


def test_where_very_many_wait_the_newest_compete_and_those_that_always_do() -> None:
    ids = ["hep-th/9901001", "1501.00001", "2611.00002", "2611.00001", "2610.99999", "0704.0001"]
    assert newest_of(ids, always=set(), most=6) == sorted(ids)
    assert newest_of(ids, always=set(), most=3) == ["2610.99999", "2611.00001", "2611.00002"]
    assert newest_of(ids, always={"hep-th/9901001"}, most=2) == ["2611.00002", "hep-th/9901001"]
