"""A follow as filters of the keyword index. Pure."""

from dataclasses import replace

from services.ranker.search.query.filters import Filters, filters_of
from services.ranker.search.query.parsed_query import Term, parse_query, words_of
from shared.categories import category_of
from shared.contracts import Search
from shared.store.people.follows import Follow
from shared.store.tagging.tags import TagIndex

_MOST_NAMES = 20


def filters_of_follow(follow: Follow, tags: TagIndex) -> Filters | None:
    """What papers must pass; None where nothing can match.

    A tag is known by its label and its aliases, because papers that arrive have no tags yet.
    """
    if follow.kind == "author":
        words = words_of(follow.value)
        return Filters(names=(Term(words, "authors"),)) if words else None
    if follow.kind == "category":
        code = category_of(follow.value)
        return Filters(categories=(code,)) if code else None
    if follow.kind == "search":
        return _filters_of_search(follow.value)
    phrases = _phrases_of_tag(follow, tags) if follow.kind == "tag" else (follow.value,)
    found = [words for phrase in phrases if (words := words_of(phrase))]
    either = tuple(Term(words, column) for words in found for column in ("title", "abstract"))
    return Filters(either=either) if either else None


def _filters_of_search(query: str) -> Filters | None:
    """All the words of a saved search within its filters; its days and its meaning are left aside."""
    parsed = parse_query(query)
    filters = filters_of(Search(query=query), parsed, frozenset(), frozenset())
    wanted = replace(filters, required=parsed.terms, since=None, until=None)
    return wanted if wanted.required or wanted.names or wanted.categories else None


def _phrases_of_tag(follow: Follow, tags: TagIndex) -> tuple[str, ...]:
    name = tags.canonical(follow.value) or follow.value
    tag = tags.canonical_tags.get(name)
    return (tag.label, *tag.aliases)[:_MOST_NAMES] if tag else (follow.name,)
