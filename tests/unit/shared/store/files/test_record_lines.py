"""Lines of records: read one at a time, kept as they are, set apart where they are none."""

import json
from pathlib import Path

import pytest

from shared.store.files.jsonlines import Record
from shared.store.files.record_lines import RecordLines


class Note(Record):
    text: str = ""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "2410.jsonl"


def test_lines_that_nobody_asked_for_stay_byte_for_byte_as_they_are(path: Path) -> None:
    odd = b'{"paper_id": "2410.00002",   "text":"x", "of_a_later_version": [1]}'
    path.write_bytes(odd + b"\n")
    lines = RecordLines(path, Note).with_records({"2410.00001": Note(paper_id="2410.00001")})
    assert lines.content().splitlines() == [b'{"paper_id": "2410.00001", "text": ""}', odd]


def test_a_record_is_found_wherever_its_id_stands_in_the_line(path: Path) -> None:
    path.write_text(json.dumps({"text": "late", "paper_id": "2410.00003"}) + "\n")
    note = RecordLines(path, Note).get("2410.00003")
    assert note is not None
    assert note.text == "late"


def test_a_line_that_is_no_record_is_named_and_set_apart_when_its_paper_is_written_again(path: Path) -> None:
    path.write_text('{"paper_id": "2410.00001", "text": 5}\nnonsense\n{"paper_id": "2410.00002"}\n{"paper_id": "24')
    lines = RecordLines(path, Note)
    assert lines.get("2410.00001") is None
    assert [note.paper_id for note in lines.all()] == ["2410.00002"]
    again = RecordLines(path, Note).with_records({"2410.00001": Note(paper_id="2410.00001", text="new")})
    assert again.content().count(b"\n") == 2
    assert again.unreadable() == ["nonsense", '{"paper_id": "2410.00001", "text": 5}']


def test_who_reads_meanwhile_sees_the_old_lines(path: Path) -> None:
    path.write_text('{"paper_id": "2410.00001", "text": "old"}\n')
    before = RecordLines(path, Note)
    after = before.with_records({"2410.00001": Note(paper_id="2410.00001", text="new")})
    assert [note.text for note in (before.get("2410.00001"), after.get("2410.00001")) if note] == ["old", "new"]


def test_the_last_of_two_lines_of_a_paper_counts(path: Path) -> None:
    path.write_text('{"paper_id": "2410.00001", "text": "1"}\n{"paper_id": "2410.00001", "text": "2"}\n')
    (note,) = RecordLines(path, Note).all()
    assert note.text == "2"
