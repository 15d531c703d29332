"""What changed between two versions of a paper's text, paragraph by paragraph. Pure."""

import difflib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

_SHOWN = 100
_MOST_WORDS = 600
_ALIKE = 0.3
_HEADING = re.compile(r"#{1,6}\s+(.*)")

Kind = Literal["changed", "added", "removed"]


class Paragraph(NamedTuple):
    """A paragraph with the heading it stands under."""

    section: str
    text: str


class Marked(NamedTuple):
    """A paragraph of one version; characters `start` to `end` differ from the other version."""

    text: str
    start: int
    end: int


@dataclass(frozen=True)
class Change:
    """A paragraph that differs; `before` None: it was added, `after` None: it was removed."""

    section: str
    before: Marked | None
    after: Marked | None

    @property
    def kind(self) -> Kind:
        return "added" if self.before is None else "removed" if self.after is None else "changed"


@dataclass(frozen=True)
class Changes:
    """The first hundred changes in the order of the text, and how many there are of each kind."""

    shown: list[Change]
    counts: dict[Kind, int]
    sections: int

    @property
    def total(self) -> int:
        return sum(self.counts.values())


def changes_between(before: str, after: str) -> Changes:
    """What changed from one Markdown to another. Layout (spaces, line ends) does not count."""
    changes = list(_changes(paragraphs_of(before), paragraphs_of(after)))
    kinds = [change.kind for change in changes]
    counts: dict[Kind, int] = {kind: kinds.count(kind) for kind in ("changed", "added", "removed")}
    return Changes(changes[:_SHOWN], counts, len({change.section for change in changes}))


def paragraphs_of(markdown: str) -> list[Paragraph]:
    """The paragraphs of a text in order; headings are paragraphs of their own section."""
    section, found = "", []
    for block in re.split(r"\n\s*\n", markdown):
        text = " ".join(block.split())
        if heading := _HEADING.match(text):
            section = heading[1]
        if text:
            found.append(Paragraph(section, text))
    return found


def _changes(before: Sequence[Paragraph], after: Sequence[Paragraph]) -> Iterator[Change]:
    old, new = [paragraph.text for paragraph in before], [paragraph.text for paragraph in after]
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    for tag, start, end, new_start, new_end in matcher.get_opcodes():
        if tag != "equal":
            yield from _paired(before[start:end], after[new_start:new_end])


def _paired(before: Sequence[Paragraph], after: Sequence[Paragraph]) -> Iterator[Change]:
    """Paragraphs in the place of others: those that are alike are one changed paragraph, in order."""
    left = list(before)
    for paragraph in after:
        place = next((place for place, other in enumerate(left) if _are_alike(other.text, paragraph.text)), None)
        if place is None:
            yield Change(paragraph.section, None, _whole(paragraph))
            continue
        yield from (Change(gone.section, _whole(gone), None) for gone in left[:place])
        yield Change(paragraph.section, *marked(left[place].text, paragraph.text))
        left = left[place + 1 :]
    yield from (Change(gone.section, _whole(gone), None) for gone in left)


def _are_alike(one: str, other: str) -> bool:
    """Whether two paragraphs share a good part of their words, wherever these stand."""
    words, others = set(one.split()[:_MOST_WORDS]), set(other.split()[:_MOST_WORDS])
    return len(words & others) >= _ALIKE * max(len(words), len(others))


def _whole(paragraph: Paragraph) -> Marked:
    return Marked(paragraph.text, 0, 0)


def marked(before: str, after: str) -> tuple[Marked, Marked]:
    """Both with what lies between their common first and last words."""
    old, new = re.findall(r"\S+\s*", before), re.findall(r"\S+\s*", after)
    most = min(len(old), len(new))
    first = next((place for place in range(most) if old[place].strip() != new[place].strip()), most)
    last = next(
        (place for place in range(most - first) if old[-1 - place].strip() != new[-1 - place].strip()), most - first
    )
    return _between(before, old, first, last), _between(after, new, first, last)


def _between(text: str, words: Sequence[str], first: int, last: int) -> Marked:
    start = len("".join(words[:first]))
    return Marked(text, start, max(start, len("".join(words[: len(words) - last]).rstrip())))
