"""Reading rows of a data source: all of them, those changed lately, those of certain papers."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from notion_client.helpers import extract_notion_id

from shared.errors import SettingsError
from shared.notion.connection import Notion
from shared.notion.failures import Gone, NotionClosed
from shared.notion.properties import Row, Schema, row_of, schema_of
from shared.settings.sections.notion import NotionSettings

PAGE_SIZE = 100
_CUT_OFF = "incomplete"
_LOOK_AGAIN_SECONDS = 300.0
_SHARE = "Open the database in Notion and add the connection to it (••• > Connections), or run `papersys notion init`."
_RESTORE = "restore it in Notion, or make another with `papersys notion init`."


async def find_data_source(notion: Notion, settings: NotionSettings) -> str:
    """The id of the data source in use. Raises SettingsError where the settings name none, or one of several."""
    if settings.data_source:
        return notion_id(settings.data_source, "notion.data_source")
    if not settings.database:
        raise SettingsError("No Notion database is named yet; `papersys notion init` makes one, or adopts yours.")
    database_id = notion_id(settings.database, "notion.database")
    try:
        database = await notion.read(lambda api: api.databases.retrieve(database_id))
    except Gone as error:
        raise NotionClosed(f"{error}. {_SHARE}", retry_in_seconds=_LOOK_AGAIN_SECONDS) from error
    sources = database.get("data_sources", [])
    if len(sources) != 1:
        names = "; ".join(f"{source.get('name')} is {source.get('id')}" for source in sources) or "none"
        raise SettingsError(
            f"The Notion database has {len(sources)} data sources ({names}); name one as notion.data_source."
        )
    return str(sources[0]["id"])


async def read_schema(notion: Notion, data_source: str, known: Schema | None) -> Schema:
    """The properties of a data source. Raises NotionClosed where it cannot be seen, PermanentFailure without them."""
    try:
        source = await notion.read(lambda api: api.data_sources.retrieve(data_source))
    except Gone as error:
        raise NotionClosed(f"{error}. {_SHARE}", retry_in_seconds=_LOOK_AGAIN_SECONDS) from error
    if source.get("in_trash"):
        raise NotionClosed(f"The Notion database lies in the trash; {_RESTORE}", retry_in_seconds=_LOOK_AGAIN_SECONDS)
    return schema_of(source, known)


async def rows_of_papers(notion: Notion, schema: Schema, paper_ids: Sequence[str]) -> list[Row]:
    """The rows of at most 100 papers, by their ids alone; a paper may have several."""
    field = {"property": schema.ids["paper_id"]}
    either = {"or": [{**field, "rich_text": {"equals": paper_id}} for paper_id in paper_ids]}
    rows = [row async for row in _queried(notion, schema, {"filter": either})]
    wanted = set(paper_ids)
    return [row for row in rows if row.paper_id in wanted]


async def all_rows(notion: Notion, schema: Schema, *, edited_since: datetime | None = None) -> AsyncIterator[Row]:
    """Every row, or those changed since a minute; only what tells paper and rating is asked for.

    A query ends after 10,000 rows, whatever is left: the next one begins where it was cut off.
    https://developers.notion.com/guides/data-apis/query-large-data-sources
    """
    fields = [schema.ids["paper_id"], schema.ids["rating"]]
    since = [] if edited_since is None else [_on_or_after("last_edited_time", edited_since)]
    sorts = [{"timestamp": "created_time", "direction": "ascending"}]
    seen: set[str] = set()
    begin: datetime | None = None
    while True:
        filters = [*since, *([] if begin is None else [_on_or_after("created_time", begin)])]
        body: dict[str, Any] = {"sorts": sorts, "filter_properties": fields}
        body |= {"filter": {"and": filters}} if filters else {}
        is_cut_off, fresh, last = False, 0, begin
        async for answer in _answers(notion, schema, body):
            is_cut_off |= (answer.get("request_status") or {}).get("type") == _CUT_OFF
            for page in answer["results"]:
                last = datetime.fromisoformat(page["created_time"])
                if page["id"] not in seen:
                    seen.add(page["id"])
                    fresh += 1
                    if (row := row_of(page, schema)) is not None:
                        yield row
        if not is_cut_off or not fresh:
            return
        begin = last


async def is_removed(notion: Notion, page_id: str) -> bool:
    """Whether a page was put into the trash, or can no longer be seen."""
    try:
        page = await notion.read(lambda api: api.pages.retrieve(page_id))
    except Gone:
        return True
    return bool(page.get("in_trash") or page.get("archived"))


def page_address(page_id: str) -> str:
    """Where a person opens a page."""
    return f"https://www.notion.so/{page_id.replace('-', '')}"


async def _queried(notion: Notion, schema: Schema, body: dict[str, Any]) -> AsyncIterator[Row]:
    async for answer in _answers(notion, schema, body):
        for page in answer["results"]:
            if (row := row_of(page, schema)) is not None:
                yield row


async def _answers(notion: Notion, schema: Schema, body: dict[str, Any]) -> AsyncIterator[dict[str, Any]]:
    """The pages of a query's answer."""
    more: dict[str, Any] = {"page_size": PAGE_SIZE}
    while True:
        asked = {**body, **more}
        answer = await notion.read(lambda api, asked=asked: api.data_sources.query(schema.data_source, **asked))  # type: ignore[misc]
        yield answer
        if not answer.get("has_more") or not answer.get("next_cursor"):
            return
        more["start_cursor"] = answer["next_cursor"]


def _on_or_after(timestamp: str, moment: datetime) -> dict[str, Any]:
    return {"timestamp": timestamp, timestamp: {"on_or_after": moment.isoformat()}}


def notion_id(text: str, what: str) -> str:
    """The id in an address of Notion, or the id itself. Raises SettingsError."""
    found = extract_notion_id(text) or extract_notion_id(urlsplit(text).path[-32:])
    if found is None:
        raise SettingsError(f"{what} {text!r} is neither an id nor an address of Notion; copy the link of the page.")
    return found
