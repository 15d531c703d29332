"""One statement a field, and none under two."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from services.summarizer.roles.choosing import assign


def test_each_field_gets_its_best_row() -> None:
    assert assign({"a": np.array([0.9, 0.1]), "b": np.array([0.2, 0.8])}) == {"a": 0, "b": 1}


def test_where_two_want_the_same_the_one_that_loses_less_gives_way() -> None:
    assert assign({"a": np.array([0.6, 0.4, 0.0]), "b": np.array([0.7, 0.0, 0.3])}) == {"a": 1, "b": 0}


def test_without_rows_left_a_field_gets_none() -> None:
    assert assign({"a": np.array([0.6]), "b": np.array([0.7])}) == {"b": 0}
    assert assign({"a": np.array([])}) == {}


@given(st.integers(0, 7), st.integers(0, 4))
def test_no_row_is_given_twice(rows: int, fields: int) -> None:
    rng = np.random.default_rng(rows * 10 + fields)
    given_out = assign({str(field): rng.random(rows) for field in range(fields)})
    assert len(set(given_out.values())) == len(given_out) == min(rows, fields)
