"""`papersys rank --labels L.csv --papers P.csv -o out.csv`: tables in, a table out, and clear words for odd ones."""

import csv
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from shared.store.vectors.embeddings import Matrix
from tests.support.checks.command_line import Outcome, run_command
from tests.unit.ranker.world import TOPICS, World, topic_vector


@pytest.fixture
def folder(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    def encode(settings: object, texts: list[str]) -> Matrix:
        return np.array([topic_vector(TOPICS.index(text.split(" ")[0]), len(text)) for text in texts])

    monkeypatch.setattr("services.embedder.commands.encode_texts", encode)
    papers = [f'2410.{n:05},{TOPICS[n % 4]} {"x" * n},"About, {n}"' for n in range(12801, 12881)]
    (tmp_path / "P.csv").write_text("\n".join(["paper_id,title,abstract", *papers]), "utf-8")
    (tmp_path / "L.csv").write_text("paper_id,label\n2410.12804,like\n2410.12850,like\n2410.12801,dislike\n", "utf-8")
    return tmp_path


def rank(out: str = "out.csv", *more: str) -> Outcome:
    return run_command("rank", "--labels", "L.csv", "--papers", "P.csv", "-o", out, *more)


def scores(folder: Path) -> list[tuple[str, float]]:
    with (folder / "out.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == ["paper_id", "score"]
    return [(row["paper_id"], float(row["score"])) for row in rows]


def test_every_paper_has_a_score_and_the_vectors_are_kept(folder: Path) -> None:
    done = rank("out.csv", "--data", "kept")
    assert (done.code, done.out) == (0, "Scored 80 papers; the scores are in out.csv.\n")
    assert done.err == "Embedding 80 texts ...\n"
    first = scores(folder)
    assert len(first) == 80
    assert {int(name[-5:]) % 4 for name, _ in first[:20]} == {0, 2}
    assert rank("out.csv", "--data", "kept").err == ""
    assert scores(folder) == first


def test_ids_read_as_numbers_are_taken_for_what_they_can_only_mean(folder: Path) -> None:
    rank()
    right = scores(folder)
    table = (folder / "L.csv").read_text("utf-8")
    (folder / "L.csv").write_text(table.replace("2410.12850", "2410.1285").replace("2410.12804", "arXiv:2410.12804v2"))
    done = rank()
    assert done.code == 0
    assert scores(folder) == right
    assert "2 labels name papers otherwise" in done.err
    assert "lost zeros (2410.1285): keep them as text" in " ".join(done.err.split())


def test_labels_of_unknown_papers_are_counted_and_the_rest_counts(folder: Path) -> None:
    with (folder / "L.csv").open("a") as file:
        file.write("2401.00001,like\n2401.00002,dislike\n")
    done = rank()
    assert done.code == 0
    assert "2 of 5 labelled papers are not in the papers' table: 2401.00001, 2401.00002." in done.err
    assert len(scores(folder)) == 80


def test_a_table_without_labels_is_ranked_and_says_by_what(folder: Path) -> None:
    (folder / "L.csv").write_text("paper_id,label\n")
    done = rank()
    assert (done.code, len(scores(folder))) == (0, 80)
    assert "There is no like and no dislike: the most typical papers come first." in done.err


@pytest.mark.parametrize(
    ("file", "content", "says"),
    [
        ("L.csv", b"", "L.csv has no column paper_id, label"),
        ("L.csv", b"id,rating\n1,2\n", "L.csv has no column paper_id, label; it has ['id', 'rating']"),
        ("L.csv", b"paper_id,label\n,like\n", "L.csv: a row has no paper_id"),
        ("L.csv", b"paper_id,label\n2410.12804,5\n", "line 2: '5' is not a valid label"),
        ("L.csv", b"paper_id,label\n1,like\n", "None of the 1 papers of L.csv is in P.csv"),
        ("L.csv", b"\xff\xfep\x00", "L.csv cannot be read"),
        ("P.csv", b"", "P.csv has no column paper_id, title"),
        ("P.csv", b"paper_id,title,abstract\n", "P.csv holds no papers"),
        ("P.csv", b"paper_id,abstract\n1,a\n", "P.csv has no column title"),
        ("P.csv", None, "P.csv cannot be read"),
    ],
)
def test_a_table_that_cannot_be_used_is_one_line_and_writes_nothing(
    folder: Path, file: str, content: bytes | None, says: str
) -> None:
    if content is None:
        (folder / file).unlink()
    else:
        (folder / file).write_bytes(content)
    done = rank()
    assert (done.code, done.out) == (1, "")
    assert says in done.err
    assert done.err.count("\n") == 1
    assert not (folder / "out.csv").exists()


@pytest.mark.parametrize("out", ["nowhere/out.csv", "."])
def test_an_output_that_cannot_be_written_is_said_before_anything_is_embedded(folder: Path, out: str) -> None:
    done = rank(out)
    assert (done.code, done.out) == (1, "")
    assert "cannot be written" in done.err
    assert "Embedding" not in done.err


@pytest.mark.parametrize("arguments", [["--labels", "L.csv"], ["-o", "out.csv"], ["--papers", "P.csv", "-o", "o"]])
def test_the_three_files_are_given_together(folder: Path, arguments: list[str]) -> None:
    done = run_command("rank", *arguments)
    assert (done.code, "--labels, --papers and --out" in done.err) == (2, True)


@pytest.mark.slow
def test_it_works_from_the_shell_without_settings_and_with_the_bundled_model(tmp_path: Path) -> None:
    (tmp_path / "P.csv").write_text("paper_id,title,abstract\n2410.12850,Sparse graphs,a\n2410.00010,Coral reefs,b\n")
    (tmp_path / "L.csv").write_text("paper_id,label\n2410.12850,like\n")
    command = [sys.executable, "-m", "deploy.cli", "rank", "--labels", "L.csv", "--papers", "P.csv", "-o", "out.csv"]
    root = str(Path(__file__).resolve().parents[4])
    done = subprocess.run(
        command, cwd=tmp_path, env={"PATH": "/usr/bin:/bin", "PYTHONPATH": root}, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert [name for name, _ in scores(tmp_path)] == ["2410.12850", "2410.00010"]
