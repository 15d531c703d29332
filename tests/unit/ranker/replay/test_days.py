"""Which recorded selections are made again."""

from datetime import date
from pathlib import Path

from services.ranker.replay.days import recorded_days
from shared.store.files.data_folder import DataFolder
from shared.store.keeping.replays import ReplayRequest
from shared.store.selections import Candidate, SelectionStore
from tests.unit.ranker.world import MORNING

MONDAY, TUESDAY = date(2026, 11, 2), date(2026, 11, 3)
EVERYTHING = ReplayRequest(stage="rank")


def candidate(paper_id: str, day: date, outcome: str = "picked", slot: str = "top", user: str = "me") -> Candidate:
    facts = {"paper_id": paper_id, "day": day, "run_id": "run", "outcome": outcome, "slot": slot, "user": user}
    return Candidate.model_validate({**facts, "made_at": MORNING})


def test_what_competed_by_score_is_made_again_oldest_first(tmp_path: Path) -> None:
    store = SelectionStore(DataFolder(tmp_path, 0))
    store.write(TUESDAY, "run", [candidate("2611.00003", TUESDAY), candidate("2611.00004", TUESDAY, "below_quota", "")])
    beside = [candidate("2611.00002", MONDAY, slot="audit"), candidate("2611.00005", MONDAY, slot="requested")]
    store.write(MONDAY, "run", [candidate("2611.00001", MONDAY), *beside])
    store.write(MONDAY, "requested-1", [candidate("2611.00006", MONDAY, slot="requested")])
    days = list(recorded_days(store, "me", EVERYTHING))
    assert [(day.day, day.paper_ids, day.per_day) for day in days] == [
        (MONDAY, ["2611.00001"], 1),
        (TUESDAY, ["2611.00003", "2611.00004"], 1),
    ]
    since = EVERYTHING.model_copy(update={"first_day": TUESDAY})
    assert [day.day for day in recorded_days(store, "me", since)] == [TUESDAY]
    assert list(recorded_days(store.of("ada"), "ada", EVERYTHING)) == []
