"""A failure is blamed on a text only where the model works for a plain sentence."""

import numpy as np
import pytest

from services.embedder.encoding.checked_encoder import CheckedEncoder, ModelAway, unit_rows
from shared.errors import PapersysError, TemporaryFailure
from tests.support.papers.embedder import DIMENSION, CountingEncoder


def test_what_the_model_refuses_fails_alone_and_was_tried_twice() -> None:
    encoder = CountingEncoder()
    encoded = CheckedEncoder(encoder, DIMENSION, wait_seconds=30).encode(["good", "refused"], "passage")
    assert list(encoded.failures) == [1]
    assert np.isfinite(encoded.matrix[0]).all()
    assert encoder.asked.count(("refused",)) == 2


@pytest.mark.parametrize(("asked_for", "wait"), [(None, 30), (5.0, 30), (90.0, 90), (float("inf"), 30)])
def test_a_model_that_is_away_is_waited_for_as_long_as_it_asks_for_and_its_texts_are_not_to_blame(
    asked_for: float | None, wait: float
) -> None:
    encoder = CountingEncoder()
    encoder.away = TemporaryFailure("answered 503", retry_in_seconds=asked_for)
    with pytest.raises(ModelAway, match="answered 503") as caught:
        CheckedEncoder(encoder, DIMENSION, wait_seconds=30).encode(["good"], "passage")
    assert caught.value.retry_in_seconds == wait


def test_a_model_of_another_dimension_does_not_load() -> None:
    with pytest.raises(ModelAway, match="set dimension"):
        CheckedEncoder(CountingEncoder(), DIMENSION + 1, wait_seconds=30).load()


@pytest.mark.parametrize("raw", [np.zeros((2, DIMENSION)), np.full((2, DIMENSION), np.inf)])
def test_rows_without_direction_become_nan(raw: np.ndarray) -> None:
    assert np.isnan(unit_rows(raw, 2, DIMENSION)).all()


def test_a_wrong_number_of_rows_is_an_error() -> None:
    with pytest.raises(PapersysError, match="for 3 texts"):
        unit_rows(np.ones((2, DIMENSION)), 3, DIMENSION)
