"""Notes are Markdown files, one a paper and user, and none is lost to another window."""

import os
from pathlib import Path

import pytest

from shared.errors import TemporaryFailure
from shared.store.files.data_folder import DataFolder
from shared.store.people.notes import NoteStore
from tests.support.folders.seed import GRAPHS, OLD


@pytest.fixture
def store(tmp_path: Path) -> NoteStore:
    return NoteStore(DataFolder(tmp_path, 0))


def test_a_note_is_a_file_that_any_editor_opens(store: NoteStore, tmp_path: Path) -> None:
    assert store.put("me", OLD, "  # Read\r\nagain\x00 \n")[0]
    path = tmp_path / "notes" / "me" / "hep-th_9901001.md"
    assert path.read_bytes() == b"# Read\nagain\n"
    path.write_text("Changed by hand.\n")
    assert store.get("me", OLD).text == "Changed by hand."
    assert [note.paper_id for note in store.all("me")] == [OLD]


def test_an_empty_note_is_removed(store: NoteStore, tmp_path: Path) -> None:
    store.put("me", GRAPHS, "something")
    is_saved, note = store.put("me", GRAPHS, " \n")
    assert (is_saved, note.text, note.fingerprint, store.all("me")) == (True, "", "", [])
    assert store.put("me", GRAPHS, "")[0]


def test_a_note_of_another_window_is_not_overwritten(store: NoteStore) -> None:
    _, first = store.put("me", GRAPHS, "first", based_on="")
    assert store.put("me", GRAPHS, "second", based_on=first.fingerprint)[0]
    is_saved, stands = store.put("me", GRAPHS, "third", based_on=first.fingerprint)
    assert (is_saved, stands.text) == (False, "second")
    assert store.put("me", GRAPHS, "second", based_on=first.fingerprint)[0], "the same again is no conflict"
    assert store.put("me", GRAPHS, "third", based_on=None)[0]


def test_each_user_has_notes_of_their_own(store: NoteStore) -> None:
    store.put("me", GRAPHS, "mine")
    store.put("ana", GRAPHS, "hers")
    assert [store.get(user, GRAPHS).text for user in ("me", "ana", "nobody")] == ["mine", "hers", ""]


@pytest.mark.parametrize("user", ["../../etc", "/root", "..", ".", "a/b", "\x00", "ä" * 150, ""])
def test_no_name_of_a_user_leads_out_of_the_folder(store: NoteStore, tmp_path: Path, user: str) -> None:
    store.put(user, GRAPHS, "text")
    (path,) = list(tmp_path.rglob("*.md"))
    assert path.parent.parent == tmp_path / "notes"
    assert store.get(user, GRAPHS).text == "text"


def test_what_is_no_note_of_a_paper_is_passed_over(store: NoteStore, tmp_path: Path) -> None:
    store.put("me", GRAPHS, "text")
    folder = tmp_path / "notes" / "me"
    (folder / "README.md").write_text("About my notes.")
    (folder / "2611.00102.md").write_bytes(b"\xff\xfe\x00 half a charac\xc3")
    (folder / "2611.00103.md").mkdir()
    (folder / "2611.00104.md").write_text("")
    assert {note.paper_id for note in store.all("me")} == {GRAPHS, "2611.00102"}
    with pytest.raises(ValueError, match="not an arXiv id"):
        store.put("me", "../../x", "text")


def test_a_full_disk_leaves_the_note_as_it_was(tmp_path: Path) -> None:
    NoteStore(DataFolder(tmp_path, 0)).put("me", GRAPHS, "before")
    full = NoteStore(DataFolder(tmp_path, 10**9))
    with pytest.raises(TemporaryFailure, match="free some space"):
        full.put("me", GRAPHS, "after")
    assert full.get("me", GRAPHS).text == "before"


def test_a_page_of_notes_reads_the_newest_first(store: NoteStore, tmp_path: Path) -> None:
    for number in range(5):
        store.put("me", f"2611.0010{number}", f"note {number}")
        os.utime(tmp_path / "notes" / "me" / f"2611.0010{number}.md", (number, number))
    notes, total = store.page("me", 1, 2)
    assert ([note.text for note in notes], total) == (["note 3", "note 2"], 5)
    assert store.page("me", 10, 2) == ([], 5)


def test_notes_on_papers_of_other_servers_are_listed(store: NoteStore) -> None:
    store.put("me", "biorxiv:10.1101-2026.10.15.675123", "Read the methods.")
    store.put("me", "hep-th/9901001", "Old, and still good.")
    assert {note.paper_id for note in store.all("me")} == {"biorxiv:10.1101-2026.10.15.675123", "hep-th/9901001"}
