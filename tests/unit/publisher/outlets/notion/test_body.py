"""Bodies are compared block by block, and sent in parts that fit."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from services.publisher.outlets.notion.blocks import MARKER, Block
from services.publisher.outlets.notion.body import MOST_BLOCKS, batches, changes, ours_of, standing_of
from services.publisher.outlets.notion.rich_text import rich_text
from tests.support.notion.workspace import BOT, OWNER, Workspace


def block(text: str, kind: str = "paragraph") -> Block:
    return {"object": "block", "type": kind, kind: {"rich_text": rich_text(text)}}


def made(texts: list[str], by: str = BOT) -> list[dict[str, Any]]:
    workspace = Workspace()
    return workspace.append(workspace.pages[workspace.home], [block(text) for text in texts], {}, by)


@given(st.lists(st.sampled_from("abcdef"), max_size=8), st.lists(st.sampled_from("abcdef"), max_size=8))
def test_the_changes_make_of_what_is_there_what_is_wanted(present: list[str], wanted: list[str]) -> None:
    result: list[str] = []
    for change in changes(made(present), [block(text) for text in wanted]):
        result += [kept["paragraph"]["rich_text"][0]["plain_text"] for kept in change.kept]
        result += [missing["paragraph"]["rich_text"][0]["text"]["content"] for missing in change.missing]
    assert result == wanted


def test_nothing_below_the_marker_and_nothing_of_others_is_ours() -> None:
    blocks = [
        *made(["ours"]),
        *made(["theirs"], OWNER),
        *made([MARKER, "made by us, but below"]),
        *made(["note"], OWNER),
    ]
    standing = standing_of(blocks, [], BOT)
    assert [one["paragraph"]["rich_text"][0]["plain_text"] for one in standing] == ["ours", MARKER]


def test_a_copied_block_counts_as_written_and_is_never_deleted() -> None:
    copied, note = made(["copied", "note"], OWNER)
    assert standing_of([copied, note], [block("copied")], BOT) == [copied]
    assert ours_of([copied, note], BOT) == []


def test_a_block_in_which_the_owner_nested_something_stays() -> None:
    (nested,) = made(["ours"])
    assert ours_of([{**nested, "has_children": True}], BOT) == []


def test_a_request_holds_at_most_100_blocks_and_half_a_megabyte() -> None:
    assert [len(batch) for batch in batches([block("x")] * 250)] == [MOST_BLOCKS, MOST_BLOCKS, 50]
    long = block("x" * 150_000)
    assert [len(batch) for batch in batches([long] * 5)] == [2, 2, 1]
