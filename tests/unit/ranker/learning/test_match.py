"""A match is strong where a paper scores like the likes themselves, and unknown where nothing can tell."""

from dataclasses import replace

import numpy as np

from services.ranker.learning.background_papers import background_of
from services.ranker.learning.match import MatchScale, match_scale_of, matches_of
from services.ranker.learning.similarity import Pool, empty_pool
from services.ranker.learning.taste import Taste, learn
from shared.store.vectors.embeddings import Matrix
from tests.unit.ranker.world import MORNING

DIMENSION = 24
_RNG = np.random.default_rng(3)


def around(direction: int, count: int, spread: float) -> Matrix:
    vectors = spread * _RNG.standard_normal((count, DIMENSION))
    vectors[:, direction] += 1
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), dtype=np.float32)


ORDINARY = np.concatenate([around(direction, 30, 0.3) for direction in range(8)])
LIKED = around(0, 12, 0.3)


def taste(likes: Matrix, seeds: Matrix | None = None, others: Matrix = ORDINARY) -> Taste:
    def pool(vectors: Matrix, kind: str) -> Pool:
        return Pool(tuple(f"{kind}{row}" for row in range(len(vectors))), vectors, np.ones(len(vectors)))

    empty = empty_pool(DIMENSION)
    seeded = pool(seeds, "seed") if seeds is not None else empty
    draft = Taste("me", "typical", "test", "f", MORNING, pool(likes, "like"), empty, seeded)
    return learn(draft, background_of([f"p{row}" for row in range(len(others))], others), 25)


def test_papers_like_the_likes_match_and_others_do_not() -> None:
    learned = taste(LIKED)
    near = matches_of(learned, learned.score(around(0, 40, 0.3)))
    far = matches_of(learned, learned.score(around(3, 40, 0.3)))
    assert near.count("strong") >= 10
    assert near.count("weak") <= 10
    assert far.count("weak") >= 38


def test_the_words_follow_the_scores() -> None:
    scale = MatchScale(strong=2.0, fair=1.0)
    assert [scale.of(z_score) for z_score in (2.0, 1.9, 1.0, 0.9)] == ["strong", "fair", "fair", "weak"]
    learned = match_scale_of(taste(LIKED))
    assert learned is not None
    assert learned.fair < learned.strong


def test_a_seed_or_a_single_like_is_enough_to_compare_with_random_papers() -> None:
    for learned in (taste(LIKED[:1]), taste(LIKED[:0], seeds=LIKED[:1])):
        assert matches_of(learned, learned.score(np.concatenate([LIKED[:1], around(3, 1, 0.1)]))) == ["strong", "weak"]


def test_nothing_is_said_where_nothing_can_tell() -> None:
    scores = np.array([0.9])
    assert matches_of(taste(LIKED, others=ORDINARY[:10]), scores) == [""]
    assert matches_of(taste(LIKED[:0]), scores) == [""]
    assert matches_of(replace(taste(LIKED), regime="typical"), scores) == [""]
