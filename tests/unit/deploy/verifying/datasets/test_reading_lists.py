"""What is wrong with a reading list is named, with its line."""

from pathlib import Path

from deploy.verifying.datasets.reading_lists import verify_reading_lists
from shared.contracts import ListedPaper
from shared.store.files.data_folder import DataFolder
from shared.store.keeping.findings import Finding, Findings
from shared.store.papers.documents import DocumentStore
from shared.store.research.reading_list import ReadingListStore
from tests.support.folders.sound_folder import IDS, NOON, premises_of, sound_folder


def look(data: DataFolder) -> list[Finding]:
    findings = Findings("reading-list")
    verify_reading_lists(premises_of(data), findings)
    return findings.all()


def test_a_sound_list_has_nothing_to_say(tmp_path: Path) -> None:
    assert look(sound_folder(tmp_path)) == []


def test_lines_that_cannot_be_are_named(tmp_path: Path) -> None:
    data = sound_folder(tmp_path)
    path = data.path("reading_list", "me.jsonl")
    line = path.read_text().strip()
    own = line.replace(IDS[0], "local:0123456789abcdef")
    future = line.replace(IDS[0], IDS[1]).replace("2026-11-06", "2999-01-01")
    path.write_text("\n".join([line, "nonsense", line, own, future, line.replace('"me"', '"eve"')]) + "\n")
    said = [f"{finding.where} {finding.what}" for finding in look(data) if finding.severity == "damage"]
    for number, words in (
        (2, "cannot be read"),
        (3, "says again"),
        (4, "file is missing"),
        (5, "time to come"),
        (6, "eve"),
    ):
        assert any(text.startswith(f"reading_list/me.jsonl, line {number} ") and words in text for text in said)


def test_a_list_of_nobody_and_a_text_that_is_gone_are_told(tmp_path: Path) -> None:
    data = sound_folder(tmp_path)
    ReadingListStore(data).put([ListedPaper(paper_id=IDS[0], user="eve", added_at=NOON, changed_at=NOON)])
    (DocumentStore(data).folder(IDS[0], 1) / "report.json").unlink()
    findings = look(data)
    assert {finding.severity for finding in findings} == {"damage", "gap"}
    assert any("'eve', who is no user here" in finding.what for finding in findings)
    assert any("1 paper without a text" in finding.what for finding in findings)
