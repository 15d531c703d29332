"""Damage of selections, planted one by one, and the index over them."""

import shutil
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from deploy.verifying.datasets.selections import rebuild_selection_index, verify_selections
from shared.store.files.data_folder import DataFolder
from shared.store.keeping.findings import Finding, Findings
from shared.store.selections import SelectionStore
from tests.support.folders.sound_folder import ADAS_RUN, IDS, RUN, premises_of, sound_folder


def mine(data: DataFolder) -> Path:
    return data.path("selections", "2026-11-06", f"{RUN}.parquet")


def found(data: DataFolder) -> list[Finding]:
    findings = Findings("selections")
    verify_selections(premises_of(data), findings)
    return findings.all()


def with_column(path: Path, name: str, values: list[object]) -> None:
    table = pq.read_table(path)
    place = table.column_names.index(name)
    pq.write_table(
        table.set_column(place, table.schema.field(name), pa.array(values, table.schema.field(name).type)), path
    )


@pytest.mark.parametrize(
    ("column", "values", "words"),
    [
        ("paper_id", [IDS[0]] * 2, "1 candidate twice"),
        ("paper_id", [IDS[0], "2611.00999"], "1 candidate without metadata"),
        ("user", ["me", "ada"], "lies in your own folder and has picks of ada"),
        ("run_id", [RUN, "another"], "candidates of the run another"),
        ("score", [0.1, float("nan")], "scores that are no numbers"),
    ],
)
def test_rows_that_do_not_belong_are_found(tmp_path: Path, column: str, values: list[object], words: str) -> None:
    data = sound_folder(tmp_path)
    with_column(mine(data), column, values)
    assert [finding for finding in found(data) if words in finding.what], found(data)


def test_a_file_that_is_cut_or_of_another_day_or_user_is_found(tmp_path: Path) -> None:
    data = sound_folder(tmp_path)
    whole = mine(data).read_bytes()
    (mine(data)).write_bytes(whole[:-100])
    assert any("cannot be read" in finding.what for finding in found(data))
    mine(data).write_bytes(whole)
    day = data.path("selections", "2031-01-02")
    day.mkdir()
    shutil.copy(mine(data), day)
    words = " ".join(finding.what for finding in found(data))
    assert "candidates of 2026-11-06, not of its day" in words
    assert "is of a time to come" in words
    shutil.rmtree(day)
    eves = data.path("selections", "users", "eve", "2026-11-06")
    shutil.copytree(data.path("selections", "users", "ada", "2026-11-06"), eves)
    (finding,) = [finding for finding in found(data) if finding.severity == "damage"]
    assert "the folder of 'eve' and has picks of ada" in finding.what


def test_a_selection_of_nobody_is_found(tmp_path: Path) -> None:
    data = sound_folder(tmp_path)
    data.path("users", "users.jsonl").unlink()
    premises = premises_of(data)
    findings = Findings("selections")
    verify_selections(type(premises)(data, True, premises.papers, frozenset({"me"}), premises.moment), findings)
    (finding,) = findings.all()
    assert (ADAS_RUN in finding.where, "is of ada, who is no user here" in finding.what) == (True, True)


def test_an_index_that_cannot_be_read_is_made_anew(tmp_path: Path) -> None:
    data = sound_folder(tmp_path)
    index = data.path("state", "selections", "2026-11.parquet")
    index.write_bytes(b"spoilt")
    (finding,) = found(data)
    assert (finding.where, finding.repair) == ("state/selections/2026-11.parquet", "selection-index")
    rebuild_selection_index(premises_of(data))
    assert found(data) == []
    assert SelectionStore(data).selected_ids() == {*IDS[:2]}


def test_an_index_that_names_other_papers_is_found(tmp_path: Path) -> None:
    data = sound_folder(tmp_path)
    index = data.path("state", "selections", "2026-11.parquet")
    with_column(index, "paper_ids", [["2611.00101"]])
    (finding,) = found(data)
    assert (finding.severity, finding.repair) == ("gap", "selection-index")


def test_a_selection_that_is_gone_is_missed_by_the_index(tmp_path: Path) -> None:
    data = sound_folder(tmp_path)
    path = data.path("selections", "users", "ada", "2026-11-06", f"{ADAS_RUN}.parquet")
    path.unlink()
    [finding] = [finding for finding in found(data) if finding.severity == "damage"]
    assert (finding.where, "is gone" in finding.what) == (f"selections/users/ada/2026-11-06/{ADAS_RUN}.parquet", True)
