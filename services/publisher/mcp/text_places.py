"""Places in a paper's text, as an agent names them: a section by its number or its title, or characters.

A title is a paper's words: where none fits, the refusal holds the headings as quoted matter, apart from its own words.
"""

import json
import re
from collections.abc import Sequence
from typing import NamedTuple

from services.publisher.mcp.paper_results import QuotedSection
from services.publisher.mcp.quoting import NOTICE
from services.publisher.reading.fulltext.full_text import FullText
from shared.errors import PapersysError
from shared.text.safe.quoted_matter import quoted_line

_LONGEST_TITLE, _LONGEST_TOLD, _MOST_TOLD = 300, 100, 60
_LABEL = re.compile(r"^(?:(?i:section|appendix)\s+)?(?:\d+(?:\.\d+)*|[A-Z](?:\.\d+)*|[IVXL]+)[.:)]*\s+(?=\S)")
_MARKS = re.compile(r"[^\w.]+")


class NotHere(PapersysError):
    """What was asked for is not stored."""


class Wanted(NamedTuple):
    """Which piece of a text: a section by its number or title, or characters; the whole text where neither is given."""

    section: int | str | None = None
    start: int | None = None
    end: int | None = None
    page: int = 1

    @property
    def is_a_piece(self) -> bool:
        return any(part is not None for part in (self.section, self.start, self.end))


def place_of(text: FullText, wanted: Wanted) -> tuple[int, int]:
    """The characters that are wanted. Raises NotHere."""
    if wanted.section is not None:
        section = _section(sections_of(text), wanted.section)
        return section.start, section.end
    start, end = wanted.start or 0, len(text.markdown) if wanted.end is None else wanted.end
    if not 0 <= start < end <= len(text.markdown):
        raise NotHere(f"The text has {len(text.markdown)} characters; {start} to {end} is no place in it.")
    return start, end


def sections_of(text: FullText) -> tuple[QuotedSection, ...]:
    """The headings, each with the characters up to the next one that is not below it."""
    starts = [_line_start(text.markdown, text.blocks[heading.block].start) for heading in text.headings]
    ends = [
        next(
            (starts[later] for later in range(place + 1, len(starts)) if text.headings[later].depth <= heading.depth),
            len(text.markdown),
        )
        for place, heading in enumerate(text.headings)
    ]
    return tuple(
        QuotedSection(
            number=number, title=quoted_line(heading.text, _LONGEST_TITLE), depth=heading.depth, start=start, end=end
        )
        for number, (heading, start, end) in enumerate(zip(text.headings, starts, ends, strict=True), start=1)
    )


def _section(sections: Sequence[QuotedSection], wanted: int | str) -> QuotedSection:
    if not sections:
        raise NotHere("The text has no headings; read it by `start` and `end`, or page by page.")
    if isinstance(wanted, int) or wanted.strip().isdecimal():
        number = int(wanted)
        if not 1 <= number <= len(sections):
            raise NotHere(f"The text has {len(sections)} sections, no number {number}.")
        return sections[number - 1]
    fitting = titled(sections, wanted)
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        raise NotHere(_with_titles("Several headings begin so; give the number of one.", fitting))
    raise NotHere(_with_titles("No heading is that, or begins so; give one of these, or its number.", sections))


def titled(sections: Sequence[QuotedSection], wanted: str) -> list[QuotedSection]:
    """The sections with a title, whole or without its label (`2.1`, `Appendix A`); else those that begin with it."""
    words = _plain(wanted)
    names = [(_plain(section.title), _plain(_LABEL.sub("", section.title)), section) for section in sections]
    if not words:
        return []
    same = [section for *titles, section in names if words in titles]
    return same or [section for *titles, section in names if any(title.startswith(words) for title in titles)]


def _plain(title: str) -> str:
    words = (word.strip(".") for word in _MARKS.sub(" ", title.casefold()).split())
    return " ".join(filter(None, words))


def _with_titles(problem: str, sections: Sequence[QuotedSection]) -> str:
    """What is wrong, then headings, in the form that words of papers have everywhere here."""
    titles = [{"number": each.number, "title": quoted_line(each.title, _LONGEST_TOLD)} for each in sections]
    more = f" Of {len(titles)} headings the first {_MOST_TOLD}:" if len(titles) > _MOST_TOLD else ""
    matter = {"notice": NOTICE, "quoted": {"sections": titles[:_MOST_TOLD]}}
    return f"{problem}{more} {json.dumps(matter, ensure_ascii=False)}"


def _line_start(text: str, position: int) -> int:
    return text.rfind("\n", 0, position) + 1
