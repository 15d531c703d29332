"""The best of very many papers in two looks."""

import numpy as np
import pytest

from services.ranker.corpus import best_rows
from services.ranker.taste import Taste
from shared.store.embeddings import Matrix
from tests.unit.ranker.test_taste import taste
from tests.unit.ranker.world import topic_vector


@pytest.fixture
def papers() -> Matrix:
    return np.array([topic_vector(number % 12, 60_000 + number) for number in range(3000)])


@pytest.mark.parametrize("learned", [taste(30, 10), taste(3, 0), taste(0, 5), taste(0, 0)])
def test_two_looks_find_the_same_best_as_one(papers: Matrix, learned: Taste, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = learned.score(papers)
    monkeypatch.setattr("services.ranker.corpus.LOOKED_AT", 600)
    rows, scores = best_rows(learned, papers, 20)
    best = set(np.argsort(-whole, kind="stable")[:20].tolist())
    assert len(best & set(rows.tolist())) >= 18
    assert scores.tolist() == sorted(scores.tolist(), reverse=True)
