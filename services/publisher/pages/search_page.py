"""The search page: the form with its query and filters, and the papers that match."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from urllib.parse import urlencode

from pydantic import ValidationError

from services.publisher.pages.cards import Card
from shared.contracts import FoundPaper, Search
from shared.paper_ids import parse_paper_id
from shared.store.papers.metadata import Paper

SEARCH_LIMIT = 30
_FIELDS = ("q", "category", "from", "to", "author", "mine", "like", "where")
_MINE = {"seen": ("seen", True), "unseen": ("seen", False), "liked": ("liked", True), "disliked": ("liked", False)}
_MAX_QUERY_LENGTH = 2_000


@dataclass(frozen=True)
class SearchForm:
    """The form as it was sent, by the names of its fields, to be shown again; `problem` says what is wrong with it."""

    values: dict[str, str] = field(default_factory=dict)
    request: Search | None = None
    problem: str = ""

    @property
    def query(self) -> str:
        return self.values["q"]

    @property
    def has_filters(self) -> bool:
        return any(self.values[name] for name in _FIELDS if name not in ("q", "like", "where"))

    @property
    def address(self) -> str:
        """The page with the same form."""
        return f"/search?{urlencode({name: value for name, value in self.values.items() if value})}"


@dataclass(frozen=True)
class SearchPage:
    """`cards` best first; `note` says what the search could not do; `like` are the papers to find similar ones to."""

    form: SearchForm
    cards: list[Card]
    like: list[Card]
    problem: str = ""
    note: str = ""


def read_form(sent: Mapping[str, str]) -> SearchForm:
    """The form with its request; without one where the form is empty or not valid."""
    values = {name: " ".join(sent.get(name, "").split()) for name in _FIELDS}
    if len(values["q"]) > _MAX_QUERY_LENGTH:
        return SearchForm(
            values, problem=f"This query has {len(values['q'])} characters; the limit is {_MAX_QUERY_LENGTH}."
        )
    if not any(value for name, value in values.items() if name != "where"):
        return SearchForm(values)
    try:
        return SearchForm(values, request=_request(values))
    except ValidationError as error:
        return SearchForm(values, problem=f"Not a valid search: {'; '.join(item['msg'] for item in error.errors())}.")
    except ValueError as error:
        return SearchForm(values, problem=f"Not a valid search: {error}.")


def paper_of(hit: FoundPaper) -> Paper:
    """A paper found by arXiv's own search, as if it were stored."""
    return Paper(
        hit.paper_id,
        1,
        hit.title,
        hit.abstract,
        hit.authors,
        hit.categories,
        next(iter(hit.categories), ""),
        hit.published_at,
        hit.published_at,
    )


def _request(values: Mapping[str, str]) -> Search:
    mine: dict[str, Any] = dict([_MINE[values["mine"]]]) if values["mine"] in _MINE else {}
    return Search(
        query=values["q"],
        limit=SEARCH_LIMIT,
        like=tuple(parse_paper_id(text) for text in values["like"].replace(",", " ").split()),
        categories=tuple(values["category"].replace(",", " ").split()),
        since=_day(values["from"]),
        until=_day(values["to"]),
        author=values["author"],
        where="arxiv" if values["where"] == "arxiv" else "library",
        **mine,
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise ValueError(f"{text!r} is not a valid date (YYYY-MM-DD)") from error
