"""The progress of a reading, told from what is stored."""

from datetime import timedelta

from services.publisher.paper.reading_progress import reading_steps, steps_of
from services.publisher.records.records import Records
from shared.store.files.data_folder import DataFolder
from tests.support.folders.seed import GRAPHS, NOON, pick


def states(steps: dict[str, bool]) -> list[str]:
    return [step.state for step in steps_of(steps)]


def test_the_first_step_that_is_not_done_is_under_way() -> None:
    assert states({"a": True, "b": False, "c": False}) == ["done", "now", "waiting"]
    assert states({"a": False, "b": True}) == ["now", "waiting"]


def test_a_paper_that_nobody_knows_waits_for_its_metadata(data: DataFolder) -> None:
    assert reading_steps(Records(data, "minilm"), "2611.99999", [])[0].state == "now"


def test_a_reading_asked_for_again_waits_for_a_selection_of_its_own(data: DataFolder) -> None:
    records = Records(data, "minilm")
    records.embedded = lambda paper_ids: 1  # type: ignore[method-assign]
    outcomes = [pick(GRAPHS, 1)]
    first = {step.name: step.state for step in reading_steps(records, GRAPHS, outcomes)}
    again = {step.name: step.state for step in reading_steps(records, GRAPHS, outcomes, NOON + timedelta(minutes=1))}
    assert (first["Queue"], first["Summary"]) == ("done", "now")
    assert (again["Queue"], again["Full text"]) == ("now", "waiting")
