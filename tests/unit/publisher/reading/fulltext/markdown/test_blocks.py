"""A paper's Markdown is cut into blocks that know their places; no word gets lost."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.publisher.reading.fulltext.markdown.blocks import BlockKind, blocks_of
from tests.support.papers.written_summary import MARKDOWN


def test_every_block_knows_its_place() -> None:
    for block in blocks_of(MARKDOWN):
        assert MARKDOWN[block.start : block.end] == block.text


@pytest.mark.parametrize(
    ("markdown", "kinds"),
    [
        ("# T\n\nA.\n", ["heading", "paragraph"]),
        ("- a\n- b\n\n  more of b\n", ["item", "item", "paragraph"]),
        ("1. a\n(ii) b\n", ["item", "item"]),
        ("Fig. 3 shows it.\nSee. It.\n", ["paragraph"]),
        ("$$\n- a\n# b\n$$\nAfter.\n", ["paragraph"]),
        ("```\n# x\n```\nAfter.\n", ["code", "paragraph"]),
        ("| a | b |\n|---|---|\n| 1 | 2 |\n", ["table"]),
        ("+---+---+\n| a | b |\n+---+---+\n", ["table"]),
        ("> quoted\n> on\n", ["quotation"]),
        ("[^1]: A note.\n[^2]: Another.\n", ["footnote", "footnote"]),
    ],
)
def test_blocks_are_told_apart(markdown: str, kinds: list[BlockKind]) -> None:
    assert [block.kind for block in blocks_of(markdown)] == kinds


def test_a_block_knows_its_level_marker_label_and_caption() -> None:
    heading, item, note, caption = blocks_of("### Deep\n\n  (a) text\n\n[^x]: A note.\n\n**Figure 12.** It.\n")
    assert heading.level == 3
    assert (item.level, item.marker, item.has_bullet, item.words.strip()) == (1, "(a)", False, "text")
    assert (note.name, note.words.strip()) == ("x", "A note.")
    assert caption.caption == ("figure", 12)


def test_what_is_shown_of_a_block_is_as_long_as_its_text_so_that_places_hold() -> None:
    for block in blocks_of("  - item\n\n[^n]: note\n\n> quo\n> ted\n\npara\n"):
        assert len(block.words) == len(block.text)


@given(
    st.lists(
        st.sampled_from(
            ["word ", "\n", "\n\n", "# h\n", "```\n", "$$\n", "- item\n", "| a |\n", "  ", "##\n", "[^1]: ", "> "]
        ),
        max_size=40,
    )
)
def test_blocks_follow_each_other_and_lose_no_word(pieces: list[str]) -> None:
    markdown = "".join(pieces)
    blocks = list(blocks_of(markdown))
    assert all(markdown[block.start : block.end] == block.text for block in blocks)
    assert all(before.end <= after.start for before, after in pairwise(blocks))
    assert sum(block.text.count("word") for block in blocks) == markdown.count("word")
