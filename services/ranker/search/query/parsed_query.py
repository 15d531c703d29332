"""A typed query as words, phrases, exclusions and fields.

Understood: plain words, "a phrase", -without, title:word, abstract:word, author:name, cat:cs.LG, from:2026-01, to:2026,
is:published, is:accepted, and arXiv's own short names of fields. Everything else is words.
"""

import re
import unicodedata
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from services.ranker.search.query.periods import period_of
from shared.categories import category_of, nearest_category
from shared.contracts import PublicationFilter
from shared.text import stop_words

Column = Literal["", "title", "abstract", "authors", "categories"]

MOST_WORDS = 32
_PIECE = re.compile(
    r"(?P<minus>(?<!\S)-)?(?:(?P<field>(?i:title|ti|abstract|abs|authors?|au|category|cat|from|since|after|to|until|before|date|is)):)?"
    r'(?:"(?P<phrase>[^"]*)"|(?P<word>\S+))'
)
_WORD = re.compile(r"[^\W_]+", re.UNICODE)
_COLUMNS: dict[str, Column] = {
    "title": "title",
    "ti": "title",
    "abstract": "abstract",
    "abs": "abstract",
    "author": "authors",
    "authors": "authors",
    "au": "authors",
    "category": "categories",
    "cat": "categories",
}
_SINCE, _UNTIL = ("from", "since", "after"), ("to", "until", "before")
STOP_WORDS = stop_words.STOP_WORDS | {"paper", "papers"}
"""Every hit is a paper."""


@dataclass(frozen=True)
class Term:
    """A word, or several that stand side by side; `column` empty: anywhere. Of categories it is their codes."""

    words: tuple[str, ...]
    column: Column = ""


@dataclass(frozen=True)
class ParsedQuery:
    """`terms` to find, of which the `required` ones (phrases, words of a field) must be there; `without` to exclude.

    `names` are of authors; `plain` is the text that is embedded; `problem` says what in it cannot be meant.
    """

    terms: tuple[Term, ...] = ()
    without: tuple[Term, ...] = ()
    plain: str = ""
    names: tuple[Term, ...] = field(default=())
    required: tuple[Term, ...] = ()
    categories: tuple[str, ...] = ()
    since: date | None = None
    until: date | None = None
    publication: PublicationFilter = ""
    problem: str = ""

    def __bool__(self) -> bool:
        return bool(self.terms or self.names)


class _Parser:
    """What was read of a query so far."""

    def __init__(self) -> None:
        self.terms: list[Term] = []
        self.required: list[Term] = []
        self.without: list[Term] = []
        self.names: list[Term] = []
        self.plain: list[str] = []
        self.categories: list[str] = []
        self.problems: list[str] = []
        self.since: date | None = None
        self.until: date | None = None
        self.publication: PublicationFilter = ""

    def read(self, piece: re.Match[str]) -> None:
        text = piece["word"] if piece["phrase"] is None else piece["phrase"]
        name = (piece["field"] or "").lower()
        if name in ("date", *_SINCE, *_UNTIL):
            self._read_days(name, text)
        elif name == "is":
            self._read_publication(text)
        elif _COLUMNS.get(name) == "categories":
            self._read_categories(text, is_excluded=bool(piece["minus"]))
        elif words := words_of(text):
            self._read_words(piece, words[:MOST_WORDS], _COLUMNS.get(name, ""))

    def _read_days(self, name: str, text: str) -> None:
        try:
            first, last = period_of(text, is_open=name == "date")
        except ValueError as error:
            self.problems.append(f"{error}.")
            return
        if name not in _UNTIL:
            self.since = first
        if name not in _SINCE:
            self.until = last

    def _read_publication(self, text: str) -> None:
        match text.lower():
            case "published":
                self.publication = "published"
            case "accepted":
                self.publication = self.publication or "accepted"
            case _:
                self.problems.append(f"{text[:40]!r} cannot be looked for; write is:published or is:accepted.")

    def _read_categories(self, text: str, *, is_excluded: bool) -> None:
        for name in text.replace(",", " ").split():
            code = category_of(name)
            if code is None:
                self.problems.append(unknown_category(name))
            elif is_excluded:
                self.without.append(Term((code,), "categories"))
            else:
                self.categories.append(code)

    def _read_words(self, piece: re.Match[str], words: tuple[str, ...], column: Column) -> None:
        is_phrase = piece["phrase"] is not None
        if piece["minus"]:
            self.without.append(Term(words, column))
        elif column == "authors":
            self.names.append(Term(words, column))
        else:
            self.plain.append(" ".join((piece["phrase"] or piece["word"]).split()))
            terms = [Term(words, column)] if is_phrase else [Term((word,), column) for word in words]
            self.terms += terms
            self.required += terms if is_phrase or column else []


def parse_query(text: str) -> ParsedQuery:
    """Any text can be parsed; one without a letter or digit gives an empty query."""
    parser = _Parser()
    for piece in _PIECE.finditer(text):
        parser.read(piece)
    return ParsedQuery(
        terms=_without_stop_words(parser.terms),
        without=tuple(parser.without[:MOST_WORDS]),
        plain=" ".join(parser.plain),
        names=tuple(parser.names[:MOST_WORDS]),
        required=tuple(dict.fromkeys(parser.required))[:MOST_WORDS],
        categories=tuple(dict.fromkeys(parser.categories))[:MOST_WORDS],
        since=parser.since,
        until=parser.until,
        publication=parser.publication,
        problem=" ".join(dict.fromkeys(parser.problems[:MOST_WORDS])),
    )


def unknown_category(name: str) -> str:
    """What to say of a category that arXiv does not have."""
    nearest = nearest_category(name)
    return f"arXiv has no category {name[:40]!r}{f'; did you mean {nearest}?' if nearest else '.'}"


def words_of(text: str) -> tuple[str, ...]:
    """The words of a text in lower case, as the index cuts them; each at most 64 letters long."""
    return tuple(word.lower()[:64] for word in _WORD.findall(unicodedata.normalize("NFC", text)))


def with_archives(categories: tuple[str, ...]) -> tuple[str, ...]:
    """The categories and the archives they belong to: `cs.LG` is of `cs`."""
    return tuple(dict.fromkeys([*categories, *(category.partition(".")[0] for category in categories)]))


def _without_stop_words(terms: list[Term]) -> tuple[Term, ...]:
    """Each term once, without words such as `of`, unless there are no others."""
    unique = tuple(dict.fromkeys(terms))
    kept = tuple(term for term in unique if len(term.words) > 1 or term.words[0] not in STOP_WORDS)
    return (kept or unique)[:MOST_WORDS]
