"""Words, signs and numbers by which programs say like and dislike, and the mark that exports of papersys carry."""

import math
import re
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import cast

from shared.text.rating_files.rated_rows import Said

_WORDS: Mapping[Said, str] = {
    "like": "like liked likes love loved favorite favourite starred star yes y true t positive pos up upvote upvoted "
    "thumbsup good interesting interested relevant +1 👍 ❤ ❤️ ♥ ⭐",
    "dislike": "dislike disliked dislikes hate no n false f negative neg down downvote downvoted thumbsdown bad boring "
    "uninteresting irrelevant notinterested notrelevant 👎",
    "clear": "clear cleared removed",
    "neutral": "neutral skip skipped seen meh maybe indifferent ok",
    "unknown": "unknown none null nan na n/a unrated todo unread ? -",
}
_SAID: Mapping[str, Said] = {"": "unknown", **{word: said for said, words in _WORDS.items() for word in words.split()}}
_SHADES = re.compile("[\U0001f3fb-\U0001f3ff\ufe0f]")
"""Skin tones of a hand, and the wish for a coloured sign."""
_SCALES = (5, 10, 100)
_MARK = re.compile(r"papersys: (like|dislike|clear)(?: at (\S+))?(?!\w)")
WORDS = "like, dislike, neutral, unknown"


def said_by(word: str, *, top: int = 0) -> Said | None:
    """What a word of a rating means; a number on a scale up to `top`. None for a word that is not known."""
    plain = re.sub(r"[\s_]|(?<=\w)-(?=\w)", "", _SHADES.sub("", word).strip().strip("\"'").casefold())
    number = _number(plain)
    if number is None:
        return _SAID.get(plain)
    if top:
        return (
            "like"
            if number >= 0.8 * top
            else "dislike"
            if 0 < number <= 0.4 * top
            else "neutral"
            if number
            else "unknown"
        )
    return {1.0: "like", -1.0: "dislike", 0.0: "neutral"}.get(number)  # type: ignore[return-value]


def scale_of(words: Collection[str]) -> int:
    """The top of the scale on which ratings are numbers (5, 10 or 100): all are such numbers, and one is more than 1.

    0 for words, and for 1, 0 and -1.
    """
    numbers = [_number(word.strip()) for word in words if word.strip()]
    known = [number for number in numbers if number is not None]
    if not known or len(known) < len(numbers) or max(known) <= 1 or min(known) < 0:
        return 0
    return next((top for top in _SCALES if max(known) <= top), 0)


def keyword_rating(keywords: str) -> Said | None:
    """The rating that is among keywords, such as `disliked` in exports of papersys; None for none, or both."""
    said = {_SAID.get(word.strip().casefold()) for word in re.split(r"[;,|\n]", keywords) if word.strip()}
    likes = said & {"like", "dislike"} if keywords else set()
    return likes.pop() if len(likes) == 1 else None


def mark_of(said: Said, at: datetime) -> str:
    """The mark by which an export for reference managers says a rating and its moment."""
    return f"papersys: {said} at {at.isoformat()}"


def read_mark(text: str) -> tuple[Said, str] | None:
    """The rating of a mark and its moment as text; None where a text holds none."""
    match = _MARK.search(text)
    return (cast(Said, match[1]), match[2] or "") if match else None


def _number(word: str) -> float | None:
    try:
        number = float(word.replace(",", "."))
    except ValueError:
        return None
    return number if math.isfinite(number) else None
