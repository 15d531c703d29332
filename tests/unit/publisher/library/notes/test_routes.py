"""Notes are written on a paper's page and listed; one that could not be saved comes back to its writer."""

import re
from pathlib import Path

import pytest

from shared.contracts import ListedPaper, PutNote, PutNoteReply
from shared.store.files.data_folder import DataFolder
from shared.store.papers.documents import DocumentRecord, DocumentStore
from shared.store.people.notes import NoteStore
from shared.store.research.reading_list import ReadingListStore
from tests.support.browsing.reader import FORM, FakeReader, page, reader
from tests.support.folders.seed import GRAPHS, NOON, OLD, TIDES, seed


@pytest.fixture
def notes(tmp_path: Path) -> NoteStore:
    return NoteStore(seed(tmp_path))


@pytest.fixture
def fake_reader(tmp_path: Path, notes: NoteStore) -> FakeReader:
    """A reader whose notes are kept as the feedback service keeps them."""
    fake = reader(seed(tmp_path))

    def keep(request: PutNote) -> PutNoteReply:
        is_saved, note = notes.put(request.user, request.paper_id, request.text, request.based_on)
        return PutNoteReply(is_saved=is_saved, text=note.text, fingerprint=note.fingerprint)

    fake.bus.answers[PutNote] = keep
    return fake


async def send(fake_reader: FakeReader, paper_id: str, text: str, based_on: str = "") -> tuple[int, str]:
    """As the form does: the status and where it leads, or the page that comes back."""
    async with fake_reader.client() as client:
        fields = {"paper_id": paper_id, "text": text, "based_on": based_on}
        answer = await client.post("/api/note", data=fields, headers=FORM)
    return answer.status_code, answer.headers.get("location", answer.text)


async def test_a_note_is_shown_on_its_paper_and_in_the_list(fake_reader: FakeReader, notes: NoteStore) -> None:
    text = "Compare with **FAR**\r\n\r\n<script>alert(1)</script> $x<y$ </textarea><b>"
    assert await send(fake_reader, OLD, text) == (303, f"/paper/{OLD}#notes")
    assert notes.get("me", OLD).text == text.replace("\r\n", "\n")
    assert f'data-paper="{OLD}" data-label=""' in await page(fake_reader, "/notes")
    for path in (f"/paper/{OLD}", "/notes"):
        shown = await page(fake_reader, path)
        assert "<strong>FAR</strong>" in shown
        assert "<script>alert" not in shown
        assert "</textarea><b>" not in shown


async def test_a_note_of_another_window_comes_back_with_both_texts(fake_reader: FakeReader, notes: NoteStore) -> None:
    notes.put("me", TIDES, "written elsewhere")
    status, shown = await send(fake_reader, TIDES, "written here")
    assert status == 409
    assert "written elsewhere" in shown
    assert "written here" in shown
    (based_on,) = re.findall(r'name="based_on" value="([^"]*)"', shown)
    assert (await send(fake_reader, TIDES, "both", based_on))[0] == 303
    assert notes.get("me", TIDES).text == "both"


async def test_a_note_that_could_not_be_saved_comes_back(fake_reader: FakeReader) -> None:
    del fake_reader.bus.answers[PutNote]
    status, shown = await send(fake_reader, TIDES, "a long thought")
    assert status == 503
    assert "a long thought" in shown
    assert "Nobody answers" in shown


@pytest.mark.parametrize(
    ("paper_id", "text", "status"), [("../x", "text", 422), (GRAPHS, "x" * 20_001, 422), (GRAPHS, "😀" * 20_000, 303)]
)
async def test_only_notes_on_papers_and_of_some_length_are_taken(
    fake_reader: FakeReader, paper_id: str, text: str, status: int
) -> None:
    assert (await send(fake_reader, paper_id, text))[0] == status


async def test_notes_are_exported(fake_reader: FakeReader) -> None:
    await send(fake_reader, OLD, "=1+1")
    async with fake_reader.client() as client:
        assert (await client.get("/export/notes.json")).json()["papers"][0]["note"] == "=1+1"
        assert '"\'=1+1"' in (await client.get("/export/notes.csv")).text


async def test_many_notes_come_in_pages(fake_reader: FakeReader, notes: NoteStore) -> None:
    for number in range(60):
        notes.put("me", f"2611.{number:05}", f"note {number}")
    first, second = await page(fake_reader, "/notes"), await page(fake_reader, "/notes?page=2")
    assert "60 notes, the last changed first · page 1 of 2" in first
    assert (first.count("<article"), second.count("<article")) == (50, 10)
    assert "There are no notes on this page" in await page(fake_reader, "/notes?page=9")


OWN = "local:0123456789abcdef"
OWN_TEXT = "/paper/local%3A0123456789abcdef/text"


def store_own_file(data: DataFolder, user: str, *, is_removed: bool = False) -> None:
    facts = {"file_name": "draft.tex", "version": 1, "added_at": NOON, "changed_at": NOON, "is_removed": is_removed}
    ReadingListStore(data).put([ListedPaper.model_validate({"paper_id": OWN, "user": user, **facts})])
    record = DocumentRecord(paper_id=OWN, version=1, status="converted", route="latex", made_at=NOON)
    DocumentStore(data).put(record, "# A draft\n\nWe count walks in the dark.\n", [])


async def test_a_file_of_ones_own_has_a_note_below_its_text(
    fake_reader: FakeReader, notes: NoteStore, tmp_path: Path
) -> None:
    store_own_file(DataFolder(tmp_path, 0), "me")
    assert "Write a note" in await page(fake_reader, f"/paper/{OWN}/text")
    assert await send(fake_reader, OWN, "Ask **Ada**") == (303, f"{OWN_TEXT}#notes")
    async with fake_reader.client() as client:
        fields = {"paper_id": OWN, "passage": "We count walks", "address": f"/paper/{OWN}/text?version=1#p-2"}
        assert (await client.post("/api/note/passage", json=fields)).json()["error"] == ""
        assert "walks" not in (await client.get("/export/notes.json")).text
    shown = await page(fake_reader, f"/paper/{OWN}/text")
    assert "<strong>Ada</strong>" in shown
    assert 'data-do="note"' in shown
    listed = await page(fake_reader, "/notes")
    assert f'<a href="{OWN_TEXT}#notes" data-open>draft.tex</a>' in listed
    assert "We count walks" in listed
    assert "data-paper" not in listed  # keys would rate it
    store_own_file(DataFolder(tmp_path, 0), "me", is_removed=True)
    listed = await page(fake_reader, "/notes")
    assert "no longer on your reading list" in listed
    assert f'href="{OWN_TEXT}#notes"' not in listed
    assert notes.get("me", OWN).text.startswith("Ask **Ada**")


async def test_a_file_of_somebody_else_takes_no_note(fake_reader: FakeReader, notes: NoteStore, tmp_path: Path) -> None:
    store_own_file(DataFolder(tmp_path, 0), "anna")
    assert (await send(fake_reader, OWN, "mine now"))[0] == 404
    async with fake_reader.client() as client:
        fields = {"paper_id": OWN, "passage": "We count walks"}
        assert (await client.post("/api/note/passage", json=fields)).status_code == 404
    assert notes.get("me", OWN).text == ""
