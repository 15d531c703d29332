import pytest

from services.fetcher.documents.engines.pdf import heading_of, join_lines, to_markdown, without_running_heads
from services.fetcher.documents.markdown import (
    clean_markdown,
    prose_of,
    sections_of,
    stray_commands,
    unbalanced_math,
    written,
)
from services.fetcher.documents.quality import Expected, judge_latex, judge_pages, word_share
from shared.store.papers.documents import Reference, Section

TEXT = "Front.\n\n## Intro\n\nSome text.\n\n### Deeper\n\n```\n# no heading\n```\n\n$$\n# nor this\n$$\n"


def test_text_is_cut_at_its_headings_and_nowhere_else() -> None:
    sections = sections_of(TEXT)
    assert [(section.title, section.level) for section in sections] == [("", 1), ("Intro", 1), ("Deeper", 2)]
    assert sections[1].text == "Some text."
    assert "# no heading" in sections[2].text
    assert "# nor this" in sections[2].text


def test_a_document_has_one_title_its_sections_and_its_references() -> None:
    sections = [Section(title="Intro", level=1, text="Text.")]
    text = written("Title", sections, (Reference(text="A. B."),))
    assert text == "# Title\n\n## Intro\n\nText.\n\n## References\n\n1. A. B.\n"


@pytest.mark.parametrize(
    ("markdown", "expected"),
    [
        ("a ![](fig.png) b", "a  b\n"),
        ("See [1](#sec:a) and [\\[eq:b\\]](#eq:b).", "See 1 and [eq:b].\n"),
        ("[site](https://x.org)", "[site](https://x.org)\n"),
        ("a\n\n\n\n\nb", "a\n\nb\n"),
    ],
)
def test_pictures_and_inner_links_go(markdown: str, expected: str) -> None:
    assert clean_markdown(markdown) == expected


def test_mathematics_code_and_citations_are_no_prose() -> None:
    text = "Word $\\alpha\n+ b$ [@key2017; see @other] `\\code` $$\\frac{a}{b}$$ \\foo end"
    assert prose_of(text).split() == ["Word", "\\foo", "end"]
    assert stray_commands(text) == 1
    assert unbalanced_math("$$ a") == 2
    assert unbalanced_math("$a{$ b") == 1
    assert unbalanced_math("$a$ 5\\$ $$b$$") == 0


@pytest.mark.parametrize(
    ("markdown", "source", "headings", "expected"),
    [
        ("word " * 100, "word " * 100, (2, 2), "good"),
        ("word " * 85, "word " * 100, (2, 2), "fair"),
        ("word " * 50, "word " * 100, (2, 2), "bad"),
        ("word " * 100, "word " * 100, (5, 1), "fair"),
        ("word " * 100 + "\\foo " * 9, "word " * 100, (0, 0), "bad"),
        ("word " * 10, "word " * 10, (0, 0), "bad"),
    ],
)
def test_a_conversion_is_judged_by_what_arrived(
    markdown: str, source: str, headings: tuple[int, int], expected: str
) -> None:
    assert judge_latex(markdown, Expected(source, headings[0]), headings[1], is_plain=False).grade == expected


def test_each_word_counts_as_often_as_it_stands_there() -> None:
    assert word_share(["a", "a", "b"], ["a", "c"]) == pytest.approx(1 / 3)
    assert word_share([], ["a"]) is None


def test_text_of_pages_is_never_good() -> None:
    assert judge_pages("the word of " * 100, 1).grade == "fair"
    assert judge_pages("few words", 3).grade == "bad"


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
