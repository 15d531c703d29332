"""What sets dislikes apart from the likes near them, by vectors and by words."""

from dataclasses import replace

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from services.ranker.learning.background_papers import background_of
from services.ranker.learning.contrast import Contrast, contrast_of, doubted, odds_of
from services.ranker.learning.lexicon import Bag, Lexicon, bag_of, lexicon_of
from services.ranker.learning.scale import z_scores_of
from services.ranker.learning.similarity import Pool, empty_pool
from services.ranker.learning.taste import Taste, learn, left_out_z_scores
from services.ranker.models.comparison import relative_rank
from services.ranker.selection.reasons import RESEMBLES_DISLIKED, mentions_of
from shared.store.vectors.embeddings import Matrix
from tests.unit.ranker.learning.test_similarity import unit
from tests.unit.ranker.world import MORNING

DIMENSION = 24
INTEREST, REASON, OTHER, SECOND = np.eye(DIMENSION)[:4]


def papers(middle: np.ndarray, count: int, seed: int) -> Matrix:
    """Papers about something, of length 1."""
    rows = middle + np.random.default_rng(seed).normal(0, 0.25, (count, DIMENSION))
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), dtype=np.float32)


def pool(kind: str, rows: Matrix) -> Pool:
    return Pool(tuple(f"{kind}-{row}" for row in range(len(rows))), rows, np.ones(len(rows)))


def ordinary(count: int = 600) -> Matrix:
    """Papers of every topic, a quarter of them also touch the reader's interest."""
    middles = [np.eye(DIMENSION)[row % DIMENSION] + (0.6 * INTEREST if row % 4 == 0 else 0) for row in range(count)]
    return np.concatenate([papers(middle, 1, 9000 + row) for row, middle in enumerate(middles)])


def learned(likes: Matrix, dislikes: Matrix) -> Taste:
    none = empty_pool(DIMENSION)
    against = pool("dislike", dislikes) if len(dislikes) else none
    draft = Taste("me", "typical", "test", "f", MORNING, pool("like", likes), against, none)
    return learn(draft, background_of([f"other-{row}" for row in range(600)], ordinary()), 25)


def contrast(likes: Matrix, dislikes: Matrix) -> Contrast:
    found = contrast_of(likes, dislikes, (np.ones(len(likes)), np.ones(len(dislikes))))
    assert found is not None
    return found


NEAR_MISS = INTEREST + 0.6 * REASON
SHARED = "protein folding by neural networks {}"


def unrelated() -> list[Bag]:
    rng = np.random.default_rng(0)
    return [bag_of(" ".join(f"word{row}" for row in rng.integers(0, 400, 12))) for _ in range(200)]


def worded(likes: int, dislikes: int) -> Lexicon:
    """Likes and dislikes share their words, but for one that the dislikes have."""
    liked = [bag_of(SHARED.format(f"kinetics{row}")) for row in range(likes)]
    found = lexicon_of(liked, [bag_of(SHARED.format(f"survey{row} survey")) for row in range(dislikes)], unrelated())
    assert found is not None
    return found


def apart(taste: Taste, one: Matrix, other: Matrix) -> float:
    """The chance that one paper is before another."""
    both = np.concatenate([taste.z_scores(one), taste.z_scores(other)])
    return float(roc_auc_score([1] * len(one) + [0] * len(other), both))


@pytest.mark.parametrize(("likes", "dislikes"), [(5, 1), (5, 2), (5, 5), (10, 3), (10, 10), (30, 30), (5, 40)])
def test_near_misses_do_not_drag_down_the_likes_beside_them(likes: int, dislikes: int) -> None:
    """They lie where the dislikes do, and must not fall behind what nobody asked for."""
    known = papers(INTEREST, likes, 1)
    with_them, without = learned(known, papers(NEAR_MISS, dislikes, 2)), learned(known, papers(NEAR_MISS, 0, 2))
    wanted, strangers = papers(INTEREST, 200, 3), ordinary()
    assert apart(with_them, wanted, strangers) >= apart(without, wanted, strangers) - 0.004


@pytest.mark.parametrize("count", [5, 10, 30])
def test_what_near_misses_have_in_common_is_lowered(count: int) -> None:
    known, tests = papers(INTEREST, count, 1), (papers(INTEREST, 200, 3), papers(NEAR_MISS, 200, 4))
    without = apart(learned(known, papers(NEAR_MISS, 0, 2)), *tests)
    assert apart(learned(known, papers(NEAR_MISS, count, 2)), *tests) > without + 0.01


def test_a_lone_dislike_lowers_what_resembles_it_and_hardly_any_like() -> None:
    known, wanted, missed = papers(INTEREST, 10, 1), papers(INTEREST, 200, 3), papers(NEAR_MISS, 200, 4)
    without = learned(known, papers(NEAR_MISS, 0, 2))
    with_one = [learned(known, papers(NEAR_MISS, 1, seed)) for seed in range(2, 8)]
    assert np.mean([apart(one, wanted, missed) for one in with_one]) > apart(without, wanted, missed) + 0.018
    assert np.mean([apart(one, wanted, ordinary()) for one in with_one]) > apart(without, wanted, ordinary()) - 0.002


def test_dislikes_that_nothing_sets_apart_hardly_move_anything() -> None:
    known = papers(INTEREST, 20, 1)
    with_them, without = learned(known, papers(INTEREST, 20, 2)), learned(known, papers(INTEREST, 0, 2))
    tests = papers(INTEREST, 100, 3)
    z_scores = [one.z_scores(tests) for one in (with_them, without)]
    assert np.corrcoef([one.argsort().argsort() for one in z_scores])[0, 1] > 0.95
    moved = relative_rank(with_them, z_scores[0]) - relative_rank(without, z_scores[1])
    assert np.abs(moved).mean() < 0.02


def test_a_topic_far_from_all_likes_is_pushed_further_below_ordinary_papers() -> None:
    taste, without = (learned(papers(INTEREST, 8, 1), papers(OTHER, count, 2)) for count in (4, 0))
    far = papers(OTHER, 100, 3)
    assert np.median(taste.z_scores(far)) < np.quantile(taste.z_scores(ordinary()), 0.25)
    assert apart(taste, ordinary(), far) > apart(without, ordinary(), far) + 0.02


def test_a_doubt_moves_what_resembles_likes_and_throws_nothing_among_the_others() -> None:
    z_scores = np.linspace(-3, 8, 200)
    for doubt in (-0.3, 0.2, 0.9, 1.0):
        found = doubted(z_scores, np.full(200, doubt))
        assert (np.diff(found) >= 0).all()
        assert (found[z_scores > 1] > 0).all()
    assert doubted(np.array([4.0]), np.ones(1))[0] < 1
    assert doubted(np.array([-2.0]), np.ones(1))[0] > -2.3


@pytest.mark.parametrize("seed", [4, 5, 6])
def test_the_influence_of_a_dislike_is_what_the_score_loses_with_it(seed: int) -> None:
    taste, paper = learned(papers(INTEREST, 10, 1), papers(NEAR_MISS, 5, 2)), papers(NEAR_MISS, 1, seed)
    taste, bag = replace(taste, lexicon=worded(8, 3)), bag_of(SHARED.format("again survey"))
    assert taste.contrast is not None
    with_words = dict(taste.influences(paper[0], bag))
    influences = dict(taste.influences(paper[0]))
    assert sum(influences[f"dislike-{row}"] for row in range(5)) < 0
    for row, part in enumerate(taste.contrast.parts):
        contrast = taste.contrast
        direction = contrast.direction - part
        midpoint = contrast.odds.midpoint + float((direction - contrast.direction) @ contrast.centre)
        rest = replace(contrast, direction=direction, odds=replace(contrast.odds, midpoint=midpoint))
        other = replace(taste, contrast=rest)
        lowered = (taste.z_scores(paper) - other.z_scores(paper))[0]
        assert influences[f"dislike-{row}"] == pytest.approx(lowered, abs=1e-4)
        moved = z_scores_of(taste.score(paper, [bag])) - z_scores_of(other.score(paper, [bag]))
        assert with_words[f"dislike-{row}"] == pytest.approx(moved[0], abs=1e-4)


def test_a_dislike_is_compared_with_the_likes_near_it() -> None:
    """A second interest, far from the dislikes, does not make all of the first one look disliked."""
    likes = np.concatenate([papers(INTEREST, 10, 1), papers(SECOND, 10, 2)])
    direction = contrast(likes, papers(NEAR_MISS, 10, 3)).direction
    assert abs(direction @ (SECOND - INTEREST)) < 0.5 * -(direction @ REASON)


def test_what_is_left_out_of_a_direction_has_no_part_in_it() -> None:
    likes, dislikes = papers(INTEREST, 6, 1), papers(NEAR_MISS, 5, 2)
    found = contrast(likes, dislikes)
    for row in range(6):
        rest = contrast(np.delete(likes, row, axis=0), dislikes)
        assert found.without_likes[row] == pytest.approx(rest.direction, abs=1e-5)
        assert found.own_likes[row] == pytest.approx(float(rest.direction @ likes[row]), abs=1e-5)
    for row in range(5):
        rest = contrast(likes, np.delete(dislikes, row, axis=0))
        assert found.own_dislikes[row] == pytest.approx(float(rest.direction @ dislikes[row]), abs=1e-5)


def test_one_dislike_is_heard_and_one_like_alone_is_no_contrast() -> None:
    one = contrast(papers(INTEREST, 4, 1), papers(NEAR_MISS, 1, 2))
    near, far = one.doubts(np.concatenate([papers(NEAR_MISS, 1, 2), papers(INTEREST, 1, 3)]))
    assert near > far
    assert one.doubts_without(papers(NEAR_MISS, 1, 2)[0])[1][0] < near
    assert contrast_of(papers(INTEREST, 1, 1), papers(NEAR_MISS, 3, 2), (np.ones(1), np.ones(3))) is None


def test_a_reason_names_a_dislike_only_where_it_counts_against_the_paper() -> None:
    taste = learned(papers(INTEREST, 10, 1), papers(NEAR_MISS, 5, 2))
    missed, wanted = papers(NEAR_MISS, 1, 3)[0], unit((INTEREST - 0.4 * REASON).tolist())[0]
    assert mentions_of(taste, missed).dislikes
    assert (wanted @ taste.dislikes.vectors.T).max() > RESEMBLES_DISLIKED
    assert not mentions_of(taste, wanted).dislikes


def test_far_more_dislikes_than_are_compared_still_name_their_influences() -> None:
    likes = papers(INTEREST, 5, 1)
    taste = learned(likes, papers(NEAR_MISS, 450, 2))
    assert len(taste.influences(likes[0])) == 455
    assert len(left_out_z_scores(taste)) == 455


def test_likes_and_dislikes_that_overlap_say_less() -> None:
    weights = np.ones(20), np.ones(20)
    rng = np.random.default_rng(0)
    clear = odds_of(rng.normal(2, 1, 20), rng.normal(-2, 1, 20), weights)
    vague = odds_of(rng.normal(0.2, 1, 20), rng.normal(-0.2, 1, 20), weights)
    assert clear.slope > vague.slope >= 0


def test_few_ratings_that_could_as_well_differ_by_chance_count_next_to_nothing() -> None:
    """The same distance, half a spread, of 4 of each may be chance, and of 400 is none."""
    steps = np.linspace(-1.7, 1.7, 400)

    def slope(count: int) -> float:
        chosen = steps[np.linspace(0, 399, count).astype(int)]
        return odds_of(chosen + 0.25, chosen - 0.25, (np.ones(count), np.ones(count))).slope

    assert slope(4) < 0.2 * slope(400)


@pytest.mark.parametrize("dislikes", [1, 3, 12])
def test_a_word_that_only_dislikes_have_lowers_its_papers_and_a_shared_one_does_not(dislikes: int) -> None:
    lexicon, plain = worded(8, dislikes), worded(8, 0)
    tests = [bag_of(SHARED.format("again")), bag_of(SHARED.format("again survey")), unrelated()[0], bag_of("")]
    high = np.full(len(tests), 2.0)
    like, survey, stranger, unknown = lexicon.added(high, tests) - plain.added(high, tests)
    assert survey < like - 0.01
    assert like > stranger - 0.1
    assert unknown == 0
