"""Where a quote stands in `document.md`: quotes are looked up in plain text, a reader opens the Markdown.

Offsets count characters of the file as `DocumentStore.markdown` gives it. The document is made plain section by
section, so that a formula or a block of code that never ends costs the places of its own section only.
"""

import re
from collections.abc import Iterator
from functools import cached_property
from typing import NamedTuple

from services.summarizer.evidence.quotes import WordIndex
from services.summarizer.text.passages import one_line, plain_text, traced_plain_text
from services.summarizer.text.traced_text import TracedText

_FENCE = re.compile(r"^(?:```|~~~)")
_HEADING = re.compile(r"^#{1,6}\s+(.*?)\s*#*\s*$")
_FIRST_LINE = re.compile(r"[^\n]*")


class Place(NamedTuple):
    """Characters `start` (inclusive) to `end` (exclusive) of `document.md`."""

    start: int
    end: int


class _Section:
    """A section of the document, made plain when something is first looked for in it."""

    def __init__(self, title: str, markdown: str, offset: int) -> None:
        self.title = title
        self._markdown = markdown
        self._offset = offset

    @cached_property
    def _plain(self) -> TracedText:
        return traced_plain_text(self._markdown)

    @cached_property
    def _words(self) -> WordIndex:
        return WordIndex(self._plain.text)

    def find(self, quote: str) -> Place | None:
        at = self._plain.text.find(quote)
        span = (at, at + len(quote)) if at >= 0 else self._words.find_words_of(quote)
        if span is None:
            return None
        start, end = self._widest(quote, *span)
        return Place(start + self._offset, end + self._offset)

    def _widest(self, quote: str, first: int, last: int) -> tuple[int, int]:
        """The Markdown of a stretch of plain text; with the marks around it where it is only whole with them."""
        start, end = self._start(first), self._end(last)
        before = self._markdown[self._end(first) if first else 0 : start].rpartition("\n")[2].lstrip()
        after = _FIRST_LINE.match(self._markdown, end, self._start(last))
        wide_start, wide_end = start - len(before), end + len(after[0].rstrip() if after else "")
        for candidate in ((start, end), (wide_start, wide_end), (wide_start, end), (start, wide_end)):
            if one_line(plain_text(self._markdown[slice(*candidate)])) == one_line(quote):
                return candidate
        return start, end

    def _start(self, at: int) -> int:
        """Where the character of the plain text stood; the end of the section after the last one."""
        origins = self._plain.origins
        return int(origins[at]) if at < len(origins) else len(self._markdown)

    def _end(self, at: int) -> int:
        """Just after the character that stands before `at`; an entity is one character."""
        origin = int(self._plain.origins[at - 1])
        is_entity = self._markdown[origin] == "&" and not self._markdown.startswith("& ", origin)
        end = self._markdown.find(";", origin, origin + 8) if is_entity else -1
        return max(origin, end) + 1


class Places:
    """The searchable `document.md` of one paper; without a document nothing has a place."""

    def __init__(self, markdown: str) -> None:
        self._sections = [_Section(*part) for part in _parts(markdown)]

    def find(self, quote: str, section: str = "") -> Place | None:
        """The place of words as the paper has them, in the section of that title if they stand there."""
        title = section.casefold()
        for part in sorted(self._sections, key=lambda part: part.title.casefold() != title):
            place = part.find(quote) if quote else None
            if place is not None:
                return place
        return None


def _parts(markdown: str) -> Iterator[tuple[str, str, int]]:
    """Title, text and offset of each part between headings; no line of code or of a formula is a heading."""
    title, start, position = "", 0, 0
    in_fence = in_math = False
    for line in markdown.splitlines(keepends=True):
        in_fence ^= bool(_FENCE.match(line))
        heading = None if in_fence or in_math else _HEADING.match(line.rstrip("\n"))
        in_math ^= not in_fence and line.count("$$") % 2 == 1
        if heading:
            yield title, markdown[start:position], start
            title, start = one_line(heading[1]), position + len(line)
        position += len(line)
    yield title, markdown[start:], start
