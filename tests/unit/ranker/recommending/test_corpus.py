"""The best of very many papers in two looks."""

import numpy as np
import pytest

from services.ranker.learning.taste import Taste
from services.ranker.recommending.corpus import best_papers, best_rows
from shared.store.vectors.embeddings import Matrix, Vectors
from tests.unit.ranker.learning.test_taste import taste
from tests.unit.ranker.world import topic_vector


@pytest.fixture
def papers() -> Matrix:
    return np.array([topic_vector(number % 12, 60_000 + number) for number in range(3000)])


@pytest.mark.parametrize("learned", [taste(30, 10), taste(3, 0), taste(0, 5), taste(0, 0)])
def test_two_looks_find_the_same_best_as_one(papers: Matrix, learned: Taste, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = learned.score(papers)
    monkeypatch.setattr("services.ranker.recommending.corpus.FINALISTS", 600)
    rows, scores = best_rows(learned, papers, 20)
    best = set(np.argsort(-whole, kind="stable")[:20].tolist())
    assert len(best & set(rows.tolist())) >= 18
    assert scores.tolist() == sorted(scores.tolist(), reverse=True)


@pytest.mark.parametrize("learned", [taste(30, 10), taste(3, 0), taste(0, 5), taste(0, 0)])
def test_block_by_block_finds_what_one_array_holds(papers: Matrix, learned: Taste) -> None:
    ids = [f"2401.{row:05}" for row in range(len(papers))]
    odd = {one for row, one in enumerate(ids) if row % 2}
    parts = [Vectors(ids[start : start + 700], papers[start : start + 700]) for start in range(0, 3000, 700)]
    best = best_papers(
        learned, lambda: parts, 20, lambda some: np.array([one in odd for one in some]), {ids[1], ids[3]}
    )
    rows = list(range(5, 3000, 2))
    pool = papers[1::2] if learned.regime == "typical" else papers[rows]
    names = ids[1::2] if learned.regime == "typical" else [ids[row] for row in rows]
    scores = dict(zip(names, learned.score(pool).tolist(), strict=True))
    expected = sorted(scores.keys() - {ids[1], ids[3]}, key=lambda one: -scores[one])[:20]
    assert len(set(best.ids) & set(expected)) >= 18
    np.testing.assert_allclose(best.scores, [scores[one] for one in best.ids], atol=1e-5)
    np.testing.assert_array_equal(best.matrix, [papers[int(one[5:])] for one in best.ids])


def test_where_nothing_is_admitted_nothing_is_best(papers: Matrix) -> None:
    block = Vectors([f"2401.{row:05}" for row in range(len(papers))], papers)
    for learned in (taste(3, 0), taste(0, 0)):
        best = best_papers(learned, lambda: [block], 20, lambda ids: np.zeros(len(ids), dtype=bool))
        assert (best.ids, len(best.scores), len(best.matrix)) == ([], 0, 0)
