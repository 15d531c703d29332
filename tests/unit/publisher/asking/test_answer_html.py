"""An answer's Markdown as blocks, with its citations as links and nothing else."""

import pytest

from services.publisher.asking.answer_html import answer_blocks, cited_html

ADDRESS = "/ask/t/citation"


@pytest.mark.parametrize(
    ("text", "linked"),
    [
        ("Walks are counted [1].", ["1"]),
        ("Two papers agree [1, 2].", ["1", "2"]),
        ("Twice [1][2]", ["1", "2"]),
        ("An interval $[1]$ is none, nor is [9].", []),
        ("As in [Smith 2001] and $a[1] + b$, but here [2]", ["2"]),
    ],
)
def test_numbers_of_citations_become_links(text: str, linked: list[str]) -> None:
    html = str(cited_html(text, {1, 2}, ADDRESS))
    assert [piece.split('"')[0] for piece in html.split(f'href="{ADDRESS}/')[1:]] == linked


def test_paragraphs_headings_and_lists_are_told_apart() -> None:
    blocks = answer_blocks("# Sizes\nOne line\nand its end [1].\n\n- first [1]\n- second\n\nLast.", {1}, ADDRESS)
    assert [(block.kind, len(block.html)) for block in blocks] == [
        ("heading", 1),
        ("paragraph", 1),
        ("list", 2),
        ("paragraph", 1),
    ]


def test_a_link_or_a_picture_of_an_answer_is_none() -> None:
    (block,) = answer_blocks("[here](https://evil.example) ![x](https://evil.example/x.png) <b>bold</b>", {1}, ADDRESS)
    assert "<a" not in str(block.html[0])
    assert "<img" not in str(block.html[0])
    assert "<b>" not in str(block.html[0])
