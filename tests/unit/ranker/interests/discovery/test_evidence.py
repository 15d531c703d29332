"""The parts of an abstract, and vectors without what their category has in common."""

import numpy as np

from services.ranker.interests.discovery.evidence import Evidence, Item, category_means, split_abstract


def test_what_comes_before_the_papers_own_work_is_its_problem_and_results_are_neither() -> None:
    problem, method = split_abstract(
        "Models are slow. Memory is scarce. We propose pruning. It keeps few weights. Experiments show a gain."
    )
    assert problem == "Models are slow. Memory is scarce."
    assert method == "We propose pruning. It keeps few weights."


def test_an_abstract_without_a_method_is_all_problem() -> None:
    assert split_abstract("Models are slow. Memory is scarce.") == ("Models are slow. Memory is scarce.", "")


def test_small_categories_have_no_mean_of_their_own() -> None:
    vectors = np.eye(4, dtype=np.float32)
    means = category_means(vectors, ["a", "a", "a", "b"], fewest=3)
    assert set(means) == {"", "a"}
    np.testing.assert_allclose(means["a"], vectors[:3].mean(axis=0))
    np.testing.assert_allclose(means[""], vectors.mean(axis=0))


def test_residuals_have_length_one_and_nothing_of_their_category() -> None:
    rng = np.random.default_rng(0)
    categories = ["cs.LG"] * 30 + ["math.CO"] * 30
    vectors = rng.standard_normal((60, 8)).astype(np.float32)
    vectors[:30, 0] += 5
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    items = [Item(f"2611.{row:05}", "", "", category) for row, category in enumerate(categories)]
    residuals = Evidence(items, vectors, 10).residuals
    np.testing.assert_allclose(np.linalg.norm(residuals, axis=1), 1, rtol=1e-5)
    assert abs(residuals[:30, 0].mean()) < 0.1 < vectors[:30, 0].mean()
