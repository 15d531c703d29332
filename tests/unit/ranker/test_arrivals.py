"""What arrived, and when a day is decided."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from services.ranker.arrivals import ArrivalBook, Arrivals, Step, decide, waiting_ids
from shared.contracts import EmbeddingsReady
from shared.store.files import DataFolder
from tests.unit.ranker.world import DAY, MORNING, paper_id


def ready(*numbers: int, failed: tuple[int, ...] = (), **facts: Any) -> EmbeddingsReady:
    ids, without = tuple(map(paper_id, numbers)), tuple(map(paper_id, failed))
    return EmbeddingsReady(paper_ids=ids, failed=without, model="test", day=DAY, **{"run_id": "r1", **facts})


def book(folder: Path) -> ArrivalBook:
    loaded = ArrivalBook(DataFolder(folder, 0))
    loaded.load()
    return loaded


def run(**facts: Any) -> Arrivals:
    return Arrivals.model_validate({"run_id": "r1", "day": DAY, "first_at": MORNING, **facts})


COMPLETE = {"run_size": 3, "arrived": (paper_id(1), paper_id(2)), "failed": (paper_id(3),)}
PARTIAL = {"run_size": 3, "arrived": (paper_id(1),)}


@pytest.mark.parametrize(
    ("facts", "seconds", "day_selected", "is_ready", "step"),
    [
        pytest.param(COMPLETE, 1, False, True, "select", id="complete, what failed counted"),
        pytest.param(PARTIAL, 1, False, True, "wait", id="not complete"),
        pytest.param({"arrived": (paper_id(1),)}, 1, False, True, "wait", id="size not known yet"),
        pytest.param(PARTIAL, 1800, False, True, "select", id="deadline"),
        pytest.param({"arrived": (paper_id(1),)}, 1800, False, True, "select", id="deadline, size never known"),
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
    facts: dict[str, Any], seconds: float, day_selected: bool, is_ready: bool, step: Step
) -> None:
    at = MORNING + timedelta(seconds=seconds)
    decided = decide(run(**facts), now=at, deadline_seconds=1800, day_selected=day_selected, ready=is_ready)
    assert decided == step


def test_a_repeated_event_changes_no_byte(tmp_path: Path) -> None:
    arrivals = book(tmp_path)
    event = ready(1, 2, last=True, run_size=2)
    first = arrivals.note(event, MORNING)
    (path,) = tmp_path.glob("state/ranker/arrivals/*.json")
    stamp = path.stat().st_mtime_ns
    assert arrivals.note(event, MORNING + timedelta(hours=1)) == first
    assert path.stat().st_mtime_ns == stamp


def test_parts_in_any_order_make_a_complete_run_that_a_new_process_knows(tmp_path: Path) -> None:
    arrivals = book(tmp_path)
    assert not arrivals.note(ready(3, failed=(4,), last=True, run_size=4), MORNING).is_complete
    assert book(tmp_path).note(ready(1, 2), MORNING + timedelta(hours=1)).is_complete
    (known,) = book(tmp_path).runs()
    assert known.first_at == MORNING
    assert known.arrived == (paper_id(1), paper_id(2), paper_id(3))


def test_a_paper_that_failed_and_then_arrived_has_arrived(tmp_path: Path) -> None:
    arrivals = book(tmp_path)
    arrivals.note(ready(1, failed=(2,)), MORNING)
    noted = arrivals.note(ready(2), MORNING)
    assert (noted.failed, noted.arrived) == ((), (paper_id(1), paper_id(2)))
    assert arrivals.note(ready(failed=(2,)), MORNING).failed == ()


def test_a_run_that_had_its_turn_stays_closed_when_late_papers_come(tmp_path: Path) -> None:
    arrivals = book(tmp_path)
    arrivals.close(arrivals.note(ready(1), MORNING))
    assert arrivals.note(ready(2), MORNING).closed
    assert book(tmp_path).runs()[0].closed


def test_a_name_that_is_a_path_stays_in_the_folder(tmp_path: Path) -> None:
    arrivals = book(tmp_path / "data")
    arrivals.note(ready(1, run_id="../../../evil"), MORNING)
    arrivals.note(ready(2, run_id="a" * 5000), MORNING)
    arrivals.note(ready(3, run_id=None), MORNING)
    folder = tmp_path / "data" / "state" / "ranker" / "arrivals"
    assert len(list(folder.iterdir())) == 3
    assert {one.run_id for one in book(tmp_path / "data").runs()} == {"../../../evil", "a" * 5000, ""}


def test_a_file_that_cannot_be_read_is_set_aside_and_said(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    book(tmp_path).note(ready(1), MORNING)
    path = tmp_path / "state" / "ranker" / "arrivals" / "r1.json"
    path.write_text('{"run_id"')
    assert book(tmp_path).runs() == []
    assert "could not be read" in caplog.text
    assert [left.name for left in path.parent.iterdir()] == ["r1.unreadable"]


def test_late_papers_of_closed_runs_and_loose_ones_compete_but_those_of_open_runs_wait_for_their_own() -> None:
    ours = run(run_id="ours", arrived=("a", "b"))
    runs = [
        ours,
        run(run_id="earlier", closed=True, arrived=("c", "d")),
        run(run_id="open", arrived=("e",)),
        run(run_id="", arrived=("f",)),
        run(run_id="theirs", user="you", closed=True, arrived=("g",)),
    ]
    assert waiting_ids(runs, ours, {"a", "c"}) == ["b", "d", "f"]
