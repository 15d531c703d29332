"""Terms and filters as queries of the keyword index. Nothing that was typed is parsed by the index."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

import tantivy
from tantivy import Occur, Query

from services.ranker.search.index.paper_documents import ACCEPTED, MONTH, PUBLISHED, first_submitted, schema
from services.ranker.search.query.filters import Filters
from services.ranker.search.query.parsed_query import Term
from shared.search.analyzer import name_keys, stems_of

_COLUMNS = ("title", "abstract", "authors")
_PUBLICATION_MARKS = {"published": PUBLISHED, "accepted": ACCEPTED}
_TITLE_WEIGHT = 0.2
"""How much a word in the title counts beside what it counts in the weighted text."""


def scored_query(terms: Iterable[Term], filters: Filters) -> Query:
    """Papers that pass the filters and have any of the terms, the better the more and rarer ones they have (BM25)."""
    scored = _any_of(_scored(term) for term in terms)
    return Query.boolean_query([(Occur.Must, scored), *_conditions(filters)])


def passing_query(filters: Filters) -> Query:
    """The papers that pass the filters."""
    conditions = _conditions(filters)
    is_positive = any(occur == Occur.Must for occur, _ in conditions)
    return Query.boolean_query(conditions if is_positive else [(Occur.Must, papers_query()), *conditions])


def failing_query(filters: Filters) -> Query:
    """The papers that do not pass the filters."""
    conditions = _conditions(filters)
    if all(occur == Occur.MustNot for occur, _ in conditions):
        return _any_of(query for _, query in conditions)
    return Query.boolean_query([(Occur.Must, papers_query()), (Occur.MustNot, passing_query(filters))])


def papers_query() -> Query:
    """All papers."""
    return _unscored(Query.exists_query("submitted"))


def months_query() -> Query:
    """All months that were indexed in whole."""
    return exactly("kind", MONTH)


def exactly(key: str, value: str) -> Query:
    """The documents that have a key with this value; all score alike."""
    return _unscored(Query.term_query(schema(), key, value, "basic"))


def _conditions(filters: Filters) -> list[tuple[Occur, Query]]:
    """What must and what must not hold; it moves no score."""
    wanted = [_unscored(_has(term)) for term in (*filters.names, *filters.required)]
    if filters.categories:
        wanted.append(_unscored(_any_of(exactly("categories", category) for category in filters.categories)))
    if filters.publication:
        wanted.append(exactly("categories", _PUBLICATION_MARKS[filters.publication]))
    if filters.either:
        wanted.append(_unscored(_any_of(map(_has, filters.either))))
    if filters.since or filters.until:
        wanted.append(_unscored(_submitted_within(filters.since or date.min, filters.until or date.max)))
    if filters.only is not None:
        wanted.append(_unscored(_among(filters.only)))
    unwanted = [_has(term) for term in filters.without] + ([_among(filters.never)] if filters.never else [])
    return [*((Occur.Must, query) for query in wanted), *((Occur.MustNot, query) for query in unwanted)]


def _has(term: Term) -> Query:
    """The papers that have a term, in its column or in any."""
    if term.column == "categories":
        return _any_of(exactly("categories", category) for category in term.words)
    if term.column == "authors":
        return _all_of(exactly("names", key) for key in name_keys(" ".join(term.words)))
    stems = stems_of(" ".join(term.words))
    if len(stems) == 1 and not term.column:
        return _word("text", stems[0])
    return _any_of(_in_column(column, stems) for column in _columns(term))


def _scored(term: Term) -> Query:
    """A word is scored by the weighted text, a phrase by the columns that have it."""
    stems = stems_of(" ".join(term.words))
    if len(stems) == 1 and not term.column:
        return _any_of([_word("text", stems[0]), Query.boost_query(_word("title", stems[0]), _TITLE_WEIGHT)])
    return _any_of(_in_column(column, stems) for column in _columns(term))


def _columns(term: Term) -> tuple[str, ...]:
    return (term.column,) if term.column else _COLUMNS


def _in_column(column: str, stems: Sequence[str]) -> Query:
    """The papers that have some words side by side in a column."""
    if not stems:
        return Query.empty_query()
    return _word(column, stems[0]) if len(stems) == 1 else Query.phrase_query(schema(), column, list(stems))


def _word(column: str, stem: str) -> Query:
    return Query.term_query(schema(), column, stem, "freq")


def _submitted_within(since: date, until: date) -> Query:
    last = first_submitted(until + timedelta(1)) - 1 if until < date.max else None
    return Query.range_query(schema(), "submitted", tantivy.FieldType.Integer, first_submitted(since), last)


def _among(paper_ids: Iterable[str]) -> Query:
    return Query.term_set_query(schema(), "paper_id", sorted(paper_ids))


def _any_of(queries: Iterable[Query]) -> Query:
    return Query.boolean_query([(Occur.Should, query) for query in queries])


def _all_of(queries: Iterable[Query]) -> Query:
    return Query.boolean_query([(Occur.Must, query) for query in queries])


def _unscored(query: Query) -> Query:
    return Query.const_score_query(query, 0.0)
