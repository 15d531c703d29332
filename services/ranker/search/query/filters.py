"""Filters of a search: categories, dates, authors, and what the user has seen or liked."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from services.ranker.search.query.parsed_query import ParsedQuery, Term, with_archives, words_of
from shared.categories import category_of
from shared.contracts import FoundPaper, PublicationFilter, Search
from shared.search.analyzer import name_keys

_SEVERAL = re.compile(r"[;,]|\band\b", re.IGNORECASE)
"""What stands between the names of several authors."""


@dataclass(frozen=True)
class Filters:
    """`categories` may be archives (`cs`); days are those of the first submission; `only` and `never` name papers.

    `publication`: only papers that were accepted or published, or published ones alone.
    `names` are of authors, `required` what must stand in the text, `either` of which one must, `without` what must not.
    """

    categories: tuple[str, ...] = ()
    since: date | None = None
    until: date | None = None
    names: tuple[Term, ...] = ()
    required: tuple[Term, ...] = ()
    either: tuple[Term, ...] = ()
    without: tuple[Term, ...] = ()
    only: frozenset[str] | None = None
    never: frozenset[str] = frozenset()
    publication: PublicationFilter = ""

    def __bool__(self) -> bool:
        return self != Filters()

    def lets(self, paper: FoundPaper) -> bool:
        """Whether a paper that is in no index passes; of words, only those of names are looked for.

        Where it was published is not known of such a paper.
        """
        categories = set(with_archives(paper.categories))
        return (
            not self.publication
            and paper.paper_id not in self.never
            and (self.only is None or paper.paper_id in self.only)
            and self._has_day(paper.published_at.date() if paper.published_at else None)
            and (not self.categories or not categories.isdisjoint(self.categories))
            and all(categories.isdisjoint(term.words) for term in self.without if term.column == "categories")
            and all(is_among(term.words, paper.authors) for term in self.names)
        )

    def _has_day(self, day: date | None) -> bool:
        """Papers whose day is not known pass only where any day does."""
        if day is None:
            return self.since is None and self.until is None
        return (self.since or date.min) <= day <= (self.until or date.max)


def is_among(words: Sequence[str], authors: Sequence[str]) -> bool:
    """Whether one of some authors has all these words in their name."""
    sought = set(name_keys(" ".join(words)))
    return any(sought <= set(name_keys(author)) for author in authors)


def filters_of(
    request: Search,
    parsed: ParsedQuery,
    seen: frozenset[str],
    liked: frozenset[str],
    disliked: frozenset[str] = frozenset(),
) -> Filters:
    """The filters of a request: its fields, and those in its words."""
    only: frozenset[str] | None = None
    never: frozenset[str] = frozenset()
    for wanted, papers in ((request.seen, seen), (request.liked, liked), (request.disliked or None, disliked)):
        if wanted is True:
            only = papers if only is None else only & papers
        elif wanted is False:
            never |= papers
    since, until = days_of(request, parsed)
    names = tuple(Term(words, "authors") for name in _SEVERAL.split(request.author) if (words := words_of(name)))
    return Filters(
        categories=tuple(dict.fromkeys((*_codes(request.categories), *parsed.categories))),
        since=since,
        until=until,
        names=names + parsed.names,
        required=parsed.required,
        without=parsed.without,
        only=only,
        never=never | frozenset(request.like),
        publication=request.publication or parsed.publication,
    )


def days_of(request: Search, parsed: ParsedQuery) -> tuple[date | None, date | None]:
    """The first and the last day that are wanted: the narrower of those in the request's fields and in its words."""
    since = max(filter(None, (request.since, parsed.since)), default=None)
    return since, min(filter(None, (request.until, parsed.until)), default=None)


def _codes(categories: Sequence[str]) -> list[str]:
    """Categories as arXiv writes them; what arXiv does not have is left as it is, and no paper is in it."""
    return [category_of(category) or category for category in categories]
