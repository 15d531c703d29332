"""Plain data come out of a pickle; whatever else it would do is never done."""

import contextlib
import os
import pickle
import sys
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.text.rating_files.databases.pickled_data import read_pickled_data

LEAVES = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20)
DATA = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(max_size=5), inner, max_size=4)
        | st.frozensets(st.text(max_size=5), max_size=4)
        | st.tuples(inner, inner)
    ),
    max_leaves=12,
)


@settings(max_examples=60, deadline=None)
@given(DATA)
def test_data_come_out_as_they_went_in(data: Any) -> None:
    assert read_pickled_data(pickle.dumps(data, pickle.HIGHEST_PROTOCOL)) == data


class Harm:
    def __reduce__(self) -> Any:
        return os.system, ("touch /tmp/papersys-was-here",)


@pytest.mark.parametrize(
    "content",
    [
        pickle.dumps(Harm()),
        pickle.dumps({"rl": {"2106.01345"}, "x": Harm()}, 0),
        pickle.dumps(sys.exit),
        b"cos\nsystem\n(S'id'\ntR.",
        b"\x80\x04r\xff\xff\xff\x7f.",
        b"\x80\x04\x8c\xff",
        b"\x80\x04}",
        b"",
        b".",
        b"0.",
    ],
)
def test_anything_but_data_is_refused(content: bytes) -> None:
    with pytest.raises(ValueError, match="it "):
        read_pickled_data(content)


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=60))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    with contextlib.suppress(ValueError):
        read_pickled_data(b"\x80\x04" + content)
