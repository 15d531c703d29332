"""`papersys tags canonicalize`: each line a row, whatever the file holds."""

import csv
import io
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.summarizer.tags.canonical_table import canonicalize, check_writable, read_lines, table_text, write_table
from services.summarizer.vectors import Matrix
from shared.errors import PapersysError
from tests.support.papers.summarizer import vector_of


def by_words(texts: Sequence[str]) -> Matrix:
    return np.stack([vector_of(text) for text in texts]) if texts else np.zeros((0, 1), dtype=np.float32)


def without_vectors(texts: Sequence[str]) -> Matrix:
    return np.zeros((len(texts), 1), dtype=np.float32)


def forms(*lines: str) -> dict[str, str]:
    return dict(canonicalize(lines, without_vectors).rows)


def test_each_line_has_a_row_in_its_order_empty_ones_and_duplicates_too() -> None:
    table = canonicalize(["b", "", "a", "b", "   ", "A"], by_words)
    assert [raw for raw, _ in table.rows] == ["b", "", "a", "b", "   ", "A"]
    assert [form for _, form in table.rows] == ["b", "", "a", "b", "", "a"]
    assert (table.tags, table.canonical) == (3, 2)


def test_the_canonical_form_is_the_most_frequent_of_the_files_own() -> None:
    assert set(forms("Neural-Networks", "neural network", "neural network").values()) == {"neural network"}


def test_short_forms_go_with_what_they_stand_for_and_opposites_stay_apart() -> None:
    found = forms("NLP", "natural language processing", "js", "javascript", "k8s", "kubernetes", "C", "C++", "C#")
    assert found["NLP"] == found["natural language processing"]
    assert found["js"] == found["javascript"]
    assert found["k8s"] == found["kubernetes"]
    assert len({found["C"], found["C++"], found["C#"]}) == 3


def test_a_short_form_that_no_list_knows_is_learned_from_the_only_tag_it_can_stand_for() -> None:
    found = forms("zebra cache optimisation theory", "ZCOT", "zebra crossing")
    assert found["ZCOT"] == "zebra cache optimisation theory"
    two = forms("zebra cache optimisation theory", "zoo cage ownership tax", "ZCOT")
    assert len(set(two.values())) == 3


@pytest.mark.parametrize(
    ("content", "lines"),
    [
        (b"a\nb\n", ["a", "b"]),
        (b"a\r\nb", ["a", "b"]),
        (b"a\rb\r", ["a", "b"]),
        (b"\xef\xbb\xbfa\n\n", ["a", ""]),
        ("ä\nb\n".encode("utf-16"), ["ä", "b"]),
        (b"\xff\xfa bad\nc\0d\n", ["\ufffd\ufffd bad", "c\0d"]),
        (b"", []),
        (b"\n", [""]),
    ],
)
def test_files_of_every_kind_are_read(tmp_path: Path, content: bytes, lines: list[str]) -> None:
    path = tmp_path / "tags.txt"
    path.write_bytes(content)
    assert read_lines(path) == lines


@given(st.lists(st.text(st.characters(exclude_characters="\n\r", exclude_categories=["Cs"]), max_size=30), max_size=12))
def test_any_tags_come_back_as_they_were_from_the_table(lines: list[str]) -> None:
    rows = list(csv.reader(io.StringIO(table_text(canonicalize(lines, without_vectors).rows), newline="")))
    assert rows[0] == ["raw", "canonical"]
    assert [row[0] for row in rows[1:]] == lines
    assert {row[1] for row in rows[1:]} <= {line.strip() for line in lines}


def test_a_table_that_cannot_be_written_or_read_is_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(PapersysError, match="no such folder"):
        check_writable(tmp_path / "none" / "out.csv")
    with pytest.raises(PapersysError, match="it is a folder"):
        check_writable(tmp_path)
    with pytest.raises(PapersysError, match="cannot be read"):
        read_lines(tmp_path / "none.txt")


def test_the_table_takes_the_place_of_an_older_one(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    path.write_text("old")
    write_table(path, [("a", "a")])
    assert path.read_bytes() == b"raw,canonical\na,a\n"
    assert list(tmp_path.iterdir()) == [path]
