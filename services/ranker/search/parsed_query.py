"""A typed query as words, phrases, exclusions and fields, and as an FTS5 expression that is safe whatever was typed.

Understood: plain words, "a phrase", -without, title:word, author:name, abstract:word. Everything else is words: FTS5's
own operators, columns and stars never reach it, because every word goes to it as a quoted string.
"""

import re
import unicodedata
from dataclasses import dataclass, field
from typing import Literal

from shared.text import stop_words

Column = Literal["", "title", "abstract", "authors"]

MOST_WORDS = 32
_PIECE = re.compile(
    r'(?P<minus>(?<!\S)-)?(?:(?P<field>title|abstract|author|authors):)?(?:"(?P<phrase>[^"]*)"|(?P<word>\S+))'
)
_WORD = re.compile(r"[^\W_]+", re.UNICODE)
_COLUMNS: dict[str, Column] = {"title": "title", "abstract": "abstract", "author": "authors", "authors": "authors"}
STOP_WORDS = stop_words.STOP_WORDS | {"paper", "papers"}
"""Every hit is a paper."""


@dataclass(frozen=True)
class Term:
    """A word, or several that stand side by side; `column` empty: anywhere."""

    words: tuple[str, ...]
    column: Column = ""

    @property
    def expression(self) -> str:
        """The term as FTS5 reads it: quoted, so that nothing in it is an operator."""
        quoted = " + ".join(f'"{word}"' for word in self.words)
        return f"{{{self.column}}} : ({quoted})" if self.column else quoted

    def within(self, column: Column) -> "Term":
        return Term(self.words, self.column or column)


@dataclass(frozen=True)
class ParsedQuery:
    """`terms` to find, `without` to exclude, `names` of authors; `plain` is the text that is embedded."""

    terms: tuple[Term, ...] = ()
    without: tuple[Term, ...] = ()
    plain: str = ""
    names: tuple[Term, ...] = field(default=())

    def __bool__(self) -> bool:
        return bool(self.terms or self.names)


def parse_query(text: str) -> ParsedQuery:
    """Any text can be parsed; one without a letter or digit gives an empty query."""
    terms: list[Term] = []
    without: list[Term] = []
    names: list[Term] = []
    plain: list[str] = []
    for piece in _PIECE.finditer(text):
        words = words_of(piece["phrase"] if piece["phrase"] is not None else piece["word"])
        column = _COLUMNS.get(piece["field"] or "", "")
        if not words:
            continue
        if piece["minus"]:
            without.append(Term(words, column))
        elif column == "authors":
            names += [Term((word,), column) for word in words]
        else:
            plain.append(" ".join((piece["phrase"] or piece["word"]).split()))
            together = piece["phrase"] is not None
            terms += [Term(words, column)] if together else [Term((word,), column) for word in words]
    return ParsedQuery(
        _without_stop_words(terms), tuple(without[:MOST_WORDS]), " ".join(plain), tuple(names[:MOST_WORDS])
    )


def words_of(text: str) -> tuple[str, ...]:
    """The words of a text in lower case, as the index's tokenizer cuts them; each at most 64 letters long."""
    return tuple(word.lower()[:64] for word in _WORD.findall(unicodedata.normalize("NFC", text)))


def all_of(terms: tuple[Term, ...]) -> str:
    return " AND ".join(f"({term.expression})" for term in terms)


def any_of(terms: tuple[Term, ...]) -> str:
    return " OR ".join(f"({term.expression})" for term in terms)


def category_word(category: str) -> str:
    """A category as one word that no text has and that stemming leaves alone: `cs.LG` is `zqcslg9`."""
    return f"zq{''.join(_WORD.findall(category.casefold()))}9"


def category_words(categories: tuple[str, ...]) -> str:
    """What is indexed of a paper's categories."""
    return " ".join(dict.fromkeys(map(category_word, with_archives(categories))))


def with_archives(categories: tuple[str, ...]) -> tuple[str, ...]:
    """The categories and the archives they belong to: `cs.LG` is of `cs`."""
    return tuple(dict.fromkeys([*categories, *(category.partition(".")[0] for category in categories)]))


def _without_stop_words(terms: list[Term]) -> tuple[Term, ...]:
    """Each term once, without words such as `of`, unless there are no others."""
    unique = tuple(dict.fromkeys(terms))
    kept = tuple(term for term in unique if len(term.words) > 1 or term.words[0] not in STOP_WORDS)
    return (kept or unique)[:MOST_WORDS]
