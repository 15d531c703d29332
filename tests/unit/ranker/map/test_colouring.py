"""Which interest a paper belongs to."""

import numpy as np

from services.ranker.map.colouring import interests_of


def vectors(*angles: float) -> np.ndarray:
    return np.array([[np.cos(angle), np.sin(angle)] for angle in angles], dtype=np.float32)


def test_a_paper_near_an_interest_belongs_to_it_and_one_between_two_to_none() -> None:
    matrix = vectors(0.0, 0.1, 0.2, 3.0, 3.1, 3.2, 0.1, 3.1, 1.55)
    members = [np.array([0, 1, 2]), np.array([3, 4, 5])]
    assert interests_of(matrix, members).tolist() == [0, 0, 0, 1, 1, 1, 0, 1, -1]


def test_a_paper_of_two_interests_goes_to_the_surer_one() -> None:
    assert interests_of(vectors(0.0, 0.1, 3.0), [np.array([0, 1]), np.array([1, 2])])[1] == 0


def test_without_interests_or_papers_nothing_is_coloured() -> None:
    assert interests_of(vectors(0.0, 1.0), []).tolist() == [-1, -1]
    assert interests_of(np.empty((0, 4), np.float32), [np.array([], dtype=np.intp)]).tolist() == []
