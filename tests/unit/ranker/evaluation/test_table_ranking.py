"""Ranking from tables."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from services.ranker.commands import Tables, rank_table
from services.ranker.evaluation.table_ranking import read_labels, read_papers
from services.ranker.settings import Settings
from shared.command_line.context import TextEncoder
from shared.errors import PapersysError
from shared.settings.settings import DataSettings
from shared.store.vectors.embeddings import Matrix
from tests.unit.ranker.world import TOPICS, topic_vector


class Encoder(TextEncoder):
    def __init__(self, recipe: str = "r") -> None:
        self._recipe = recipe
        self.texts: list[str] = []

    @property
    def recipe(self) -> str:
        return self._recipe

    def encode(self, texts: Sequence[str]) -> Matrix:
        self.texts += texts
        return np.array([topic_vector(TOPICS.index(text.split(" ")[0]), len(text)) for text in texts])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    papers = [f'2401.{n:05},{TOPICS[n % 4]} {"x" * n},"About, {n}"' for n in range(1, 81)]
    (tmp_path / "P.csv").write_text("\n".join(["paper_id,title,abstract", *papers]), "utf-8")
    (tmp_path / "L.csv").write_text("paper_id,label\n2401.00004,like\n2401.00010,1\n2401.00001,dislike\n", "utf-8")
    return tmp_path


def run(folder: Path, encoder: Encoder, vectors: Path | None = None) -> list[tuple[str, float]]:
    settings = Settings(data=DataSettings(path=folder / "data", min_free_mb=0))
    rank_table(settings, Tables(folder / "L.csv", folder / "P.csv", folder / "out.csv", vectors), encoder)
    lines = (folder / "out.csv").read_text("utf-8").splitlines()
    assert lines[0] == "paper_id,score"
    return [(line.split(",")[0], float(line.split(",")[1])) for line in lines[1:]]


def test_papers_like_the_liked_ones_come_first_and_every_paper_has_a_score(folder: Path) -> None:
    scores = run(folder, Encoder())
    assert len(scores) == 80
    assert {int(name[-5:]) % 4 for name, _ in scores[:30]} == {0, 2}
    assert [score for _, score in scores] == sorted((score for _, score in scores), reverse=True)


def test_an_id_that_ends_in_zero_stays_as_it_is(folder: Path) -> None:
    assert "2401.00010" in {name for name, _ in run(folder, Encoder())}


def test_vectors_are_made_once_and_kept_for_the_next_call(folder: Path) -> None:
    encoder, another = Encoder(), Encoder("another model")
    first = run(folder, encoder, folder / "kept")
    again = run(folder, encoder, folder / "kept")
    assert len(encoder.texts) == 80
    assert first == again
    run(folder, another, folder / "kept")
    assert len(another.texts) == 80


@pytest.mark.parametrize(
    ("file", "content", "problem"),
    [
        ("L.csv", "paper_id,label\n2401.00004,perhaps\n", "line 2: 'perhaps' is not a valid label"),
        ("L.csv", "paper,label\n2401.00004,like\n", "no column paper_id"),
        ("L.csv", "paper_id,label\n9999.99999,like\n", "None of the 1 papers"),
        ("P.csv", "paper_id,title\n1,a\n1,b\n", "there twice"),
    ],
)
def test_a_table_that_cannot_be_used_is_named_with_what_is_wrong(
    folder: Path, file: str, content: str, problem: str
) -> None:
    (folder / file).write_text(content, "utf-8")
    with pytest.raises(PapersysError, match=problem):
        run(folder, Encoder())


def test_the_last_word_counts_and_authors_and_categories_are_read(tmp_path: Path) -> None:
    (tmp_path / "L.csv").write_text("paper_id,label\na,like\na,dislike\nb,like\nb,clear\nc,0\n", "utf-8")
    assert read_labels(tmp_path / "L.csv") == {"a": "dislike", "c": "dislike"}
    text = 'paper_id,title,abstract,authors,categories\na,T,A,"Ann Lee, Bo Li",cs.LG stat.ML\n'
    (tmp_path / "P.csv").write_text(text, "utf-8")
    (row,) = read_papers(tmp_path / "P.csv")
    assert (row.text, row.authors, row.categories) == ("T. A", ("Ann Lee", "Bo Li"), ("cs.LG", "stat.ML"))
