"""Text of papers as Notion's rich text: within its limits, formulas as equations, nothing but text otherwise.

Limits: https://developers.notion.com/reference/request-limits. Characters count as in JavaScript, in UTF-16.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from services.publisher.rendering.safe_html import Part, parts_of, without_controls

RichText = dict[str, Any]

MOST_CHARACTERS, MOST_ITEMS, MOST_EQUATION = 2_000, 100, 1_000
MOST_OPTION, MOST_OPTIONS, MOST_URL = 100, 100, 2_000
_LAST_OF_ONE_UNIT = 0xFFFF


def rich_text(text: str, *, bold: bool = False, italic: bool = False, link: str = "") -> list[RichText]:
    """A text on one line, with formulas as equations; as many items as it needs."""
    marks = {name: True for name, is_on in (("bold", bold), ("italic", italic)) if is_on}
    one_line = " ".join(without_controls(text).split())
    return [item for part in parts_of(one_line) for item in _items(part, marks, link)]


def at_most(items: Sequence[RichText], most: int = MOST_ITEMS) -> list[RichText]:
    """The first items of a text that is too long for one property, with a sign that it goes on."""
    return [*items] if len(items) <= most else [*items[: most - 1], _text(" …", {}, "")]


def option_names(names: Iterable[str]) -> list[str]:
    """Names as options of a multi-select: no commas, not too long, each once whatever its case, not too many."""
    shown: dict[str, str] = {}
    for name in names:
        plain = " ".join(without_controls(name).replace(",", ";").split())
        short = next(_pieces(plain, MOST_OPTION), "") if _length(plain) <= MOST_OPTION else _cut(plain)
        if short:
            shown.setdefault(short.casefold(), short)
    return list(shown.values())[:MOST_OPTIONS]


def signature(items: Iterable[Mapping[str, Any]]) -> tuple[tuple[str, str, bool, bool, str], ...]:
    """What a text says and how, for comparing ours with Notion's, which joins neighbours that look alike."""
    joined: list[tuple[str, str, bool, bool, str]] = []
    for item in items:
        piece = _looks(item)
        if joined and (joined[-1][0], *joined[-1][2:]) == (piece[0], *piece[2:]) and piece[0] != "equation":
            joined[-1] = (piece[0], joined[-1][1] + piece[1], *piece[2:])
        else:
            joined.append(piece)
    return tuple(joined)


def _looks(item: Mapping[str, Any]) -> tuple[str, str, bool, bool, str]:
    kind, marks = str(item.get("type", "text")), item.get("annotations") or {}
    bold, italic = bool(marks.get("bold")), bool(marks.get("italic"))
    if kind == "equation":
        return kind, str(item["equation"]["expression"]), bold, italic, ""
    text = item.get("text") or {}
    link = (text.get("link") or {}).get("url", "")
    return kind, str(text.get("content", item.get("plain_text", ""))), bold, italic, link


def _items(part: Part, marks: Mapping[str, bool], link: str) -> Iterator[RichText]:
    if part.kind != "words" and part.text and _length(part.text) <= MOST_EQUATION:
        yield {
            "type": "equation",
            "equation": {"expression": part.text},
            **({"annotations": {**marks}} if marks else {}),
        }
        return
    text = part.text if part.kind == "words" else f"${part.text}$"
    yield from (_text(piece, marks, link) for piece in _pieces(text, MOST_CHARACTERS))


def _text(content: str, marks: Mapping[str, bool], link: str) -> RichText:
    text: RichText = {"content": content}
    if link and len(link) <= MOST_URL:
        text["link"] = {"url": link}
    return {"type": "text", "text": text, **({"annotations": {**marks}} if marks else {})}


def _pieces(text: str, most: int) -> Iterator[str]:
    """A text cut at `most` UTF-16 units, never within a character."""
    if _length(text) <= most:
        yield from [text] if text else []
        return
    start = size = 0
    for place, character in enumerate(text):
        units = 2 if ord(character) > _LAST_OF_ONE_UNIT else 1
        if size + units > most:
            yield text[start:place]
            start, size = place, 0
        size += units
    if start < len(text):
        yield text[start:]


def _cut(text: str) -> str:
    return next(_pieces(text, MOST_OPTION - 1), "").rstrip() + "…"


def _length(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2
