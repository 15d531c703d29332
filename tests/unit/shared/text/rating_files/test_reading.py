"""Files are known by their content, and what is no file of papers is refused with what to do."""

import contextlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.errors import PapersysError
from shared.text.rating_files.reading import read_rating_file, read_rating_text


@pytest.mark.parametrize(
    ("content", "form"),
    [
        ("id,preference\n2403.12345,like\n".encode("utf-16"), "CSV"),
        (b"@misc{a, eprint={2403.12345}}", "BibTeX"),
        (b"TY  - JOUR\nUR  - arxiv.org/abs/2403.12345\nER  - ", "RIS"),
        (b'["2403.12345"]', "JSON"),
        (b"2403.12345", "list"),
        ("id,preference,title\n2403.12345,like,caf\xe9\n".encode("cp1252"), "CSV"),
    ],
)
def test_the_form_is_told_by_the_content(tmp_path: Path, content: bytes, form: str) -> None:
    path = tmp_path / "ratings.dat"
    path.write_bytes(content)
    file = read_rating_file(path)
    assert (file.form, [row.paper_id for row in file.rows]) == (form, ["2403.12345"])


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "is empty"),
        (b"PK\x03\x04", "save it as CSV"),
        (b"\x80\x04", "never opened"),
        (b"SQLite format 3\0", "a list of ids from that program"),
    ],
)
def test_what_holds_no_papers_says_what_to_do(tmp_path: Path, content: bytes, says: str) -> None:
    path = tmp_path / "ratings.csv"
    path.write_bytes(content)
    with pytest.raises(PapersysError, match=says):
        read_rating_file(path)


@given(
    st.text(max_size=200)
    | st.lists(
        st.sampled_from(["2403.1234", ",", '"', "\n", "like", "id", "{", "@a{", "[", "TY  - ", "="]), max_size=40
    ).map("".join)
)
def test_any_text_is_read_or_refused(text: str) -> None:
    with contextlib.suppress(PapersysError):
        file = read_rating_text(text, "file")
        assert file.rows or file.problems
