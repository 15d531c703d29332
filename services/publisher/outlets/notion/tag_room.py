"""A database of Notion holds only so many different tags: where it is full, rows are written without new ones."""

import logging
from collections.abc import Awaitable, Callable
from typing import Any

from shared.notion.connection import Notion
from shared.notion.failures import NotionRefused
from shared.notion.properties import Schema

log = logging.getLogger(__name__)

_SCHEMA_FULL = "schema size"


class TagRoom:
    """Of one database, for one pass."""

    def __init__(self, notion: Notion, schema: Schema) -> None:
        self._notion, self._schema = notion, schema
        self._known_tags: set[str] | None = None

    async def sent(
        self, values: dict[str, Any], send: Callable[[dict[str, Any]], Awaitable[dict[str, Any]]]
    ) -> dict[str, Any]:
        """What `send` answers to these properties, or to those without new tags where the database is full."""
        try:
            return await send(self._with_known_tags(values))
        except NotionRefused as error:
            tags = self._schema.ids["tags"]
            if _SCHEMA_FULL not in str(error) or tags not in values or self._known_tags is not None:
                raise
            source = await self._notion.read(lambda api: api.data_sources.retrieve(self._schema.data_source))
            found = next(entry for entry in source["properties"].values() if entry["id"] == tags)
            self._known_tags = {option["name"].casefold() for option in found["multi_select"]["options"]}
            log.warning(
                "Notion takes no more new tags for this database; they are left out.", extra={"action": "notion_tags"}
            )
            return await send(self._with_known_tags(values))

    def _with_known_tags(self, values: dict[str, Any]) -> dict[str, Any]:
        tags = self._schema.ids["tags"]
        if self._known_tags is None or tags not in values:
            return values
        kept = [tag for tag in values[tags]["multi_select"] if tag["name"].casefold() in self._known_tags]
        return {**values, tags: {"multi_select": kept}}
