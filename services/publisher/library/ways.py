"""By which page of the reader a person came to a paper. Pure; only the kind of page is kept, never its address."""

from collections.abc import Mapping
from urllib.parse import unquote, urlsplit

from shared.reached import Way

_BY_FIRST_PART: Mapping[str, Way] = {
    "search": "search",
    "ask": "answer",
    "tag": "tag",
    "tags": "tag",
    "category": "tag",
    "map": "map",
    "results": "results",
    "rising": "rising",
    "follows": "follow",
    "reading-list": "list",
}


def way_from(address: str, paper_id: str) -> Way | None:
    """The way from a page, by its address, to a paper; None from a page of picks, the paper's own, or one elsewhere."""
    try:
        path = unquote(urlsplit(address).path)
    except ValueError:
        return None
    first, _, rest = path.strip("/").partition("/")
    if first != "paper":
        return _BY_FIRST_PART.get(first)
    if rest == paper_id or rest.startswith(f"{paper_id}/"):
        return None
    return "citation" if rest.endswith("/text") else "link"
