"""The simple recipes: what each of them goes by."""

import numpy as np
import pytest

from services.ranker.evaluation.baselines import BASELINES, Corpus, Rows, Task, words_of
from tests.unit.ranker.world import TOPICS, topic_vector

TEXTS = [f"A study of {TOPICS[n % 4]} of kind {n}" for n in range(40)]
NONE = np.zeros(0, dtype=np.intp)


def rows(*numbers: int) -> Rows:
    return np.array(numbers, dtype=np.intp)


@pytest.fixture
def corpus() -> Corpus:
    return Corpus(np.array([topic_vector(n % 4, n) for n in range(40)]), words_of(TEXTS))


@pytest.mark.parametrize("name", BASELINES)
def test_what_is_like_the_likes_is_before_what_is_not(corpus: Corpus, name: str) -> None:
    task = Task(rows(4, 8, 12), rows(1, 5), np.arange(17, 40), rows(0, 2, 16, 3))
    scores = BASELINES[name](corpus, task)
    assert set(np.argsort(-scores)[:2].tolist()) == {0, 2}


@pytest.mark.parametrize("name", ["TF-IDF centroid", "TF-IDF LinearSVC"])
def test_words_decide_where_vectors_say_nothing(name: str) -> None:
    corpus = Corpus(np.ones((40, 16), dtype=np.float32), words_of(TEXTS))
    scores = BASELINES[name](corpus, Task(rows(4, 8), NONE, np.arange(17, 40), rows(0, 1)))
    assert scores[0] > scores[1]


@pytest.mark.parametrize("name", BASELINES)
def test_likes_alone_and_papers_without_words_are_no_error(corpus: Corpus, name: str) -> None:
    silent = Corpus(corpus.vectors, words_of([""] * 40))
    for some in (corpus, silent):
        assert np.isfinite(BASELINES[name](some, Task(rows(4), NONE, NONE, rows(0, 1)))).all()
