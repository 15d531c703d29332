"""Filters of a search: categories, dates, authors, and what the user has seen or liked."""

from dataclasses import dataclass
from datetime import date

from services.ranker.search.parsed_query import (
    ParsedQuery,
    Term,
    all_of,
    any_of,
    category_word,
    with_archives,
    words_of,
)
from shared.contracts import FoundPaper, Search


@dataclass(frozen=True)
class Filters:
    """`categories` may be archives (`cs`); days are those of the first submission; `only` and `never` name papers."""

    categories: tuple[str, ...] = ()
    since: date | None = None
    until: date | None = None
    names: tuple[Term, ...] = ()
    without: tuple[Term, ...] = ()
    only: frozenset[str] | None = None
    never: frozenset[str] = frozenset()

    @property
    def by_words(self) -> str:
        """What the keyword index alone can filter by, as an FTS5 expression; empty where there is nothing."""
        return all_of(self.names)

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
        parts = (self.categories, self.since, self.until, self.names, self.without, self.never)
        return any(map(bool, parts)) or self.only is not None

    def lets_by_name(self, paper_id: str) -> bool:
        """Whether a paper passes `only` and `never`."""
        return paper_id not in self.never and (self.only is None or paper_id in self.only)

    def lets(self, paper: FoundPaper) -> bool:
        """Whether a paper that is in no index passes."""
        day = paper.published_at.date().isoformat() if paper.published_at else ""
        names = set(words_of(" ".join(paper.authors)))
        return (
            self.lets_by_name(paper.paper_id)
            and self.days[0] <= day <= self.days[1]
            and (not self.categories or bool(set(self.categories) & set(with_archives(paper.categories))))
            and all(word in names for term in self.names for word in term.words)
        )

    def narrowed(self, expression: str) -> str:
        """An FTS5 expression for the matches of `expression` (empty: all) that pass these filters, days aside."""
        wanted = tuple(Term((category_word(category),)) for category in self.categories)
        by_category = f"{{categories}} : ({any_of(wanted)})" if wanted else ""
        parts = " AND ".join(f"({part})" for part in (expression, self.by_words, by_category) if part)
        return f"({parts}) NOT ({any_of(self.without)})" if self.without and parts else parts


def filters_of(request: Search, parsed: ParsedQuery, seen: frozenset[str], liked: frozenset[str]) -> Filters:
    """The filters of a request: its fields, and the names and exclusions in its words."""
    only: frozenset[str] | None = None
    never: frozenset[str] = frozenset()
    for wanted, papers in ((request.seen, seen), (request.liked, liked)):
        if wanted is True:
            only = papers if only is None else only & papers
        elif wanted is False:
            never |= papers
    names = tuple(Term((word,), "authors") for word in words_of(request.author))
    return Filters(
        categories=request.categories,
        since=request.since,
        until=request.until,
        names=names + parsed.names,
        without=parsed.without,
        only=only,
        never=never | frozenset(request.like),
    )
