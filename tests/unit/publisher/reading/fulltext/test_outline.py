"""Headings have anchors that last, and a long text is cut where sections begin."""

from services.publisher.reading.fulltext.markdown.blocks import blocks_of
from services.publisher.reading.fulltext.outline import (
    MOST_PART_CHARS,
    PART_CHARS,
    contents_of,
    headings_of,
    split_into_parts,
)

LONG = "x " * (PART_CHARS // 2 + 10)


def test_anchors_are_made_of_titles_and_told_apart() -> None:
    blocks = list(blocks_of("## 1 Über uns\n\n## Results\n\n#### $x$\n\n## Results\n\n## 结果\n"))
    headings = headings_of(blocks, split_into_parts(blocks))
    assert [heading.anchor for heading in headings] == [
        "s-1-uber-uns", "s-results", "s-x", "s-results-2", "s-section",
    ]  # fmt: skip
    assert [heading.depth for heading in headings] == [0, 0, 1, 0, 0]


def test_a_long_text_is_cut_before_a_section_and_a_short_one_is_not() -> None:
    blocks = list(blocks_of(f"## A\n\n{LONG}\n\n### A1\n\nmore\n\n## B\n\n{LONG}\n\n## C\n\n{LONG}\n"))
    parts = split_into_parts(blocks)
    assert [blocks[part.start].text for part in parts] == ["A", "B", "C"]
    assert [part.stop for part in parts[:-1]] == [part.start for part in parts[1:]]
    short_end = list(blocks_of(f"## A\n\n{LONG}\n\n## B\n\nend\n"))
    assert len(split_into_parts(short_end)) == 1
    assert split_into_parts([]) == [range(0, 0)]


def test_a_section_without_end_is_cut_before_a_paragraph() -> None:
    blocks = list(blocks_of("\n\n".join(["word " * 200] * 300)))
    parts = split_into_parts(blocks)
    assert len(parts) > 2
    assert all(sum(len(blocks[index].text) for index in part) < MOST_PART_CHARS + 1_100 for part in parts)


def test_the_contents_of_a_very_long_text_have_fewer_levels() -> None:
    section = "## A\n\n### B\n\n#### C\n\n##### D\n\n"
    for copies, depths in ((2, {0, 1, 2}), (50, {0, 1}), (200, {0})):
        blocks = list(blocks_of(section * copies))
        headings = headings_of(blocks, split_into_parts(blocks))
        assert {heading.depth for heading in contents_of(headings)} == depths
