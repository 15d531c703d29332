"""The parts of a question that asks several things: each is looked for, and answered or not, by itself."""

import re

from services.summarizer.evidence.wording import content_stems
from services.summarizer.text.passages import one_line

_BEFORE = r"(?:(?:and|but|or|also)\s+)*(?:(?:for|in|on|at|by|with|from|to|of|under|against|during)\s+)?"
_ASKING = r"(?:what|which|how|why|when|where|who|whom|whose)\b"
_BETWEEN = re.compile(rf"\?\s+|\s*[,;]\s*(?={_BEFORE}{_ASKING})|\s+and\s+(?={_BEFORE}{_ASKING})", re.I)
_FIRST = re.compile(
    rf"\W*{_BEFORE}(?:(?!when|where){_ASKING}|(?:is|are|was|were|does|do|did|can|could|has|have|will|would|should)\b)",
    re.I,
)
_NEXT = re.compile(rf"\W*{_BEFORE}{_ASKING}", re.I)
_AND = re.compile(r"^(?:(?:and|but|or|also)\s+)+", re.I)
_MOST_PARTS, _FEWEST_WORDS = 4, 2


def question_parts(question: str) -> list[str]:
    """The questions that a text asks; none where it asks one, or where one of them does not stand alone.

    `how fast was it?` has too few words of its own to be told from any other speed.
    """
    parts = [part.strip(" ,;?") for part in _BETWEEN.split(one_line(question))]
    parts = [part for part in parts if part]
    if not 1 < len(parts) <= _MOST_PARTS or not _FIRST.match(parts[0]) or not all(map(_NEXT.match, parts[1:])):
        return []
    return [f"{_AND.sub('', part)}?" for part in parts] if all(map(_stands_alone, parts)) else []


def _stands_alone(part: str) -> bool:
    return len(content_stems(part)) >= _FEWEST_WORDS
