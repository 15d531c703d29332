"""`papersys fields --table FILE -o OUT`: no running system, no model, no settings are needed."""

import csv
import os
import threading
from pathlib import Path

import pytest

from tests.support.checks.command_line import run_command

TABLE = (
    "paper_id,title,abstract\n"
    '2401.00010,T,"Sorting files matters to all. However, existing methods remain slow. '
    'We propose a merge tree of runs. Experiments show that it is 2.5 times as fast."\n'
    "2401.00020,T,\n"
)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "papers.csv").write_text(TABLE)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_answer_is_written_and_a_row_without_abstract_is_named(folder: Path) -> None:
    done = run_command("fields", "--table", "papers.csv", "-o", "out.csv")
    assert done.code == 0
    assert done.out.startswith("1 abstracts, ")
    assert "row 2 (2401.00020): no abstract" in " ".join(done.err.split())
    with (folder / "out.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert {(row["paper_id"], row["field"]) for row in rows} == {
        ("2401.00010", field) for field in ("one_sentence_summary", "problem", "method", "result")
    }
    assert next(row for row in rows if row["field"] == "method")["sentence"] == "We propose a merge tree of runs."


@pytest.mark.parametrize("arguments", [(), ("-o", "-")])
def test_without_a_file_the_answer_is_printed_and_nothing_else(folder: Path, arguments: tuple[str, ...]) -> None:
    done = run_command("fields", "--table", "papers.csv", *arguments)
    assert done.code == 0
    assert done.out.startswith("paper_id,field,sentence\n")
    assert {len(row) for row in csv.reader(done.out.splitlines())} == {3}


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (("--table", "none.csv", "-o", "out.csv"), 1, "none.csv cannot be read"),
        (("--table", "papers.csv", "-o", "no/out.csv"), 1, "no such folder"),
        (("--table", "papers.csv", "-o", "."), 1, "it is a folder"),
        (("-o", "out.csv"), 2, "--table"),
        (("--table", "empty.csv", "-o", "out.csv"), 1, "holds no abstract"),
        (("--table", "odd.csv", "-o", "out.csv"), 1, "no column abstract"),
    ],
)
def test_what_cannot_be_done_is_said(folder: Path, arguments: tuple[str, ...], code: int, told: str) -> None:
    (folder / "empty.csv").write_text("paper_id,title,abstract\n")
    (folder / "odd.csv").write_text("paper_id,title\n1,T\n")
    done = run_command("fields", *arguments)
    assert done.code == code
    assert told in " ".join(done.err.split())
    assert not (folder / "no").exists()


def test_a_second_run_replaces_the_file_and_leaves_no_part_of_it(folder: Path) -> None:
    for _ in range(2):
        assert run_command("fields", "--table", "papers.csv", "-o", "out.csv").code == 0
    assert sorted(path.name for path in folder.iterdir()) == ["out.csv", "papers.csv"]


def test_a_pipe_is_written_to_and_stays_a_pipe(folder: Path) -> None:
    os.mkfifo(folder / "pipe")
    read: list[str] = []
    reader = threading.Thread(target=lambda: read.append((folder / "pipe").read_text()))
    reader.start()
    assert run_command("fields", "--table", "papers.csv", "-o", "pipe").code == 0
    reader.join(10)
    assert read[0].startswith("paper_id,field,sentence\n")
    assert (folder / "pipe").is_fifo()


def test_a_link_stays_a_link(folder: Path) -> None:
    (folder / "link.csv").symlink_to("there.csv")
    assert run_command("fields", "--table", "papers.csv", "-o", "link.csv").code == 0
    assert (folder / "link.csv").is_symlink()
    assert (folder / "there.csv").read_text().startswith("paper_id,field,sentence\n")
