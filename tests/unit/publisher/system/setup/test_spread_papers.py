"""Papers to rate lie far apart."""

from pathlib import Path

import numpy as np

from services.publisher.system.setup.spread_papers import SpreadPapers, spread_rows
from shared.store.files.data_folder import DataFolder


def test_each_group_of_papers_has_one_of_its_middle() -> None:
    rng = np.random.default_rng(1)
    means = np.eye(5, 16, dtype=np.float32) * 10
    vectors = np.concatenate([mean + rng.normal(size=(40, 16)).astype(np.float32) for mean in means])
    rows = spread_rows(vectors, 5)
    assert {row // 40 for row in rows} == set(range(5))
    assert rows == spread_rows(vectors, 5), "the same papers each time"


def test_few_papers_are_all_shown_and_none_is_none(tmp_path: Path) -> None:
    assert spread_rows(np.eye(3, dtype=np.float32), 20) == [0, 1, 2]
    assert SpreadPapers(DataFolder(tmp_path, 0), "minilm").papers() == []


def test_papers_that_are_all_alike_do_no_harm() -> None:
    rows = spread_rows(np.ones((50, 4), dtype=np.float32), 20)
    assert 1 <= len(rows) <= 20
    assert len(set(rows)) == len(rows)
