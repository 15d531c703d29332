"""Kernels on columns of texts."""

import sys

import pyarrow as pa

from deploy.migrating.tables.arrow_texts import as_texts, bytes_of, cells_of, distinct, lists_of, plain_column, texts_of
from deploy.migrating.tables.cells import read_names


def test_every_space_that_python_knows_becomes_a_single_one() -> None:
    spaces = [chr(code) for code in range(sys.maxunicode) if chr(code).isspace()]
    texts = [*(f"{space}a{space} {space}b{space}" for space in spaces), "a b", "", None, " ", "\u200ba"]
    assert texts_of(pa.array(texts)).to_pylist() == [" ".join((text or "").split()) for text in texts]


def test_lists_lose_what_is_empty_and_slices_are_read_from_where_they_begin() -> None:
    lists = [["A ", None, "", "B  C"], None, [], ["D"]]
    column = pa.array(lists).slice(1)
    assert lists_of(column, read_names).to_pylist() == [[], [], ["D"]]
    assert lists_of(pa.array(lists), read_names).to_pylist() == [["A", "B C"], [], [], ["D"]]


def test_what_repeats_is_said_once_nulls_too() -> None:
    values, places = distinct(pa.array(["x", None, "x"]))
    assert [values[place] for place in places.to_pylist()] == ["x", None, "x"]
    assert len(values) == 2


def test_the_bytes_of_a_slice_are_its_own() -> None:
    texts = as_texts(["one", "zwei", "drei", ""])
    assert bytes(bytes_of(texts.slice(1, 2))) == b"zweidrei"
    assert bytes(bytes_of(texts.slice(0, 0))) == b""
    assert bytes(bytes_of(as_texts([]))) == b""


def test_bytes_and_dictionaries_are_read_as_the_texts_they_are() -> None:
    assert plain_column(pa.array([b"a", None], pa.binary())).to_pylist() == ["a", None]
    assert plain_column(pa.array(["a", None]).dictionary_encode()).to_pylist() == ["a", None]
    assert cells_of(plain_column(pa.array([b"\xff"], pa.large_binary()))) == ["\ufffd"]
