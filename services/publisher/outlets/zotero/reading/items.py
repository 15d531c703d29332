"""Objects of Zotero's API as collections and papers; what is no paper of arXiv is None."""

from collections.abc import Mapping
from typing import Any

from services.publisher.outlets.zotero.connection import moment_of
from services.publisher.outlets.zotero.state import Collection, KnownItem
from shared.text.rating_files.paper_mentions import mentions_in

_NO_PAPERS = ("attachment", "note", "annotation")
_NAMING = ("archiveID", "DOI", "url", "extra", "number", "reportNumber", "archiveLocation", "callNumber")
"""Where an item names its paper, the surest first."""
_LONGEST = 5_000


def item_of(thing: Mapping[str, Any]) -> KnownItem | None:
    """Raises KeyError, TypeError and ValueError for what is no item at all."""
    data = thing["data"]
    if data["itemType"] in _NO_PAPERS or data.get("deleted"):
        return None
    paper_id = paper_of(data)
    if not paper_id:
        return None
    return KnownItem(
        paper_id=paper_id,
        version=int(data["version"]),
        collections=tuple(map(str, data.get("collections") or ())),
        tags=tuple(str(tag["tag"]) for tag in data.get("tags") or ()),
        added=moment_of(data.get("dateAdded")),
        modified=moment_of(data.get("dateModified")),
    )


def paper_of(data: Mapping[str, Any]) -> str:
    """The arXiv id that an item names; empty where it names none."""
    for name in _NAMING:
        text = data.get(name)
        for mention in mentions_in(text[:_LONGEST], most=1, is_id=False) if isinstance(text, str) else ():
            if mention.paper_id:
                return mention.paper_id
    return ""


def collection_of(thing: Mapping[str, Any]) -> Collection | None:
    """None for one in the bin. Raises KeyError and TypeError for what is no collection."""
    data = thing["data"]
    if data.get("deleted"):
        return None
    return Collection(name=str(data["name"]), parent=str(data.get("parentCollection") or ""))


def paths_of(collections: Mapping[str, Collection]) -> dict[str, str]:
    """Each collection's path by its key: `Physics/Dark matter`."""
    return {key: _path(key, collections) for key in collections}


def _path(key: str, collections: Mapping[str, Collection]) -> str:
    names: list[str] = []
    seen: set[str] = set()
    while key in collections and key not in seen:
        seen.add(key)
        names.append(collections[key].name)
        key = collections[key].parent
    return "/".join(reversed(names))
