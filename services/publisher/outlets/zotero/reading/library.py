"""Reads what has changed in a library since it was read last: collections, items, and what was deleted.

https://www.zotero.org/support/dev/web_api/v3/syncing
"""

import logging
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any, TypeVar

from services.publisher.outlets.zotero.connection import LibraryMoved, Zotero
from services.publisher.outlets.zotero.reading.items import collection_of, item_of
from services.publisher.outlets.zotero.state import ZoteroState

log = logging.getLogger(__name__)

_TRIES = 5
T = TypeVar("T")


async def read_library(zotero: Zotero, state: ZoteroState, present: datetime) -> ZoteroState:
    """The library as it is now. Raises what `Zotero` raises, LibraryMoved where it is changed again and again."""
    for _ in range(_TRIES - 1):
        try:
            return await _read(zotero, state, present)
        except LibraryMoved:
            continue
    return await _read(zotero, state, present)


async def _read(zotero: Zotero, state: ZoteroState, present: datetime) -> ZoteroState:
    """All that is asked for has to be of one version of the library."""
    since = state.version
    collections = await zotero.all("collections", since=since, includeTrashed=1)
    if collections.version < since:
        log.warning("The library in Zotero is older than it was; it is read anew.", extra={"action": "zotero_anew"})
        return await _read(zotero, state.model_copy(update={"version": 0, "collections": {}, "items": {}}), present)
    if since and collections.version == since:
        return state.model_copy(update={"read_at": present})
    items = await zotero.all("items/top", since=since, includeTrashed=1)
    deleted = await zotero.get("deleted", since=since)
    if not collections.version == items.version == deleted.version:
        raise LibraryMoved("The library was changed while it was read.")
    gone = deleted.body if isinstance(deleted.body, dict) else {}
    return state.model_copy(
        update={
            "version": items.version,
            "read_at": present,
            "collections": _with(state.collections, collections.body, collection_of, gone.get("collections", ())),
            "items": _with(state.items, items.body, item_of, gone.get("items", ())),
        }
    )


def _with(
    known: Mapping[str, T],
    changed: Iterable[Any],
    read: Callable[[Mapping[str, Any]], T | None],
    deleted: Iterable[Any],
) -> dict[str, T]:
    """What is known now, by key; an object that cannot be read is named and passed over."""
    now = {key: thing for key, thing in known.items() if key not in set(map(str, deleted))}
    for thing in changed:
        try:
            key, found = str(thing["key"]), read(thing)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            log.warning("An object of Zotero cannot be read: %r", error, extra={"action": "zotero_unreadable"})
            continue
        now.pop(key, None)
        if found is not None:
            now[key] = found
    return now
