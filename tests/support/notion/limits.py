"""What Notion refuses, in its own form: https://developers.notion.com/reference/request-limits and /status-codes."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

MOST_TEXT, MOST_EQUATION, MOST_URL, MOST_ITEMS = 2_000, 1_000, 2_000, 100
MOST_CHILDREN, MOST_BLOCKS, MOST_BYTES, MOST_DEPTH = 100, 1_000, 500 * 1_024, 2
MOST_OPTIONS, MOST_OPTION = 100, 100
TEXT_BLOCKS = {"paragraph", "heading_1", "heading_2", "heading_3", "bulleted_list_item", "numbered_list_item", "quote"}


class Refused(Exception):
    """An answer that is an error."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status, self.code = status, code


def invalid(message: str) -> Refused:
    return Refused(400, "validation_error", message)


def failed(where: str, what: str) -> Refused:
    return invalid(f"body failed validation: body.{where} {what}.")


def check_body(body: Mapping[str, Any], size: int, allowed: Sequence[str]) -> None:
    """The whole body: size, keys, and what must not stand in a text. Raises Refused."""
    if size > MOST_BYTES:
        raise Refused(413, "validation_error", "Request body too large.")
    for key in body:
        if key not in allowed:
            raise failed(key, "should be not present, instead was defined")
    if "\\u0000" in json.dumps(body):
        raise invalid("Unsupported character: \\u0000")


def check_children(children: Any) -> None:
    """Raises Refused."""
    if not isinstance(children, list):
        raise failed("children", "should be an array")
    if len(children) > MOST_CHILDREN:
        raise failed("children.length", f"should be ≤ `{MOST_CHILDREN}`, instead was `{len(children)}`")
    if sum(1 for _ in _nested(children, 0)) > MOST_BLOCKS:
        raise failed("children", f"should have at most {MOST_BLOCKS} blocks")
    for place, (block, depth) in enumerate(_nested(children, 0)):
        if depth >= MOST_DEPTH:
            raise failed(f"children[{place}]", "should be not nested deeper than two levels")
        _check_block(block, f"children[{place}]")


def check_rich_text(items: Any, where: str) -> None:
    """Raises Refused."""
    if not isinstance(items, list):
        raise failed(where, "should be an array")
    if len(items) > MOST_ITEMS:
        raise failed(f"{where}.length", f"should be ≤ `{MOST_ITEMS}`, instead was `{len(items)}`")
    for place, item in enumerate(items):
        _check_item(item, f"{where}[{place}]")


def check_option(name: str, where: str) -> None:
    if not name:
        raise failed(f"{where}.name.length", "should be ≥ `1`, instead was `0`")
    if "," in name:
        raise invalid(f"Invalid select option, commas not allowed: {name}")
    _check_length(name, MOST_OPTION, f"{where}.name")


def check_options(options: Sequence[Mapping[str, Any]], where: str) -> None:
    if len(options) > MOST_OPTIONS:
        raise failed(f"{where}.length", f"should be ≤ `{MOST_OPTIONS}`, instead was `{len(options)}`")
    for place, option in enumerate(options):
        if "name" in option:
            check_option(str(option["name"]), f"{where}[{place}]")
    names = [str(option.get("name", option.get("id"))).casefold() for option in options]
    if len(set(names)) != len(names):
        raise failed(where, "should not name an option twice")


def check_url(url: str | None, where: str) -> None:
    if url is not None:
        _check_length(url, MOST_URL, where)
        if not url.startswith(("http://", "https://", "mailto:")):
            raise invalid("Invalid URL for link.")


def length(text: str) -> int:
    """Characters as JavaScript counts them."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _check_block(block: Any, where: str) -> None:
    kind = block.get("type") if isinstance(block, dict) else None
    if kind == "divider":
        return
    if kind not in TEXT_BLOCKS or not isinstance(block.get(kind), dict):
        raise failed(f"{where}.{kind}", "should be defined, instead was `undefined`")
    if extra := set(block) - {"object", "type", kind}:
        raise failed(f"{where}.{min(extra)}", "should be not present")
    check_rich_text(block[kind].get("rich_text"), f"{where}.{kind}.rich_text")


def _check_item(item: Any, where: str) -> None:
    kind = item.get("type", "text") if isinstance(item, dict) else ""
    if kind == "equation":
        _check_length(item["equation"]["expression"], MOST_EQUATION, f"{where}.equation.expression")
    elif kind == "text" and isinstance(item.get("text"), dict):
        _check_length(item["text"]["content"], MOST_TEXT, f"{where}.text.content")
        check_url((item["text"].get("link") or {}).get("url"), f"{where}.text.link.url")
    else:
        raise failed(where, "should be a text or an equation")
    for name in item.get("annotations", {}):
        if name not in {"bold", "italic", "strikethrough", "underline", "code", "color"}:
            raise failed(f"{where}.annotations.{name}", "should be not present")


def _check_length(text: Any, most: int, where: str) -> None:
    if not isinstance(text, str):
        raise failed(where, "should be a string")
    if length(text) > most:
        raise failed(f"{where}.length", f"should be ≤ `{most}`, instead was `{length(text)}`")


def _nested(blocks: Sequence[Any], depth: int) -> Iterator[tuple[Any, int]]:
    for block in blocks:
        yield block, depth
        kind = block.get("type") if isinstance(block, dict) else None
        inner = block.get(kind, {}).get("children", []) if kind else []
        yield from _nested(inner, depth + 1)
