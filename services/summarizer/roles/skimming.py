"""A text to be skimmed: the sentences that state problem, method, result and limitations, with their places.

The abstract is read by the model of roles, the body by section titles and words, as summaries without a language model
are. Levels say how dense the marks are (`shared/contracts/papers/reading.py`).
"""

import itertools
import re
from collections.abc import Iterator
from typing import NamedTuple, get_args

from services.summarizer.roles.abstracts import roles_of_abstract
from services.summarizer.roles.full_text import admitted_in, margins
from services.summarizer.text.passages import ABSTRACT, traced_plain_text
from services.summarizer.text.sentences import Sentence, is_statement, sentence_ends
from shared.contracts import RoleSpan, SkimRole

_HEADING = re.compile(r"^#{1,6}[ \t]+(.*?)[ \t]*#*[ \t]*$", re.M)
_CODE = re.compile(r"^(?P<fence>```|~~~).*?(?:^(?P=fence)|\Z)", re.M | re.S)
_CLASSIFIED = re.compile(
    r"\b(?:(?:(?:19|20)\d\d\s+)?(?:AMS\s+)?mathematics subject classifications?|MSC\s?(?:19|20)\d\d"
    r"|key\s?words(?: and phrases)?\s*[:.—–-]|PACS(?: numbers?)?\s*[:.])",
    re.I,
)
"""What stands at the end of an abstract and is none of it."""
_WORD, _FEWEST_WORDS = re.compile(r"[^\W\d_]{2,}"), 3
_NOT_READ = re.compile(r"\W*(?:[\dIVX.]+\s+)?(?:references|bibliography|acknowledge?ments?|literature cited)\b", re.I)
_A_ROLE_OF, _FEWEST = 60, 3
"""On level 3 a role has one sentence in so many, and some in any case."""
_MAYBE = -0.3
_FIRST_SECTIONS = 2
"""What comes before the first heading, the title, and the section after it."""
_ROLES: tuple[SkimRole, ...] = get_args(SkimRole)
_OF_ABSTRACTS: dict[str, SkimRole] = {"task": "problem", **{role: role for role in _ROLES}}


class _Placed(NamedTuple):
    """A sentence and the characters of the document that it stands at."""

    sentence: Sentence
    start: int
    end: int


def role_spans(markdown: str) -> list[RoleSpan]:
    """The marked sentences in the order of the text; of several roles each has the likeliest."""
    abstract: list[RoleSpan] = []
    body: list[_Placed] = []
    for number, (title, start, end) in enumerate(_sections(markdown)):
        if _is_abstract(title, number):
            abstract += _abstract_spans(markdown, start, end)
        elif not _NOT_READ.match(title):
            body += _placed(title, markdown, start, end)
    return sorted([*abstract, *_body_spans(body)], key=lambda span: span.start)


def _is_abstract(title: str, number: int) -> bool:
    """Whether a section is the abstract, which some journals call a summary; not the one at a paper's end."""
    name = title.strip(" .:").casefold()
    return name == ABSTRACT.casefold() or (name == "summary" and number <= _FIRST_SECTIONS)


def _sections(markdown: str) -> Iterator[tuple[str, int, int]]:
    """The title of each section and where its text begins and ends."""
    code = [match.span() for match in _CODE.finditer(markdown)]
    found_all = _HEADING.finditer(markdown)
    headings = [found for found in found_all if not any(start < found.start() < end for start, end in code)]
    starts = [("", 0, 0), *((found[1], found.start(), found.end()) for found in headings)]
    for (title, _, start), (_, end, _) in itertools.pairwise([*starts, ("", len(markdown), 0)]):
        yield title, start, end


def _placed(title: str, markdown: str, start: int, end: int) -> Iterator[_Placed]:
    traced = traced_plain_text(markdown[start:end])
    position = 0
    for paragraph in traced.text.split("\n\n"):
        bounds = [0, *sentence_ends(paragraph), len(paragraph)]
        for number, (left, right) in enumerate(itertools.pairwise(bounds)):
            text = paragraph[left:right].strip()
            if text and is_statement(text):
                first = position + left + paragraph[left:right].index(text)
                place = int(traced.origins[first]), int(traced.origins[first + len(text) - 1]) + 1
                sentence = Sentence(text, title, number / max(1, len(bounds) - 2))
                yield _Placed(sentence, start + place[0], start + place[1])
        position += len(paragraph) + 2


def _abstract_spans(markdown: str, start: int, end: int) -> Iterator[RoleSpan]:
    traced = traced_plain_text(markdown[start:end])
    classified = _CLASSIFIED.search(traced.text)
    sentences = roles_of_abstract(traced.text[: classified.start()] if classified else traced.text)
    admitted = admitted_in([found.text for found in sentences])
    for row, found in enumerate(sentences):
        role = "limitation" if row in admitted else _OF_ABSTRACTS.get(found.role or "")
        if role and found.end > found.start and len(_WORD.findall(found.text)) >= _FEWEST_WORDS:
            first, last = int(traced.origins[found.start]), int(traced.origins[found.end - 1])
            yield RoleSpan(start=start + first, end=start + last + 1, role=role, level=1)


def _body_spans(body: list[_Placed]) -> Iterator[RoleSpan]:
    rows = margins([placed.sentence for placed in body])
    likeliest = [max(_ROLES, key=lambda role, row=row: row[role]) for row in rows]  # type: ignore[misc]
    for role in _ROLES:
        mine = [(-rows[row][role], row) for row in range(len(rows)) if likeliest[row] == role]
        for rank, (against, row) in enumerate(sorted(mine)):
            level = _level(-against, rank, len(body))
            if level is not None:
                yield RoleSpan(start=body[row].start, end=body[row].end, role=role, level=level)


def _level(margin: float, rank: int, count: int) -> int | None:
    """From which density on a sentence is marked that is so sure, as the nth of its role; None: it has no role."""
    if margin < _MAYBE:
        return None
    if margin < 0:
        return 4
    return 2 if rank == 0 else 3 if rank < max(_FEWEST, count // _A_ROLE_OF) else 4
