"""Files as such: a flipped bit anywhere, strays, drafts, and files that have no checksum."""

import os
import time
from pathlib import Path

import pytest

from deploy.verifying.files import accept, note_checksums, remove_drafts, verify_files
from shared.store.files.checksums import compared, forget
from shared.store.files.data_folder import DataFolder
from shared.store.keeping.findings import Finding, Findings
from tests.support.folders.sound_folder import RUN, premises_of, sound_folder

WRITTEN = (
    "metadata/2026-11.csv",
    "preferences/events-2026.csv",
    "signals/2026-11.csv",
    "follows/follows.jsonl",
    "users/users.jsonl",
    f"selections/2026-11-06/{RUN}.parquet",
    "summaries/2026-11.jsonl",
    "links/2026-11.jsonl",
    "tags/decisions.jsonl",
    "ledger/2026-11.jsonl",
    "documents/2611.00101/v1/document.md",
    f"state/fetcher/runs/{RUN}.json",
)


@pytest.fixture
def data(tmp_path: Path) -> DataFolder:
    data = sound_folder(tmp_path)
    if compared(data.path(WRITTEN[0])) == "unknown":
        pytest.skip("this disk keeps no extended attributes")
    return data


def found(data: DataFolder) -> list[Finding]:
    findings = Findings("files")
    verify_files(premises_of(data), findings)
    return findings.all()


@pytest.mark.parametrize("name", WRITTEN)
def test_a_flipped_bit_and_a_lost_end_are_found_in_every_dataset(data: DataFolder, name: str) -> None:
    path = data.path(name)
    whole = path.read_bytes()
    flipped = bytearray(whole)
    flipped[len(whole) // 2] ^= 1
    path.write_bytes(flipped)
    (finding,) = found(data)
    assert (finding.severity, finding.where, "bytes differ" in finding.what) == ("damage", name, True)
    path.write_bytes(whole[:-1])
    assert ["is shorter" in finding.what for finding in found(data)] == [True]
    path.write_bytes(whole)
    assert found(data) == []


def test_a_file_that_was_edited_by_hand_can_be_accepted(data: DataFolder) -> None:
    path = data.path(WRITTEN[1])
    path.write_text(path.read_text().replace("reader", "import"))
    assert "--accept preferences/events-2026.csv" in found(data)[0].remedy
    accept(path)
    assert found(data) == []


def test_files_without_a_checksum_get_one_unless_they_are_damaged(data: DataFolder) -> None:
    forget(data.path(WRITTEN[0]))
    forget(data.path(WRITTEN[2]))
    (finding,) = found(data)
    assert (finding.severity, finding.repair) == ("note", "checksums")
    assert note_checksums(premises_of(data), {WRITTEN[2]}) == "1 file got a checksum."
    assert (compared(data.path(WRITTEN[0])), compared(data.path(WRITTEN[2]))) == ("same", "unknown")


def test_what_nobody_reads_is_named(data: DataFolder) -> None:
    data.path("metadata", "2026-11 (copy).csv").write_text("a")
    data.path("tags", "decisions.jsonl.bak").write_text("b")
    assert [(finding.severity, finding.where) for finding in found(data) if "no file that" in finding.what] == [
        ("note", "metadata/2026-11 (copy).csv"),
        ("note", "tags/decisions.jsonl.bak"),
    ]


def test_drafts_of_killed_writers_are_removed_when_they_are_old(data: DataFolder) -> None:
    old, fresh = data.path("links", ".2026-11.jsonl.0a1b.tmp"), data.path("links", ".2026-11.jsonl.2c3d.tmp")
    old.write_text("half")
    fresh.write_text("half")
    os.utime(old, (time.time() - 7_200,) * 2)
    assert [finding.repair for finding in found(data)] == ["drafts"]
    remove_drafts(premises_of(data))
    assert (old.exists(), fresh.exists()) == (False, True)


def test_a_file_from_the_future_is_named(data: DataFolder) -> None:
    os.utime(data.path(WRITTEN[4]), (time.time() + 400_000,) * 2)
    assert [(finding.where, finding.severity) for finding in found(data)] == [(WRITTEN[4], "note")]


@pytest.mark.parametrize("file", ["preferences/events-2026.csv", "follows/follows.jsonl", "reading_list/me.jsonl"])
def test_a_file_that_lost_all_its_lines_is_damaged_also_in_a_copy_without_checksums(
    data: DataFolder, file: str
) -> None:
    path = data.path(file)
    path.unlink()
    path.touch()
    assert [(finding.severity, finding.what) for finding in found(data) if finding.where == file] == [
        ("damage", "is empty")
    ]
