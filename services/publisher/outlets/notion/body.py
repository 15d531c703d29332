"""Bringing the body of a page to what it should be, whatever stands there: nothing twice, the owner's blocks untouched.

Ours are the blocks that our connection made above the marker; blocks that look like them, as in a page that was
duplicated by hand, count as written, and are never deleted. What stands there is compared with what should, so an
update that broke off anywhere, or a write whose answer got lost, is finished by the next one.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from typing import Any

from services.publisher.outlets.notion.blocks import Block, is_marker
from services.publisher.outlets.notion.rich_text import signature
from shared.notion.connection import Notion
from shared.notion.failures import Gone, Unsure

MOST_BLOCKS = 100
MOST_BYTES = 400_000
"""500 KB are allowed for a whole request."""
_TRIES = 5


async def write_body(notion: Notion, page_id: str, wanted: Sequence[Block], bot_id: str) -> None:
    """Raises what `Notion` raises, Unsure only where an answer is lost again and again."""
    for attempt in range(_TRIES):
        try:
            await _bring(notion, page_id, wanted, bot_id)
            return
        except Unsure:
            if attempt == _TRIES - 1:
                raise


async def _bring(notion: Notion, page_id: str, wanted: Sequence[Block], bot_id: str) -> None:
    """What is missing comes first, what is too much goes then."""
    present = standing_of(await blocks_of(notion, page_id), wanted, bot_id)
    before = ""
    surplus: list[dict[str, Any]] = []
    for change in changes(present, wanted):
        if change.missing:
            before = await append(notion, page_id, change.missing, before)
        surplus += change.surplus
        before = change.kept[-1]["id"] if change.kept else before
    for block in ours_of(surplus, bot_id):
        await _delete(notion, block["id"])


async def append(notion: Notion, page_id: str, blocks: Sequence[Block], after: str | None = None) -> str:
    """Append blocks at the end (None), the start (empty) or after a block, in as many requests as it takes.

    Returns the id of the last one.
    """
    for batch in batches(blocks):
        where = _position(after)
        answer = await notion.write(
            lambda api, batch=batch, where=where: api.blocks.children.append(page_id, children=batch, **where)  # type: ignore[misc]
        )
        after = str(answer["results"][len(batch) - 1]["id"])
    return after or ""


async def blocks_of(notion: Notion, page_id: str) -> list[dict[str, Any]]:
    """The blocks of a page, from top to bottom, without what is nested in them."""
    blocks: list[dict[str, Any]] = []
    more: dict[str, Any] = {"page_size": MOST_BLOCKS}
    while True:
        answer = await notion.read(lambda api, more=dict(more): api.blocks.children.list(page_id, **more))  # type: ignore[misc]
        blocks += answer["results"]
        if not answer.get("has_more") or not answer.get("next_cursor"):
            return blocks
        more["start_cursor"] = answer["next_cursor"]


def standing_of(blocks: Sequence[dict[str, Any]], wanted: Sequence[Block], bot_id: str) -> list[dict[str, Any]]:
    """The blocks that are ours, and those of others that look like one that is wanted; none below the marker."""
    end = next((place for place, block in enumerate(blocks) if is_marker(block)), len(blocks) - 1)
    above, looks = blocks[: end + 1], {_looks(block) for block in wanted}
    ours = {block["id"] for block in ours_of(above, bot_id)}
    return [
        block for block in above if block["id"] in ours or (_looks(block) in looks and not block.get("has_children"))
    ]


def ours_of(blocks: Sequence[dict[str, Any]], bot_id: str) -> list[dict[str, Any]]:
    """The blocks that may be deleted: made by us, with nothing nested in them."""
    return [
        block
        for block in blocks
        if (block.get("created_by") or {}).get("id", bot_id) == bot_id and not block.get("has_children")
    ]


class Change:
    """A run of blocks that stay, or of blocks to put there and blocks to take away."""

    def __init__(
        self, kept: Sequence[dict[str, Any]], missing: Sequence[Block], surplus: Sequence[dict[str, Any]]
    ) -> None:
        self.kept, self.missing, self.surplus = kept, missing, surplus


def changes(present: Sequence[dict[str, Any]], wanted: Sequence[Block]) -> Iterator[Change]:
    """From top to bottom."""
    matcher = SequenceMatcher(None, [*map(_looks, present)], [*map(_looks, wanted)], autojunk=False)
    for kind, start, end, wanted_start, wanted_end in matcher.get_opcodes():
        if kind == "equal":
            yield Change(present[start:end], (), ())
        else:
            yield Change((), wanted[wanted_start:wanted_end], present[start:end])


def batches(blocks: Sequence[Block]) -> Iterator[list[Block]]:
    """Parts that fit a request each."""
    batch: list[Block] = []
    size = 0
    for block in blocks:
        weight = len(json.dumps(block))
        if batch and (len(batch) == MOST_BLOCKS or size + weight > MOST_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(block)
        size += weight
    if batch:
        yield batch


def _looks(block: Mapping[str, Any]) -> tuple[Any, ...]:
    kind = str(block.get("type"))
    return kind, signature((block.get(kind) or {}).get("rich_text") or [])


def _position(after: str | None) -> dict[str, Any]:
    if after is None:
        return {}
    return {"position": {"type": "after_block", "after_block": {"id": after}} if after else {"type": "start"}}


async def _delete(notion: Notion, block_id: str) -> None:
    try:
        await notion.read(lambda api: api.blocks.delete(block_id))
    except Gone:
        return
