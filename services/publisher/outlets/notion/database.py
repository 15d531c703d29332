"""`papersys notion init`: a database below a page of Notion, or one that is there already, made ready for papers."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from shared.errors import PermanentFailure
from shared.notion.connection import Notion
from shared.notion.failures import Gone, NotionClosed, Unsure
from shared.notion.properties import TYPES, missing_properties, schema_of, wanted_schema
from shared.notion.queries import notion_id

TITLE = "papersys"
_SHARE = "Open it in Notion and add the connection to it (••• > Connections), then run this again."


@dataclass(frozen=True)
class Database:
    """What there is now; `added` are the properties that were missing in a database that is adopted."""

    database: str
    data_source: str
    url: str
    is_new: bool
    added: tuple[str, ...] = ()


async def create_database(notion: Notion, page: str) -> Database:
    """A new database below a page, or the one that an earlier call made there.

    Raises NotionClosed where the page cannot be seen.
    """
    page_id = notion_id(page, "The page")
    try:
        found = await _made_before(notion, page_id)
        if found is None:
            found = await _made(notion, page_id)
            return _described(found, is_new=True)
    except Gone as error:
        raise NotionClosed(f"{error}. {_SHARE}") from error
    return await adopt_database(notion, found["id"])


async def adopt_database(notion: Notion, address: str, data_source: str = "") -> Database:
    """Add the properties that a database lacks; what it has stays. Raises PermanentFailure where it cannot be used."""
    database_id = notion_id(address, "The database")
    try:
        database = await _database(notion, database_id)
    except Gone as error:
        raise NotionClosed(f"{error}. {_SHARE}") from error
    described = _described(database, is_new=False, data_source=data_source)
    source = await notion.read(lambda api: api.data_sources.retrieve(described.data_source))
    missing = missing_properties(source.get("properties", {}))
    if missing:
        source = await notion.read(lambda api: api.data_sources.update(described.data_source, properties=missing))
    schema_of(source)
    return Database(database_id, described.data_source, described.url, False, tuple(missing))


async def _made(notion: Notion, page_id: str) -> dict[str, Any]:
    """A lost answer is looked for before it is asked for again."""
    title = [{"type": "text", "text": {"content": TITLE}}]
    parent = {"type": "page_id", "page_id": page_id}
    source = {"properties": wanted_schema()}
    for _ in range(2):
        try:
            return await notion.write(
                lambda api: api.databases.create(parent=parent, title=title, initial_data_source=source)
            )
        except Unsure:
            found = await _made_before(notion, page_id)
            if found is not None:
                return found
    return await notion.write(lambda api: api.databases.create(parent=parent, title=title, initial_data_source=source))


async def _made_before(notion: Notion, page_id: str) -> dict[str, Any] | None:
    """Our database below a page; None where there is none."""
    more: dict[str, Any] = {"page_size": 100}
    while True:
        answer = await notion.read(lambda api, more=dict(more): api.blocks.children.list(page_id, **more))  # type: ignore[misc]
        for block in answer["results"]:
            if block.get("type") == "child_database" and block["child_database"].get("title") == TITLE:
                return await _database(notion, block["id"])
        if not answer.get("has_more"):
            return None
        more["start_cursor"] = answer["next_cursor"]


async def _database(notion: Notion, database_id: str) -> dict[str, Any]:
    return await notion.read(lambda api: api.databases.retrieve(database_id))


def _described(database: Mapping[str, Any], *, is_new: bool, data_source: str = "") -> Database:
    """Raises PermanentFailure where a database has several data sources and none of them is named."""
    sources = {str(source["id"]): str(source.get("name", "")) for source in database.get("data_sources", [])}
    chosen = data_source if data_source in sources else next(iter(sources), "") if len(sources) == 1 else ""
    if not chosen:
        names = "; ".join(f"{id_} ({name})" for id_, name in sources.items()) or "none"
        raise PermanentFailure(f"The database has {len(sources)} data sources: {names}; name one by --data-source ID.")
    added = tuple(name for name, _ in TYPES.values()) if is_new else ()
    return Database(str(database["id"]), chosen, str(database.get("url", "")), is_new, added)
