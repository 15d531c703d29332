"""A query in the words of this search as arXiv's own search reads it.

What is written in arXiv's syntax already is left as it is: https://info.arxiv.org/help/api/user-manual.html#query_details
"""

import re

from services.ranker.search.query.parsed_query import Column, ParsedQuery, Term, parse_query

_OF_ARXIV = re.compile(r"\s(?:AND|OR|ANDNOT)\s|\b(?:all|co|jr|rn|id|submittedDate):|\([^)]*\b[a-z]+:")
_FIELDS: dict[Column, str] = {"": "all", "title": "ti", "abstract": "abs", "authors": "au", "categories": "cat"}


def arxiv_query(text: str) -> str:
    """The query for arXiv; words must all be there, as in arXiv's own search. Empty where there is nothing to find."""
    return text if _OF_ARXIV.search(text) else _expression(parse_query(text))


def _expression(parsed: ParsedQuery) -> str:
    wanted = [_clause(term) for term in (*parsed.terms, *parsed.names)]
    categories = " OR ".join(f"cat:{code if '.' in code else code + '*'}" for code in parsed.categories)
    wanted += [f"({categories})"] if categories else []
    unwanted = [f" ANDNOT {_clause(term)}" for term in parsed.without if term.column != "categories"]
    return " AND ".join(wanted) + "".join(unwanted) if wanted else ""


def _clause(term: Term) -> str:
    words = " ".join(term.words)
    return f'{_FIELDS[term.column]}:"{words}"' if len(term.words) > 1 else f"{_FIELDS[term.column]}:{words}"
