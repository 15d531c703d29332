"""Sections as chunks."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.summarizer.research.chunking.sections import chunks_of, sections_of
from services.summarizer.text.sentences import sentence_ends
from shared.store.research.chunks import Chunk

PAPER = "2601.00001"
FORMULA = "$$\\begin{aligned}\n" + "a + b . C = d \\\\\n" * 40 + "\\end{aligned}$$"
TABLE = "| Run | Size |\n|---|---|\n" + "| one | two. Three |\n" * 60
ITEM = "- " + "A point. With two sentences. " * 30


def cut(text: str, max_words: int = 60) -> list[Chunk]:
    return chunks_of(PAPER, 1, text, max_words)


def words(count: int, start: int = 0) -> str:
    return " ".join(f"Sentence {number} says something of disks." for number in range(start, start + count // 6))


def test_a_short_section_is_one_chunk_with_the_headings_above_it() -> None:
    text = "# Trees\n\n## Method\n\n### Reading\n\nOne.\n\nTwo.\n\n## Results\n\nThree.\n\n## References\n\n1. A.\n"
    chunks = cut(text)
    assert [(chunk.titles, chunk.text, chunk.position) for chunk in chunks] == [
        (("Method", "Reading"), "One.\n\nTwo.", 0),
        (("Results",), "Three.", 1),
    ]
    assert {chunk.title for chunk in chunks} == {"Trees"}


def test_a_paper_without_headings_is_one_section() -> None:
    assert [chunk.titles for chunk in cut("Just a text.\n\nAnd more of it.\n")] == [()]
    assert cut("") == cut("\n \n") == []


def test_a_long_section_is_cut_between_paragraphs_into_parts_of_like_length() -> None:
    paragraphs = [words(30, start) for start in (0, 10, 20, 30)]
    chunks = cut("## Long\n\n" + "\n\n".join(paragraphs))
    assert [chunk.text for chunk in chunks] == ["\n\n".join(paragraphs[:2]), "\n\n".join(paragraphs[2:])]


def test_a_paragraph_that_is_too_long_is_cut_between_its_sentences() -> None:
    paragraph = words(300)
    chunks = cut(f"## Long\n\n{paragraph}")
    assert " ".join(chunk.text for chunk in chunks) == paragraph
    assert all(chunk.text.startswith("Sentence") and chunk.text.endswith("disks.") for chunk in chunks)
    assert all(40 <= len(chunk.text.split()) <= 60 for chunk in chunks)


@pytest.mark.parametrize("whole", [FORMULA, TABLE.strip(), ITEM.strip(), "```\n# no heading\n\nx = 1. Y\n```"])
def test_formulas_tables_list_items_and_code_are_never_cut(whole: str) -> None:
    chunks = cut(f"## Long\n\n{words(54)}\n\n{whole}\n\n{words(54)}\n")
    assert any(whole in chunk.text for chunk in chunks)
    assert {chunk.titles for chunk in chunks} == {("Long",)}


def test_no_sentence_is_cut_inside_a_formula() -> None:
    formula = "$f(x) = 1 \\text{ if so. Or } 2$"
    chunks = cut("## Long\n\n" + " ".join(f"We set {formula} for case {n}." for n in range(40)))
    assert len(chunks) > 3
    assert all(chunk.text.count(formula) * 2 == chunk.text.count("$") for chunk in chunks)


def test_a_caption_stays_with_its_table() -> None:
    chunks = cut(f"## Long\n\n{words(54)}\n\n**Table 1.** Sizes of runs.\n\n{TABLE}")
    assert chunks[-1].text.startswith("**Table 1.**")


def test_ids_name_paper_version_text_and_chunker() -> None:
    text = "## A\n\nSame words.\n\n## B\n\nSame words.\n"
    chunks = cut(text)
    assert len({chunk.chunk_id for chunk in chunks}) == 2
    assert cut(text) == chunks
    others = [chunks_of(PAPER, 2, text, 60), chunks_of("2601.00002", 1, text, 60), chunks_of(PAPER, 1, text, 70)]
    assert all(not {c.chunk_id for c in chunks} & {c.chunk_id for c in other} for other in others)
    moved = cut("## New\n\nOther words.\n\n" + text)
    assert {chunk.chunk_id for chunk in chunks} <= {chunk.chunk_id for chunk in moved}


def test_a_chunk_knows_its_page_where_pages_are_known() -> None:
    text = "## A\n\nOne.\n\n## B\n\nTwo.\n"
    assert [chunk.page for chunk in chunks_of(PAPER, 1, text, 60, [0, 11])] == [1, 2]
    assert [chunk.page for chunk in cut(text)] == [None, None]


PIECES = st.sampled_from(
    [
        "# T",
        "## H",
        "### H",
        "text. More text",
        "$$",
        "```",
        "| a | b |",
        "- item",
        "  more",
        "1. x",
        "$x",
        "~~~",
        "**Table 1.**",
    ]
)


@given(st.lists(st.one_of(PIECES, st.just(""), st.text(max_size=20)), max_size=40))
def test_every_chunk_stands_in_the_document_and_none_overlaps_another(lines: list[str]) -> None:
    document = "\n".join(lines)
    chunks = cut(document, 20)
    assert all(document[chunk.start : chunk.end] == chunk.text for chunk in chunks)
    assert all(first.end <= second.start for first, second in itertools.pairwise(chunks))
    kept = "".join(document[block.start : block.end] for part in sections_of(document)[1] for block in part.blocks)
    assert "".join("".join(chunk.text for chunk in chunks).split()) == "".join(kept.split())


def test_sentences_end_where_the_next_begins() -> None:
    assert sentence_ends("One. Two et al. say so. Three") == [5, 24]
