"""What lies in a workspace of Notion: databases, data sources, pages and blocks, with what its owner does there."""

import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tests.support.notion.forms import Thing as Thing
from tests.support.notion.forms import minute as minute
from tests.support.notion.forms import shown_text as shown_text
from tests.support.notion.limits import check_options, check_rich_text, check_url, failed, invalid

BOT, OWNER = "b0000000-0000-4000-8000-000000000001", "c0000000-0000-4000-8000-000000000002"


def new_id() -> str:
    return str(uuid.uuid4())


@dataclass
class Page:
    """A row, or (without a data source) a page of the workspace. `seen_at`: when queries begin to find it."""

    id: str
    source: str | None
    made: float
    edited: float
    made_by: str
    edited_by: str
    values: dict[str, Any] = field(default_factory=dict)
    blocks: list[Thing] = field(default_factory=list)
    in_trash: bool = False
    seen_at: float = 0.0


@dataclass
class Source:
    id: str
    database: str
    properties: dict[str, Thing]


class Workspace:
    """`lag_seconds` is how long a new page is missing from queries; `most_schema_bytes` what options may take up."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self.clock = clock
        self.lag_seconds = 0.0
        self.most_schema_bytes = 50 * 1_024
        self.most_results = 10_000
        self.pages: dict[str, Page] = {}
        self.sources: dict[str, Source] = {}
        self.databases: dict[str, Thing] = {}
        self.home = self._page(None, OWNER, {}).id

    # -- what the API does

    def create_database(self, parent: str, title: str, properties: Mapping[str, Thing], by: str = BOT) -> Thing:
        database_id, source_id = new_id(), new_id()
        self.sources[source_id] = Source(source_id, database_id, {})
        self.update_source(source_id, properties)
        self.databases[database_id] = {
            "object": "database",
            "id": database_id,
            "title": [{"plain_text": title}],
            "url": f"https://www.notion.so/{database_id.replace('-', '')}",
            "in_trash": False,
            "data_sources": [{"id": source_id, "name": title}],
        }
        block = {**self._block(by), "id": database_id, "type": "child_database", "child_database": {"title": title}}
        self.pages[parent].blocks.append(block)
        return self.databases[database_id]

    def source(self, source_id: str) -> Thing:
        source = self.sources[source_id]
        parent = {"type": "database_id", "database_id": source.database}
        found = {name: deepcopy(entry) for name, entry in source.properties.items()}
        return {"object": "data_source", "id": source_id, "parent": parent, "properties": found, "in_trash": False}

    def update_source(self, source_id: str, properties: Mapping[str, Thing]) -> None:
        source = self.sources[source_id]
        for name, configured in properties.items():
            ((kind, configuration),) = [(key, value) for key, value in configured.items() if key != "name"]
            if kind == "title" and any(entry["type"] == "title" for entry in source.properties.values()):
                raise invalid("Cannot create a second title property.")
            options = [{"id": new_id()[:8], **option} for option in configuration.get("options", [])]
            check_options(options, f"properties.{name}.{kind}.options")
            inner = {"options": options} if kind in ("select", "multi_select") else {}
            id_ = "title" if kind == "title" else new_id()[:4]
            source.properties[name] = {"id": id_, "name": name, "type": kind, kind: inner}

    def create_page(self, source_id: str, properties: Mapping[str, Thing], children: Sequence[Thing]) -> Page:
        values = self._values(source_id, properties)
        page = self._page(source_id, BOT, values)
        page.seen_at = self.clock() + self.lag_seconds
        page.blocks = [self._made(block, BOT) for block in children]
        return page

    def update_page(self, page: Page, properties: Mapping[str, Thing], by: str = BOT) -> None:
        assert page.source is not None
        page.values |= self._values(page.source, properties)
        self._touch(page, by)

    def append(self, page: Page, children: Sequence[Thing], position: Mapping[str, Any], by: str = BOT) -> list[Thing]:
        made = [self._made(block, by) for block in children]
        kind = position.get("type", "end")
        if kind == "after_block":
            places = [place for place, block in enumerate(page.blocks) if block["id"] == position["after_block"]["id"]]
            if not places:
                raise failed("position.after_block.id", "should be a child of the parent")
            start = places[0] + 1
        else:
            start = 0 if kind == "start" else len(page.blocks)
        page.blocks[start:start] = made
        self._touch(page, by)
        return made

    def delete_block(self, page: Page, block_id: str) -> Thing:
        block = next(block for block in page.blocks if block["id"] == block_id)
        page.blocks.remove(block)
        self._touch(page, BOT)
        return {**block, "in_trash": True}

    def page_of_block(self, block_id: str) -> Page | None:
        return next((page for page in self.pages.values() if any(b["id"] == block_id for b in page.blocks)), None)

    def shown(self, page: Page, only: Sequence[str] = ()) -> Thing:
        """A page as answers show it."""
        source = self.sources[page.source] if page.source else None
        entries = source.properties if source else {}
        parent = {"type": "data_source_id", "data_source_id": page.source} if page.source else {"type": "workspace"}
        properties = {
            name: {"id": entry["id"], "type": entry["type"], entry["type"]: self._value(page, entry)}
            for name, entry in entries.items()
            if not only or entry["id"] in only
        }
        return {
            "object": "page",
            "id": page.id,
            "created_time": minute(page.made),
            "last_edited_time": minute(page.edited),
            "created_by": {"object": "user", "id": page.made_by},
            "last_edited_by": {"object": "user", "id": page.edited_by},
            "in_trash": page.in_trash,
            "parent": parent,
            "properties": properties,
            "url": f"https://www.notion.so/{page.id.replace('-', '')}",
        }

    # -- what the owner does

    def rows(self, *, with_trash: bool = False) -> list[Page]:
        return [page for page in self.pages.values() if page.source and (with_trash or not page.in_trash)]

    def row(self, paper_id: str) -> Page:
        (page,) = [page for page in self.rows() if self.text(page, "Paper ID") == paper_id]
        return page

    def text(self, page: Page, name: str) -> str:
        """The text of a property, by its name."""
        assert page.source is not None
        entry = self.sources[page.source].properties[name]
        return "".join(item["plain_text"] for item in self._value(page, entry) or [])

    def rating(self, page: Page) -> str:
        value = self.shown(page)["properties"]["Rating"]["select"]
        return str(value["name"]) if value else ""

    def rate(self, page: Page, name: str | None) -> None:
        """The owner chooses a rating."""
        assert page.source is not None
        entry = self.sources[page.source].properties["Rating"]
        value = {entry["id"]: {"select": {"name": name} if name else None}}
        self.update_page(page, value, OWNER)

    def write_note(self, page: Page, text: str, place: int | None = None) -> None:
        """The owner writes a block, at the end of a page or elsewhere."""
        block = {"type": "paragraph", "paragraph": {"rich_text": [{"type": "text", "text": {"content": text}}]}}
        page.blocks.insert(len(page.blocks) if place is None else place, self._made(block, OWNER))
        self._touch(page, OWNER)

    def trash(self, page: Page) -> None:
        page.in_trash = True
        self._touch(page, OWNER)

    def restore(self, page: Page) -> None:
        page.in_trash = False
        self._touch(page, OWNER)

    def duplicate(self, page: Page) -> Page:
        """The owner duplicates a row; all of the copy is the owner's."""
        copy = self._page(page.source, OWNER, dict(page.values))
        copy.blocks = [{**deepcopy(block), **self._block(OWNER), "id": new_id()} for block in page.blocks]
        return copy

    def rename(self, source_id: str, old: str, new: str) -> None:
        """The owner renames a property; its id stays."""
        source = self.sources[source_id]
        source.properties = {new if name == old else name: entry for name, entry in source.properties.items()}
        source.properties[new]["name"] = new

    def body(self, page: Page) -> list[str]:
        """The words of each block, from top to bottom."""
        return [
            "".join(item["plain_text"] for item in block[block["type"]].get("rich_text", [])) for block in page.blocks
        ]

    # -- forms

    def _page(self, source: str | None, by: str, values: dict[str, Any]) -> Page:
        at = self.clock()
        page = Page(new_id(), source, at, at, by, by, values)
        self.pages[page.id] = page
        return page

    def _touch(self, page: Page, by: str) -> None:
        page.edited, page.edited_by = self.clock(), by

    def _block(self, by: str) -> Thing:
        user, at = {"object": "user", "id": by}, minute(self.clock())
        return {
            "object": "block",
            "created_by": user,
            "last_edited_by": user,
            "created_time": at,
            "last_edited_time": at,
            "has_children": False,
            "in_trash": False,
        }

    def _made(self, block: Mapping[str, Any], by: str) -> Thing:
        kind = str(block["type"])
        content = {"rich_text": shown_text(block[kind].get("rich_text", []))} if kind != "divider" else {}
        return {**self._block(by), "id": new_id(), "type": kind, kind: content}

    def _values(self, source_id: str, properties: Mapping[str, Thing]) -> dict[str, Any]:
        source = self.sources[source_id]
        entries = {key: entry for name, entry in source.properties.items() for key in (name, entry["id"])}
        values = {}
        for key, value in properties.items():
            if key not in entries:
                raise invalid(f"{key} is not a property that exists.")
            values[entries[key]["id"]] = self._checked(source, entries[key], value)
        return values

    def _checked(self, source: Source, entry: Thing, value: Thing) -> Any:
        kind, name = entry["type"], entry["name"]
        if set(value) - {"type"} != {kind}:
            raise invalid(f"{name} is expected to be {kind}.")
        content, where = value[kind], f"properties.{name}.{kind}"
        if kind in ("title", "rich_text"):
            check_rich_text(content, where)
            return shown_text(content)
        if kind == "url":
            check_url(content, where)
        elif kind == "number" and not (content is None or isinstance(content, int | float)):
            raise failed(where, "should be a number")
        elif kind == "date" and content is not None:
            datetime.fromisoformat(content["start"])
        elif kind == "multi_select":
            check_options(content, where)
            return [self._option(source, entry, option) for option in content]
        elif kind == "select" and content is not None:
            check_options([content], where)
            return self._option(source, entry, content)
        return content

    def _option(self, source: Source, entry: Thing, wanted: Mapping[str, Any]) -> str:
        """The id of an option, which is made where no option has the name."""
        options: list[Thing] = entry[entry["type"]]["options"]
        for option in options:
            if wanted.get("id") == option["id"] or wanted.get("name") == option["name"]:
                return str(option["id"])
        if "name" not in wanted:
            raise invalid("Could not find select option.")
        taken = sum(len(o["name"]) + 40 for p in source.properties.values() for o in p[p["type"]].get("options", []))
        if taken + len(wanted["name"]) + 40 > self.most_schema_bytes:
            raise invalid("You have exceeded the maximum database property schema size.")
        options.append({"id": new_id()[:8], "name": wanted["name"], "color": "default"})
        return str(options[-1]["id"])

    def _value(self, page: Page, entry: Thing) -> Any:
        kind, value = entry["type"], page.values.get(entry["id"])
        if kind in ("title", "rich_text"):
            return value or []
        if kind == "multi_select":
            return [option for option in entry[kind]["options"] if option["id"] in (value or [])]
        if kind == "select":
            return next((option for option in entry[kind]["options"] if option["id"] == value), None)
        return value
