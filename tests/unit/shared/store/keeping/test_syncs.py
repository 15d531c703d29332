"""What is said of copies that are kept up to date elsewhere."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from shared.settings.sections.sync import SyncSettings
from shared.store.files.data_folder import DataFolder
from shared.store.keeping.syncs import SyncRecord, SyncRecords, sync_states

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
SETTINGS = SyncSettings(git_folder=Path("/copies"), every_days=3)
WHERE = "the git repository /copies"
RECORD = SyncRecord(where=WHERE, synced_at=NOON - timedelta(hours=2), files=1_234, written=5)


def test_records_are_kept_by_place_and_damage_counts_as_none(tmp_path: Path) -> None:
    records = SyncRecords(DataFolder(tmp_path, 0))
    assert records.all() == {}
    records.note_done("git", RECORD)
    records.note_failure("hub", "the dataset you/papers", "no network", NOON)
    records.note_failure("git", WHERE, "no room", NOON)
    records.note_failure("git", WHERE, "no room", NOON)
    changes = {"problem": "no room", "failures": 2, "tried_at": NOON}
    assert records.all()["git"] == RECORD.model_copy(update=changes)
    assert records.all()["hub"].problem == "no network"
    (tmp_path / "state" / "sync" / "last.json").write_text("{")
    assert records.all() == {}


def test_each_place_of_the_settings_is_told_in_a_sentence_and_no_other() -> None:
    (state,) = sync_states({"git": RECORD, "hub": RECORD}, SETTINGS, NOON)
    assert (
        state.sentence
        == "The git repository /copies: synced 2026-11-22 10:00 UTC, 1,234 files, of which 5 had changed."
    )
    assert state.problems == ()
    assert sync_states({"git": RECORD}, SyncSettings(), NOON) == []
    (moved,) = sync_states({"git": RECORD}, SyncSettings(git_folder=Path("/elsewhere")), NOON)
    assert moved.sentence == "The git repository /elsewhere: not synced yet."


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"problem": "no network"}, "The last sync to the git repository /copies failed: no network"),
        (
            {"synced_at": NOON - timedelta(days=7)},
            "The last sync to the git repository /copies is 7.0 days old; one is due every 3 days.",
        ),
        (
            {"conflicts": ("a", "b", "c", "d")},
            "Others changed a, b, c and 1 more in the git repository /copies, so these are left alone; "
            "`papersys sync --overrule` replaces them.",
        ),
    ],
)
def test_what_wants_something_done_is_a_problem(changes: dict[str, object], says: str) -> None:
    (state,) = sync_states({"git": RECORD.model_copy(update=changes)}, SETTINGS, NOON)
    assert state.problems == (says,)
