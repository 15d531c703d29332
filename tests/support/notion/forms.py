"""How Notion shows times and texts in its answers."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

Thing = dict[str, Any]


def minute(at: float) -> str:
    """Times are rounded down: https://developers.notion.com/changelog/last-edited-time-is-now-rounded-to-the-nearest-minute"""
    return datetime.fromtimestamp(at - at % 60, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def shown_text(items: Sequence[Mapping[str, Any]]) -> list[Thing]:
    """Rich text as answers show it: neighbours that look alike are one."""
    shown: list[Thing] = []
    plain = dict.fromkeys(("bold", "italic", "strikethrough", "underline", "code"), False)
    for item in items:
        kind, marks = item.get("type", "text"), {**plain, "color": "default", **item.get("annotations", {})}
        if kind == "equation":
            words = item["equation"]["expression"]
            shown.append({"type": kind, "equation": {"expression": words}, "annotations": marks, "plain_text": words})
            continue
        link, words = item["text"].get("link"), item["text"]["content"]
        last = shown[-1] if shown else {}
        if last.get("type") == "text" and last["annotations"] == marks and last["text"]["link"] == link:
            words = last["plain_text"] + words
            shown.pop()
        shown.append(
            {"type": "text", "text": {"content": words, "link": link}, "annotations": marks, "plain_text": words}
        )
    return shown
