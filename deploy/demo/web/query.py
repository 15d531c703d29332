"""The query API (`/api/query`): ids or a search, sorted and cut into pages, as an Atom feed.

The search is a plain scan over title, abstract, authors and categories; arXiv's own ranking is not imitated.
"""

import base64
import hashlib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from xml.etree.ElementTree import Element

from deploy.demo.papers.accents import tex_to_unicode
from deploy.demo.papers.corpus import Corpus, View
from deploy.demo.papers.paper import Paper, parse_paper_id
from deploy.demo.web.markup import add_element, add_if_said, new_element, to_bytes

_NAMESPACES = {
    "xmlns:opensearch": "http://a9.com/-/spec/opensearch/1.1/",
    "xmlns:arxiv": "http://arxiv.org/schemas/atom",
    "xmlns": "http://www.w3.org/2005/Atom",
}
_TERM = re.compile(r'\s*(\(|\)|(?:(\w+):)?(?:"([^"]*)"|(\[[^\]]*\])|([^\s()]+)))')
_OPERATORS = {"AND", "OR", "ANDNOT"}
_MOST_RESULTS = 2_000
Predicate = Callable[[Paper, int], bool]


class BadQuery(Exception):
    """A request that arXiv refuses with an error entry; `anchor` names the error."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message
        self.anchor = re.sub(r"\W+", "_", message)


@dataclass(frozen=True, slots=True)
class Query:
    search: str = ""
    ids: tuple[tuple[str, int | None], ...] = ()
    id_list: str = ""
    start: int = 0
    max_results: int = 10
    sort_by: str = "relevance"
    descending: bool = True


def parse_query(arguments: dict[str, str]) -> Query:
    id_list = arguments.get("id_list", "")
    ids = []
    for text in filter(None, id_list.split(",")):
        named = parse_paper_id(text.strip())
        if named is None:
            raise BadQuery(f"incorrect id format for {text.strip()}")
        ids.append(named)
    sort_by = arguments.get("sortBy", "relevance")
    if sort_by not in {"relevance", "lastUpdatedDate", "submittedDate"}:
        raise BadQuery("sortBy must be in: relevance, lastUpdatedDate, submittedDate")
    return Query(
        search=arguments.get("search_query", ""),
        ids=tuple(ids),
        id_list=id_list,
        start=_number(arguments, "start", 0),
        max_results=min(_number(arguments, "max_results", 10), _MOST_RESULTS),
        sort_by=sort_by,
        descending=arguments.get("sortOrder", "descending") != "ascending",
    )


def find_papers(corpus: Corpus, view: View, query: Query) -> list[tuple[Paper, int]]:
    """All matching papers with the version to show, in order; the caller cuts the page."""
    matches = parse_search(query.search) if query.search else (lambda paper, version: True)
    matching = [(paper, version) for paper, version in _candidates(corpus, view, query) if matches(paper, version)]
    if query.sort_by == "relevance":
        return matching
    index = -1 if query.sort_by == "lastUpdatedDate" else 0
    shown = {paper.paper_id: paper.versions[:version] for paper, version in matching}
    return sorted(
        matching,
        key=lambda pair: (shown[pair[0].paper_id][index].submitted, pair[0].paper_id),
        reverse=query.descending,
    )


def parse_search(text: str) -> Predicate:
    """Terms `all: ti: abs: au: cat: co: id: submittedDate:[from TO to]` joined by AND, OR, ANDNOT, left to right."""
    tokens = list(_TERM.finditer(text))
    return _parse_group(tokens, 0)[0]


def write_results(papers: list[tuple[Paper, int]], total: int, query: Query, now: datetime) -> bytes:
    root = new_element("feed", _NAMESPACES)
    asked = f"search_query={query.search}&id_list={query.id_list}&start={query.start}&max_results={query.max_results}"
    link = f"search_query={query.search}&start={query.start}&max_results={query.max_results}&id_list={query.id_list}"
    digest = base64.b64encode(hashlib.sha1(asked.encode(), usedforsecurity=False).digest()).decode().rstrip("=")
    add_element(root, "id", f"https://arxiv.org/api/{digest}")
    add_element(root, "title", f"arXiv Query: {asked}")
    add_element(root, "updated", _stamp(now))
    add_element(root, "link", "", {"href": f"https://arxiv.org/api/query?{link}", "type": "application/atom+xml"})
    _add_counts(root, query.max_results, total, query.start)
    for paper, version in papers:
        root.append(_entry(paper, version))
    return to_bytes(root)


def write_error(error: BadQuery, now: datetime) -> bytes:
    root = new_element("feed", _NAMESPACES)
    address = f"https://arxiv.org/api/errors#{error.anchor}"
    add_element(root, "id", "https://arxiv.org/")
    add_element(root, "title", "arXiv Search Results")
    add_element(root, "updated", _stamp(now))
    _add_counts(root, 1, 1, 0)
    entry = add_element(root, "entry")
    add_element(entry, "id", address)
    add_element(entry, "title", "Error")
    add_element(entry, "updated", _stamp(now))
    add_element(entry, "link", "", {"href": address, "rel": "alternate", "type": "text/html"})
    add_element(entry, "summary", error.message)
    add_element(add_element(entry, "author"), "name", "arXiv api core")
    return to_bytes(root)


def _number(arguments: dict[str, str], name: str, default: int) -> int:
    text = arguments.get(name, "")
    if not text:
        return default
    if not text.lstrip("-").isdigit():
        raise BadQuery(f"{name} must be an integer")
    if int(text) < 0:
        raise BadQuery(f"{name} must be non-negative")
    return int(text)


def _candidates(corpus: Corpus, view: View, query: Query) -> Iterator[tuple[Paper, int]]:
    if query.ids:
        for paper_id, version in query.ids:
            paper = corpus.papers.get(paper_id)
            newest = paper.version_on(view.today) if paper else 0
            if paper and newest and (version is None or 1 <= version <= newest):
                yield paper, version or newest
        return
    for row in reversed(view.rows):
        yield corpus.papers[row.paper_id], row.version


def _parse_group(tokens: list[re.Match[str]], position: int) -> tuple[Predicate, int]:
    predicate: Predicate | None = None
    operator = "AND"
    while position < len(tokens):
        token = tokens[position]
        position += 1
        if token[1] == ")":
            break
        if token[1] in _OPERATORS:
            operator = token[1]
            continue
        if token[1] == "(":
            term, position = _parse_group(tokens, position)
        else:
            term = _term(token[2] or "all", token[3] or token[4] or token[5] or "")
        predicate = term if predicate is None else _join(predicate, operator, term)
        operator = "OR"
    return predicate or (lambda paper, version: False), position


def _join(left: Predicate, operator: str, right: Predicate) -> Predicate:
    if operator == "AND":
        return lambda paper, version: left(paper, version) and right(paper, version)
    if operator == "ANDNOT":
        return lambda paper, version: left(paper, version) and not right(paper, version)
    return lambda paper, version: left(paper, version) or right(paper, version)


def _term(field: str, text: str) -> Predicate:
    wanted = text.lower()
    if field == "submittedDate":
        since, _, until = wanted.strip("[]").partition(" to ")
        return lambda paper, version: (
            since <= f"{paper.versions[0].submitted:%Y%m%d%H%M}"[: len(since)]
            and (f"{paper.versions[0].submitted:%Y%m%d%H%M}"[: len(until)] <= until)
        )
    if field == "cat":
        return lambda paper, version: any(_is_category(category.lower(), wanted) for category in paper.categories)
    if field == "id":
        return lambda paper, version: paper.paper_id == wanted
    fields = {"ti": _title, "abs": _abstract, "au": _authors, "co": _comment}
    if field != "all" and field not in fields:
        raise BadQuery(f"unknown field {field}")
    read = fields.get(field, _everything)
    words = wanted.split() if field == "au" else [wanted.replace("_", " ")]
    return lambda paper, version: all(word.replace("_", " ") in read(paper) for word in words)


def _is_category(category: str, wanted: str) -> bool:
    return category.startswith(wanted[:-1]) if wanted.endswith("*") else category == wanted


def _title(paper: Paper) -> str:
    return tex_to_unicode(paper.title).lower()


def _abstract(paper: Paper) -> str:
    return tex_to_unicode(paper.abstract).lower()


def _authors(paper: Paper) -> str:
    return ", ".join(tex_to_unicode(author.full_name) for author in paper.authors).lower()


def _comment(paper: Paper) -> str:
    return paper.comment.lower()


def _everything(paper: Paper) -> str:
    return "\n".join(
        (_title(paper), _abstract(paper), _authors(paper), _comment(paper), " ".join(paper.categories).lower())
    )


def _add_counts(root: Element, per_page: int, total: int, start: int) -> None:
    add_element(root, "opensearch:itemsPerPage", str(per_page))
    add_element(root, "opensearch:totalResults", str(total))
    add_element(root, "opensearch:startIndex", str(start))


def _entry(paper: Paper, version: int) -> Element:
    name = f"{paper.paper_id}v{version}"
    entry = new_element("entry")
    add_element(entry, "id", f"http://arxiv.org/abs/{name}")
    add_element(entry, "title", tex_to_unicode(paper.title))
    add_element(entry, "updated", _stamp(paper.versions[version - 1].submitted))
    add_element(entry, "link", "", {"href": f"https://arxiv.org/abs/{name}", "rel": "alternate", "type": "text/html"})
    pdf = {"href": f"https://arxiv.org/pdf/{name}", "rel": "related", "type": "application/pdf", "title": "pdf"}
    add_element(entry, "link", "", pdf)
    add_element(entry, "summary", tex_to_unicode(paper.abstract))
    for category in paper.categories:
        add_element(entry, "category", "", {"term": category, "scheme": "http://arxiv.org/schemas/atom"})
    add_element(entry, "published", _stamp(paper.versions[0].submitted))
    add_if_said(entry, "arxiv:comment", paper.comment)
    add_element(entry, "arxiv:primary_category", "", {"term": paper.categories[0]})
    add_if_said(entry, "arxiv:journal_ref", paper.journal_ref)
    for author in paper.authors:
        element = add_element(entry, "author")
        add_element(element, "name", tex_to_unicode(author.full_name))
        add_if_said(element, "arxiv:affiliation", author.affiliation)
    if paper.doi:
        add_element(entry, "arxiv:doi", paper.doi)
        add_element(entry, "link", "", {"rel": "related", "href": f"https://doi.org/{paper.doi}", "title": "doi"})
    return entry


def _stamp(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
