"""A follow as a query of the keyword index. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.ranker.search.query.filters import filters_of, is_among
from services.ranker.search.query.parsed_query import Term, all_of, any_of, category_word, parse_query, words_of
from shared.categories import category_of
from shared.contracts import Search
from shared.store.people.follows import Follow
from shared.store.tagging.tags import TagIndex

_MOST_NAMES = 20


@dataclass(frozen=True)
class FollowQuery:
    """An FTS5 expression, empty where nothing can match; `name` are the words that one author's name must have."""

    expression: str
    name: tuple[str, ...] = ()

    def lets(self, authors: Sequence[str]) -> bool:
        """Whether a paper of these authors is meant: words of two names side by side are no name."""
        return not self.name or is_among(self.name, authors)


def query_of(follow: Follow, tags: TagIndex) -> FollowQuery:
    """What to look for. A tag is known by its label and its aliases, because papers that arrive have no tags yet."""
    if follow.kind == "author":
        words = words_of(follow.value)
        return FollowQuery(Term(words, "authors").expression if words else "", words)
    if follow.kind == "category":
        code = category_of(follow.value)
        return FollowQuery(Term((category_word(code),), "categories").expression if code else "")
    if follow.kind == "search":
        return FollowQuery(_expression_of_search(follow.value))
    return FollowQuery(_in_text(_phrases_of_tag(follow, tags) if follow.kind == "tag" else (follow.value,)))


def _expression_of_search(query: str) -> str:
    """All the words of a saved search within its filters; its days and its meaning are left aside."""
    parsed = parse_query(query)
    filters = filters_of(Search(query=query), parsed, frozenset(), frozenset())
    return filters.narrowed(all_of(parsed.terms))


def _phrases_of_tag(follow: Follow, tags: TagIndex) -> tuple[str, ...]:
    name = tags.canonical(follow.value) or follow.value
    tag = tags.canonical_tags.get(name)
    return (tag.label, *tag.aliases)[:_MOST_NAMES] if tag else (follow.name,)


def _in_text(phrases: Sequence[str]) -> str:
    """An expression for papers with one of these phrases in title or abstract."""
    terms = tuple(Term(words) for phrase in phrases if (words := words_of(phrase)))
    return f"{{title abstract}} : ({any_of(terms)})" if terms else ""
