import pytest

from services.fetcher.documents.engines.pdf import (
    heading_of,
    join_lines,
    pages_of,
    reference_lines,
    to_markdown,
    without_running_heads,
)
from services.fetcher.documents.sources.eprint import SourceRefused


def test_running_heads_and_page_numbers_go_and_words_are_joined() -> None:
    pages = [f"A. Author et al.\nText of page num-\nber {n} goes on.\n{n}" for n in range(1, 6)]
    assert without_running_heads(pages)[2] == "Text of page num-\nber 3 goes on."
    assert "Text of page number 3 goes on." in to_markdown(pages)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("1 Introduction", "# 1 Introduction"),
        ("2.3. Related work", "## 2.3. Related work"),
        ("ABSTRACT", "# Abstract"),
        ("References", "# References"),
        ("12 participants were asked.", None),
        ("3 + x = 5", None),
        ("A long sentence that is not a heading at all", None),
    ],
)
def test_headings_of_pages_are_guessed(line: str, expected: str | None) -> None:
    assert heading_of(line) == expected


def test_a_line_that_looks_like_markdown_is_escaped() -> None:
    assert join_lines(["# not a heading"]) == "\\# not a heading"


def test_the_entries_of_a_bibliography_are_told_apart_by_their_numbers() -> None:
    markdown = "# 1 Text\n\nWords [1].\n\n# References\n\n[1] A. One. [2] B. Two. [3] C. Three.\n"
    assert reference_lines(markdown) == ["A. One.", "B. Two.", "C. Three."]
    assert reference_lines("# 1 Text\n\nno list") == []


def test_what_is_no_pdf_is_refused() -> None:
    with pytest.raises(SourceRefused, match="the PDF cannot be read") as refusal:
        pages_of(b"%PDF-1.4 nothing more")
    assert refusal.value.status == "unreadable"
