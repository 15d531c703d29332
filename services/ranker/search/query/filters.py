"""Filters of a search: categories, dates, authors, and what the user has seen or liked."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from services.ranker.search.query.parsed_query import (
    ParsedQuery,
    Term,
    all_of,
    any_of,
    category_word,
    category_words,
    with_archives,
    without_accents,
    words_of,
)
from shared.categories import category_of
from shared.contracts import FoundPaper, Search

_SEVERAL = re.compile(r"[;,]|\band\b", re.IGNORECASE)
"""What stands between the names of several authors."""


@dataclass(frozen=True)
class Filters:
    """`categories` may be archives (`cs`); days are those of the first submission; `only` and `never` name papers.

    `names` are of authors, `required` what must stand in the text, `without` what must not.
    """

    categories: tuple[str, ...] = ()
    since: date | None = None
    until: date | None = None
    names: tuple[Term, ...] = ()
    required: tuple[Term, ...] = ()
    without: tuple[Term, ...] = ()
    only: frozenset[str] | None = None
    never: frozenset[str] = frozenset()

    @property
    def by_words(self) -> str:
        """What the keyword index alone can filter by, as an FTS5 expression; empty where there is nothing."""
        return all_of(self.names + self.required)

    @property
    def by_words_alone(self) -> bool:
        """Whether `narrowed` and `never` cover all of these filters."""
        return self.only is None and self.since is None and self.until is None

    @property
    def days(self) -> tuple[str, str]:
        """First and last day as text. Papers whose day is not known pass only where any day does."""
        if self.since is None and self.until is None:
            return "", "~"
        return (self.since or date.min).isoformat(), (self.until or date.max).isoformat()

    def __bool__(self) -> bool:
        parts = (self.categories, self.since, self.until, self.by_words, self.without, self.never)
        return any(map(bool, parts)) or self.only is not None

    def lets_by_name(self, paper_id: str) -> bool:
        """Whether a paper passes `only` and `never`."""
        return paper_id not in self.never and (self.only is None or paper_id in self.only)

    def lets(self, paper: FoundPaper) -> bool:
        """Whether a paper that is in no index passes; of words, only those of names are looked for."""
        day = paper.published_at.date().isoformat() if paper.published_at else ""
        return (
            self.lets_by_name(paper.paper_id)
            and self.days[0] <= day <= self.days[1]
            and (not self.categories or bool(set(self.categories) & set(with_archives(paper.categories))))
            and not self._is_in_category_without(paper)
            and all(is_among(term.words, paper.authors) for term in self.names)
        )

    def _is_in_category_without(self, paper: FoundPaper) -> bool:
        words = category_words(paper.categories).split()
        return any(term.words[0] in words for term in self.without if term.column == "categories")

    def narrowed(self, expression: str) -> str:
        """An FTS5 expression for the matches of `expression` (empty: all) that pass these filters, days aside."""
        wanted = tuple(Term((category_word(category),)) for category in self.categories)
        by_category = f"{{categories}} : ({any_of(wanted)})" if wanted else ""
        parts = " AND ".join(f"({part})" for part in (expression, self.by_words, by_category) if part)
        return f"({parts}) NOT ({any_of(self.without)})" if self.without and parts else parts


def is_among(words: Sequence[str], authors: Sequence[str]) -> bool:
    """Whether one of some authors has all these words in their name."""
    sought = set(map(without_accents, words))
    return any(sought <= set(map(without_accents, words_of(author))) for author in authors)


def filters_of(
    request: Search,
    parsed: ParsedQuery,
    seen: frozenset[str],
    liked: frozenset[str],
    disliked: frozenset[str] = frozenset(),
) -> Filters:
    """The filters of a request: its fields, and those in its words. Of two first days the later one counts."""
    only: frozenset[str] | None = None
    never: frozenset[str] = frozenset()
    for wanted, papers in ((request.seen, seen), (request.liked, liked), (request.disliked or None, disliked)):
        if wanted is True:
            only = papers if only is None else only & papers
        elif wanted is False:
            never |= papers
    names = tuple(Term(words, "authors") for name in _SEVERAL.split(request.author) if (words := words_of(name)))
    return Filters(
        categories=tuple(dict.fromkeys((*_codes(request.categories), *parsed.categories))),
        since=max(filter(None, (request.since, parsed.since)), default=None),
        until=min(filter(None, (request.until, parsed.until)), default=None),
        names=names + parsed.names,
        required=parsed.required,
        without=parsed.without,
        only=only,
        never=never | frozenset(request.like),
    )


def _codes(categories: Sequence[str]) -> list[str]:
    """Categories as arXiv writes them; what arXiv does not have is left as it is, and no paper is in it."""
    return [category_of(category) or category for category in categories]
