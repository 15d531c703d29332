"""Notes of two places: no text is lost, and the same bundle again adds nothing."""

from pathlib import Path

from shared.store.files.data_folder import DataFolder
from shared.store.people.notes import NoteStore
from tests.support.folders.bundles import export, merge, rewritten
from tests.support.folders.seed import GRAPHS, NOON


def test_of_two_notes_on_a_paper_both_are_kept(whole: Path, empty: DataFolder) -> None:
    NoteStore(empty).put("me", GRAPHS, "Mine")
    tally = merge(whole, empty)["notes"]
    text = NoteStore(empty).get("me", GRAPHS).text
    assert text.startswith("Mine\n\n---\n\nFrom a bundle of 2026-11-20:\n\nRounds:")
    assert text.endswith("- read again")
    assert (tally.new, tally.newer, len(tally.conflicts)) == (1, 1, 1)
    assert merge(whole, empty)["notes"].same == 2
    assert NoteStore(empty).get("me", GRAPHS).text == text


def test_a_note_keeps_the_time_of_its_last_change(whole: Path, empty: DataFolder) -> None:
    merge(whole, empty)
    assert NoteStore(empty).get("me", GRAPHS).changed_at == NOON


def test_a_note_on_no_paper_is_refused(whole: Path, empty: DataFolder, tmp_path: Path) -> None:
    odd = b'{"user": "me", "paper_id": "../../x", "text": "t", "changed_at": "2026-11-06T12:00:00Z"}\nno json\n'
    tally = merge(rewritten(whole, tmp_path / "odd.zip", {"notes.jsonl": lambda content: odd + content}), empty)[
        "notes"
    ]
    assert (tally.new, tally.refused) == (2, 2)


def test_notes_on_own_files_are_in_no_bundle(data: DataFolder, empty: DataFolder, tmp_path: Path) -> None:
    NoteStore(data).put("me", "local:0123456789abcdef", "> A draft")
    export(data, tmp_path / "other.zip")
    assert merge(tmp_path / "other.zip", empty)["notes"].new == 2
    assert len(NoteStore(empty).all("me")) == 1
