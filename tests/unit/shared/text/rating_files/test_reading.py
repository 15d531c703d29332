"""Files are known by their content, and what is no file of papers is refused with what to do."""

import contextlib
import os
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.errors import PapersysError
from shared.text.rating_files.reading import read_rating_file, read_rating_text, text_of
from tests.unit.shared.text.rating_files.rows import rows_of


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


def test_keywords_say_a_rating_where_nothing_else_does() -> None:
    assert rows_of("@misc{a, eprint={2403.12345}, keywords={ml, disliked}}\n") == [(1, "dislike", "2403.12345")]
    ris = "TY  - JOUR\nUR  - https://arxiv.org/abs/2403.12345\nKW  - ml\nKW  - disliked\nER  - \n"
    assert rows_of(ris) == [(1, "dislike", "2403.12345")]
    assert rows_of("arxiv_id,keywords,rating\n2403.12345,disliked,1\n") == [(2, "like", "2403.12345")]


def test_papers_of_other_servers_are_named_by_doi_or_address() -> None:
    preprint = "biorxiv:10.1101-2026.10.15.675123"
    text = (
        "https://www.biorxiv.org/content/10.1101/2026.10.15.675123v2.full?utm_source=x\n10.1101/2026.10.15.675123\n"
        "arXiv:2403.12345 https://doi.org/10.1101/2026.10.15.675123\n"
    )
    rows = read_rating_text(text, "file").rows
    assert [row.preprint_id or row.paper_id for row in rows] == [preprint, preprint, preprint, "2403.12345"]
    entry = "@misc{a, doi={10.1101/2026.10.15.675123}, title={Neurons}%s}\n"
    (row,) = read_rating_text(entry % "", "file").rows
    assert (row.paper_id, row.preprint_id, row.title) == ("", preprint, "Neurons")
    (row,) = read_rating_text(entry % ", note={papersys: dislike at 2026-11-06T12:00:00+00:00}", "file").rows
    assert (row.paper_id, row.preprint_id, row.said) == (preprint, "", "dislike")


def test_what_is_no_text_is_refused_and_a_stray_zero_is_not() -> None:
    with pytest.raises(PapersysError, match="is no text"):
        text_of(bytes(range(256)) * 50, "x.csv")
    assert text_of(b"id,preference\n2403.12345,like\n\0\0\x1a", "x.csv").startswith("id,")


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-be"])
def test_a_bibliography_of_two_or_four_bytes_a_letter_is_read(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "wide.bib"
    path.write_bytes("@misc{a, title={Größe – 中文}, eprint={2403.12345}}\n".encode(encoding))
    read = read_rating_file(path)
    assert ([row.paper_id for row in read.rows], read.problems) == (["2403.12345"], ())


def test_letters_that_break_a_file_are_said_with_their_line(tmp_path: Path) -> None:
    path = tmp_path / "japanese.bib"
    text = "@misc{b, eprint={2403.12345}}\n@misc{a, title={日本語のテキスト}, eprint={1706.03762}}\n"
    path.write_bytes(text.encode("shift_jis"))
    assert [row.paper_id for row in read_rating_file(path).rows] == ["2403.12345"]
    assert "save the file as UTF-8" in str(read_rating_file(path).problems[0])
    path.write_bytes(text.encode())
    assert read_rating_file(path).problems == ()
    path.write_bytes("@misc{b, title={Größe}, eprint={2403.12345}}".encode("cp1252"))
    assert read_rating_file(path).problems == ()
    path.write_bytes(rb"{\rtf1\ansi @misc\{a, eprint=\{1706.03762\}\}}")
    with pytest.raises(PapersysError, match="RTF"):
        read_rating_file(path)


def test_what_comes_through_a_pipe_is_read_once(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=lambda: pipe.write_text("2403.12345\n"), daemon=True)
    writer.start()
    assert [row.paper_id for row in read_rating_file(pipe).rows] == ["2403.12345"]
    writer.join(5)


def test_a_file_without_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shared.text.references.bibliography._MOST_BYTES", 1 << 20)
    with pytest.raises(PapersysError, match="/dev/zero is larger than 1 MB"):
        read_rating_file(Path("/dev/zero"))
