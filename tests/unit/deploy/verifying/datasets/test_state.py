"""Damage of what services keep under `state/`, planted one by one."""

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from deploy.verifying.datasets.state import verify_state
from shared.store.files.data_folder import DataFolder
from shared.store.harvests.runs import RunStore
from shared.store.keeping.findings import Finding, Findings
from tests.support.folders.sound_folder import RUN, premises_of, sound_folder


def found(data: DataFolder) -> list[Finding]:
    findings = Findings("state")
    verify_state(premises_of(data), findings)
    return findings.all()


@pytest.fixture
def data(tmp_path: Path) -> DataFolder:
    data = sound_folder(tmp_path)
    data.write_text(data.path("state", "giscus.json"), "{}")
    data.write_text(data.path("state", "notion", "rows.jsonl"), "{}\n{}\n")
    connection = sqlite3.connect(data.path("state", "some.sqlite"))
    with connection:
        connection.execute("create table words(word text)")
        connection.executemany("insert into words values (?)", [(f"word {number}" * 20,) for number in range(500)])
    connection.close()
    assert found(data) == []
    return data


def flip_in_the_middle(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[8192:8200] = b"\xff" * 8
    path.write_bytes(content)


@pytest.mark.parametrize(
    ("name", "damage", "words"),
    [
        ("giscus.json", lambda path: path.write_text("{"), "is no JSON"),
        ("notion/rows.jsonl", lambda path: path.write_text("{}\n{\n{}\n"), "line 2 is no JSON"),
        ("some.sqlite", lambda path: path.write_bytes(path.read_bytes()[:5_000]), "is cut"),
        ("some.sqlite", lambda path: path.write_bytes(b"x" * 5_000), "is no SQLite database"),
        ("some.sqlite", flip_in_the_middle, "is damaged"),
    ],
)
def test_what_cannot_be_read_is_found(
    data: DataFolder, name: str, damage: Callable[[Path], object], words: str
) -> None:
    damage(data.path("state", *name.split("/")))
    (finding,) = found(data)
    assert (finding.where, words in finding.what) == (f"state/{name}", True)
    assert not list(data.path("state").glob("some.sqlite-*"))


def test_an_append_that_was_killed_is_no_damage(data: DataFolder) -> None:
    with data.path("state", "notion", "rows.jsonl").open("a") as file:
        file.write('{"half')
    assert found(data) == []


def test_the_papers_of_a_harvest_are_in_the_metadata(data: DataFolder) -> None:
    data.path("metadata", "2026-11.csv").unlink()
    (finding,) = found(data)
    assert finding.papers == ("2611.00101", "2611.00102")


def test_a_harvest_that_has_a_selection_has_a_record(data: DataFolder) -> None:
    run = RunStore(data).get(RUN)
    assert run is not None
    data.path("state", "fetcher", "runs", f"{RUN}.json").unlink()
    (finding,) = found(data)
    assert (finding.where, RUN in finding.what) == ("state/fetcher/runs", True)


def test_copies_that_are_made_for_a_backup_or_a_sync_are_not_looked_at(data: DataFolder) -> None:
    for folder in (("backup", "staging", "data"), ("sync", "stage-1")):
        data.write_text(data.path("state", *folder, "half.json"), "{")
    assert found(data) == []


def test_a_derived_file_that_cannot_be_read_is_no_damage(data: DataFolder) -> None:
    data.write_text(data.path("state", "ranker", "me", "model.json"), "{")
    assert [finding.severity for finding in found(data)] == ["gap"]
