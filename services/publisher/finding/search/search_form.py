"""The search form as it was sent: the request that it makes, and the addresses of its other pages and orders."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple
from urllib.parse import urlencode

from pydantic import ValidationError

from services.publisher.api.form_problems import problems_in
from shared.categories import category_of, nearest_category
from shared.contracts import FollowKind, PublicationFilter, Search, SearchOrder
from shared.paper_ids import parse_paper_id

PAPERS_A_PAGE = 30
MOST_PAGES = 20
_FIELDS = ("q", "category", "from", "to", "author", "mine", "published", "like", "where", "order", "page")
_FILTERS = ("category", "from", "to", "author", "mine", "published")
_MINE = {"seen": ("seen", True), "unseen": ("seen", False), "liked": ("liked", True), "disliked": ("disliked", True)}
_MINE_WORDS = {"seen": "seen before", "unseen": "not seen yet", "liked": "liked", "disliked": "disliked"}
_PUBLICATION: dict[str, PublicationFilter] = {"accepted": "accepted", "published": "published"}
_PUBLICATION_WORDS = {"accepted": "accepted or published", "published": "published"}
_ORDERS: dict[str, SearchOrder] = {"date": "date", "match": "match"}
_MAX_QUERY_LENGTH = 2_000
_BETWEEN_IDS = re.compile(r"[\s,;]+")
_ONE_AUTHOR = re.compile(r'(?:author|au):(?:"([^"]+)"|([^\s"]+))')
_ONE_PHRASE = re.compile(r'"([^"]+)"')
_ONE_CATEGORY = re.compile(r"(?:cat|category):([^\s,\"]+)")
_CATEGORY_IN_QUERY = re.compile(r"(?i)(\bcat(?:egory)?:)([^\s,\"]+)")


class Followable(NamedTuple):
    """What a search would be as a follow; `label` in words."""

    kind: FollowKind
    value: str
    label: str


@dataclass(frozen=True)
class SearchForm:
    """The form by the names of its fields, to be shown again; `problem` says what is wrong with it."""

    values: dict[str, str] = field(default_factory=dict)
    request: Search | None = None
    problem: str = ""

    @property
    def query(self) -> str:
        return self.values["q"]

    @property
    def paper_ids(self) -> tuple[str, ...]:
        """The papers that it names, where the query is nothing but several ids or addresses of papers."""
        try:
            ids = dict.fromkeys(map(parse_paper_id, filter(None, _BETWEEN_IDS.split(self.query))))
        except ValueError:
            return ()
        return tuple(ids)[: PAPERS_A_PAGE * MOST_PAGES] if len(ids) > 1 and not self.has_filters else ()

    @property
    def has_filters(self) -> bool:
        return any(self.values[name] for name in _FILTERS)

    @property
    def filter_words(self) -> str:
        """The filters that are set, in a few words."""
        values = self.values
        parts = [
            values["category"],
            f"by {values['author']}" if values["author"] else "",
            f"from {values['from']}" if values["from"] else "",
            f"until {values['to']}" if values["to"] else "",
            _MINE_WORDS.get(values["mine"], ""),
            _PUBLICATION_WORDS.get(values["published"], ""),
            "arXiv’s search" if values["where"] == "arxiv" else "",
        ]
        return ", ".join(filter(None, parts))

    @property
    def order(self) -> SearchOrder:
        return _ORDERS.get(self.values["order"], "relevance")

    @property
    def page(self) -> int:
        """From 1 on."""
        return _page_of(self.values["page"])

    @property
    def address(self) -> str:
        """The page with the same form."""
        return self.address_with()

    def address_with(self, **changes: str) -> str:
        """The page with some fields changed; on its first page where `page` is not among them."""
        values = {**self.values, **({} if not changes else {"page": ""}), **changes}
        return f"/search?{urlencode({name: value for name, value in values.items() if value})}"

    @property
    def without_filters(self) -> str:
        return self.address_with(**dict.fromkeys(_FILTERS, ""))

    @property
    def corrected(self) -> str:
        """The page with the nearest real categories in place of those that do not exist; empty where there are none."""
        category = " ".join(map(_nearest, _codes(self.values["category"])))
        query = _CATEGORY_IN_QUERY.sub(lambda match: match[1] + _nearest(match[2]), self.query)
        is_changed = (category, query) != (" ".join(_codes(self.values["category"])), self.query)
        return self.address_with(category=category, q=query) if is_changed else ""

    @property
    def followable(self) -> Followable | None:
        """The search as a follow: of an author, a phrase or a category where it asks for nothing else."""
        query = self._query_to_save()
        if not query or self.values["like"] or self.values["where"] == "arxiv":
            return None
        if match := _ONE_AUTHOR.fullmatch(query):
            name = match[1] or match[2]
            return Followable("author", name, name)
        if match := _ONE_PHRASE.fullmatch(query):
            return Followable("phrase", match[1], f"“{match[1]}”")
        if (match := _ONE_CATEGORY.fullmatch(query)) and (code := category_of(match[1])):
            return Followable("category", code, code)
        return Followable("search", query, "this search")

    def _query_to_save(self) -> str:
        """The query and the filters that last, as one query; days and ratings do not last."""
        names = (" ".join(name.split()) for name in self.values["author"].replace('"', " ").split(","))
        authors = [f'author:"{name}"' for name in names if name]
        categories = [f"cat:{code}" for code in _codes(self.values["category"])]
        published = [f"is:{name}"] if (name := self.values["published"]) in _PUBLICATION else []
        return " ".join(" ".join((self.query, *authors, *categories, *published)).split())


def read_form(sent: Mapping[str, str]) -> SearchForm:
    """The form with its request; without one where the form is empty or not valid."""
    values = {name: " ".join(sent.get(name, "").split()) for name in _FIELDS}
    if len(values["q"]) > _MAX_QUERY_LENGTH:
        return SearchForm(
            values, problem=f"This query has {len(values['q'])} characters; the limit is {_MAX_QUERY_LENGTH}."
        )
    if not any(value for name, value in values.items() if name not in ("where", "order", "page")):
        return SearchForm(values)
    try:
        return SearchForm(values, request=_request(values))
    except ValidationError as error:
        return SearchForm(values, problem=f"Not a valid search: {problems_in(error)}.")
    except ValueError as error:
        return SearchForm(values, problem=f"Not a valid search: {error}.")


def _request(values: Mapping[str, str]) -> Search:
    mine: dict[str, Any] = dict([_MINE[values["mine"]]]) if values["mine"] in _MINE else {}
    return Search(
        query=values["q"],
        limit=PAPERS_A_PAGE,
        offset=(_page_of(values["page"]) - 1) * PAPERS_A_PAGE,
        order=_ORDERS.get(values["order"], "relevance"),
        like=tuple(parse_paper_id(text) for text in values["like"].replace(",", " ").split()),
        categories=tuple(_codes(values["category"])),
        since=_day(values["from"]),
        until=_day(values["to"]),
        author=values["author"],
        publication=_PUBLICATION.get(values["published"], ""),
        where="arxiv" if values["where"] == "arxiv" else "library",
        **mine,
    )


def _codes(text: str) -> list[str]:
    return text.replace(",", " ").split()


def _nearest(name: str) -> str:
    return category_of(name) or nearest_category(name) or name


def _page_of(text: str) -> int:
    return min(max(int(text), 1), MOST_PAGES) if text.isascii() and text.isdigit() and len(text) < len("1000") else 1


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise ValueError(f"{text!r} is not a valid date (YYYY-MM-DD)") from error
