"""`papersys related`: links of a paper from the files, and tables of candidates scored without a system."""

import csv
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from shared.store.files.data_folder import DataFolder
from shared.store.papers.links import Link, LinkStore
from shared.store.papers.metadata import MetadataStore
from shared.store.papers.summaries import Quote
from shared.store.vectors.embeddings import Matrix
from tests.support.bus.ports import free_port
from tests.support.checks.command_line import Outcome, run_command
from tests.support.papers.summarizer import OTHER_ID, PAPER_ID, paper, vector_of

ROWS = [
    ("2401.00010", "2401.00010", "Merge trees for sorting", "We sort on disks."),
    ("2401.00010", "b", "Sorting with merge trees", "Trees merge runs of sorted records on disks."),
    ("2401.00010", "c", "Black holes, and light", "Light bends near heavy stars."),
    ("2401.00010", "d", "Disks for sorting", "Cheap disks sort slowly."),
    ("q2", "b", "Sorting with merge trees", "Trees merge runs of sorted records on disks."),
    ("q2", "c", "Black holes, and light", "Light bends near heavy stars."),
    ("q2", "q2", "Light near black holes", ""),
]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    def encode(settings: object, texts: list[str]) -> Matrix:
        return np.stack([vector_of(text) for text in texts])

    monkeypatch.setattr("services.embedder.commands.encode_texts", encode)
    settings = tmp_path / "papersys.toml"
    settings.write_text(f'[data]\npath = "{tmp_path / "data"}"\nmin_free_mb = 0\n\n[bus]\nport = {free_port()}\n')
    monkeypatch.setenv("PAPERSYS_CONFIG", str(settings))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(folder: Path, rows: Sequence[tuple[str, ...]], header: str = "query_id,paper_id,title,abstract") -> None:
    with (folder / "T.csv").open("w", encoding="utf-8", newline="") as file:
        file.write(header + "\n")
        csv.writer(file).writerows(rows)


def score(*more: str) -> Outcome:
    return run_command("related", "--table", "T.csv", "-o", "out.csv", *more)


def ranked(folder: Path) -> dict[str, list[str]]:
    with (folder / "out.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == ["query_id", "paper_id", "score"]
    found: dict[str, list[str]] = {}
    for row in rows:
        float(row["score"])
        found.setdefault(row["query_id"], []).append(row["paper_id"])
    return found


def test_every_candidate_of_every_query_has_a_score_best_first_and_ids_stay_text(folder: Path) -> None:
    write(folder, ROWS)
    done = score()
    assert done.code == 0
    assert done.out == "Scored 5 candidates of 2 queries; the scores are in out.csv.\n"
    found = ranked(folder)
    assert list(found) == ["2401.00010", "q2"]
    assert found["2401.00010"][0] == "b"
    assert found["2401.00010"][-1] == "c"
    assert found["q2"] == ["c", "b"]


def test_without_a_file_to_write_the_scores_are_printed(folder: Path) -> None:
    write(folder, ROWS)
    done = run_command("related", "--table", "T.csv")
    assert done.out.splitlines()[0] == "query_id,paper_id,score"
    assert len(done.out.splitlines()) == 6


def test_the_query_may_stand_under_another_query_or_be_harvested(folder: Path) -> None:
    MetadataStore(DataFolder(folder / "data", 0)).put([paper(PAPER_ID)])
    write(folder, [*ROWS, ("d", "b", ROWS[1][2], ""), ("d", "c", ROWS[2][2], ""), (PAPER_ID, "b", ROWS[1][2], "")])
    assert score().code == 0
    found = ranked(folder)
    assert found["d"] == ["b", "c"]
    assert found[PAPER_ID] == ["b"]


def test_a_query_whose_paper_nobody_gives_is_named_and_the_others_are_scored(folder: Path) -> None:
    write(folder, [*ROWS, ("nobody", "b", "Sorting", ""), ("nobody", "c", "Light", "")])
    done = score()
    assert done.code == 1
    assert "query 'nobody': no row has it as paper_id" in " ".join(done.err.split())
    assert set(ranked(folder)) == {"2401.00010", "q2"}


@pytest.mark.parametrize(
    ("row", "complaint"),
    [
        (("", "x", "A title", ""), "line 9: no query_id; the row is left out."),
        (("q2", "", "A title", ""), "line 9: no paper_id"),
        (("q2", "x", " ", ""), "line 9: 'x' has neither title nor abstract"),
        (("q2", "x"), "line 9: 'x' has neither title nor abstract"),
        (("q2", "b", "Another title", ""), "line 9: 'b' stands twice under query 'q2'; the first row counts."),
    ],
)
def test_a_bad_row_is_named_and_stops_no_other(folder: Path, row: tuple[str, ...], complaint: str) -> None:
    write(folder, [*ROWS, row])
    done = score()
    assert done.code == 0
    assert complaint in " ".join(done.err.split())
    assert ranked(folder)["q2"] == ["c", "b"]


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("a,b\n1,2\n", "has no column query_id, paper_id, title"),
        ("", "has no column"),
        ("query_id,paper_id,title,abstract\n", "holds no query with candidates"),
        ("query_id,paper_id,title,abstract\nq,q,Only the query,x\n", "holds no query with candidates"),
    ],
)
def test_a_file_that_is_no_such_table_is_refused_in_words(folder: Path, content: str, complaint: str) -> None:
    (folder / "T.csv").write_text(content)
    done = score()
    assert done.code == 1
    assert complaint in " ".join(done.err.split())


def test_columns_may_stand_in_any_order_with_others_and_a_mark_of_utf8(folder: Path) -> None:
    text = "\ufeffTitle,extra,paper_id,query_id\n"
    text += "".join(f'"{title}",x,{name},{query}\n' for query, name, title, _ in ROWS)
    (folder / "T.csv").write_text(text, "utf-8")
    assert score().code == 0
    assert ranked(folder)["q2"] == ["c", "b"]


def test_what_is_asked_for_must_fit_together(folder: Path) -> None:
    assert run_command("related").code == 2
    assert run_command("related", PAPER_ID, "--table", "T.csv").code == 2
    assert run_command("related", PAPER_ID, "-o", "out.csv").code == 2
    assert run_command("related", "not an id").code == 2
    write(folder, ROWS)
    missing = run_command("related", "--table", "T.csv", "-o", "no/such/folder.csv")
    assert missing.code == 1
    assert "no such folder" in missing.err


def test_links_of_a_paper_are_told_from_the_files_with_both_quotes(folder: Path) -> None:
    data = DataFolder(folder / "data", 0)
    MetadataStore(data).put([paper(PAPER_ID, "This one"), paper(OTHER_ID, "That one")])
    link = Link(
        paper_id=OTHER_ID,
        other_id=PAPER_ID,
        type="extends",
        confidence=0.9,
        quote=Quote(text="we build on trees"),
        other_quote=Quote(text="trees are new"),
    )
    LinkStore(data).put(OTHER_ID, [link, Link(paper_id=OTHER_ID, other_id="1901.00001", type="cites", score=1.0)])
    told = run_command("related", PAPER_ID)
    assert told.code == 0
    words = " ".join(told.out.split())
    assert words.startswith(f"extended by: {OTHER_ID} That one [confidence 0.90]")
    assert "this paper: trees are new" in words
    assert "that paper: we build on trees" in words
    both = json.loads(run_command("related", OTHER_ID, "--json").out)
    assert [(one["paper_id"], one["relation"], one["direction"]) for one in both] == [
        ("1901.00001", "cites", "outgoing"),
        (PAPER_ID, "extends", "outgoing"),
    ]


def test_a_paper_without_links_is_told_how_to_get_them(folder: Path) -> None:
    told = run_command("related", "arXiv:2610.00009v2")
    assert told.code == 0
    assert "has no links" in told.out
