"""Text of papers as Notion's rich text: within its limits, formulas as equations, nothing but text otherwise.

Limits: https://developers.notion.com/reference/request-limits. Characters count as in JavaScript, in UTF-16.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from services.publisher.rendering.safe_html import Part, claim_parts, parts_of, without_controls

RichText = dict[str, Any]


class Look(NamedTuple):
    """What a piece of text says, and how."""

    kind: str
    words: str
    styles: frozenset[str]
    link: str


_STYLES = ("bold", "italic", "strikethrough", "code")

MOST_CHARACTERS, MOST_ITEMS, MOST_EQUATION = 2_000, 100, 1_000
MOST_OPTION, MOST_OPTIONS, MOST_URL = 100, 100, 2_000
_LAST_OF_ONE_UNIT = 0xFFFF


def rich_text(text: str, *, bold: bool = False, italic: bool = False, link: str = "") -> list[RichText]:
    """A text on one line, with formulas as equations; as many items as it needs."""
    marks = {name: True for name, is_on in (("bold", bold), ("italic", italic)) if is_on}
    one_line = " ".join(without_controls(text).split())
    return [item for part in parts_of(one_line) for item in _items(part, marks, link)]


def claim_text(text: str) -> list[RichText]:
    """A sentence out of a converted paper: Markdown within a line becomes styles, formulas equations."""
    one_line = " ".join(without_controls(text).split())
    parts = claim_parts(one_line)
    return [item for part, styles in parts for item in _items(part, dict.fromkeys(sorted(styles), True), "")]


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


def signature(items: Iterable[Mapping[str, Any]]) -> tuple[Look, ...]:
    """What a text says and how, for comparing ours with Notion's, which joins neighbours that look alike."""
    joined: list[Look] = []
    for item in items:
        piece = _looks(item)
        if joined and joined[-1]._replace(words="") == piece._replace(words="") and piece.kind != "equation":
            joined[-1] = piece._replace(words=joined[-1].words + piece.words)
        else:
            joined.append(piece)
    return tuple(joined)


def _looks(item: Mapping[str, Any]) -> Look:
    kind, annotations = str(item.get("type", "text")), item.get("annotations") or {}
    styles = frozenset(style for style in _STYLES if annotations.get(style))
    if kind == "equation":
        return Look(kind, str(item["equation"]["expression"]), styles, "")
    text = item.get("text") or {}
    link = (text.get("link") or {}).get("url", "")
    return Look(kind, str(text.get("content", item.get("plain_text", ""))), styles, link)


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
