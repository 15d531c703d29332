"""Notion for tests: real HTTP on a free port, with its limits, its pages of answers and its faults.

It keeps its real pace (three requests a second on average, some at once) unless it is told another.
"""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from tests.support.notion.http import VERSIONS, Http, handler
from tests.support.notion.http import Asked as Asked
from tests.support.notion.http import Fault as Fault
from tests.support.notion.limits import Refused, check_body, check_children, failed, invalid
from tests.support.notion.workspace import BOT, Page, Thing, Workspace, minute

TOKEN = "ntn_secret-token-of-the-tests"


Script = Callable[[Asked], Fault | None]


class NotionServer:
    """`asked` holds every request that was let in; `fault` decides what goes wrong; `refused` counts by status."""

    def __init__(self, per_second: float = 3.0, burst: int = 10, clock: Callable[[], float] = time.time) -> None:
        self.workspace = Workspace(clock)
        self.token = TOKEN
        self.fault: Script = lambda asked: None
        self.asked: list[Asked] = []
        self.refused = Counter[int]()
        self.turn = threading.RLock()
        self._per_second, self._burst = per_second, burst
        self._room, self._at = float(burst), time.monotonic()
        self._http = Http(("127.0.0.1", 0), handler(self))

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._http.server_address[1]}"

    def wait_seconds(self) -> int:
        """How long to wait before the next request; 0 where it may come now."""
        now = time.monotonic()
        self._room = min(self._burst, self._room + (now - self._at) * self._per_second)
        self._at = now
        if self._room < 1:
            return max(1, round((1 - self._room) / self._per_second + 0.5))
        self._room -= 1
        return 0

    def counted(self, method: str, path: str) -> int:
        """How many requests of this kind were let in; a path may end before an id."""
        return sum(asked.method == method and asked.path.startswith(path) for asked in self.asked)

    def serve(self) -> None:
        self._http.serve_forever(0.05)

    def stop(self) -> None:
        self._http.shutdown()
        self._http.server_close()

    # -- requests

    def answer(self, asked: Asked, query: Mapping[str, list[str]], version: str, size: int) -> Thing:
        """Raises Refused."""
        parts = asked.path.strip("/").split("/")
        route = getattr(self, f"_{asked.method.lower()}_{'_'.join([parts[0], *parts[2:]])}", None)
        if route is None or (len(parts) < 2 and parts[0] not in ("pages", "databases")):
            raise Refused(400, "invalid_request_url", "Invalid request URL.")
        return route(parts[1] if len(parts) > 1 else "", asked.body, query, version, size)  # type: ignore[no-any-return]

    def _get_users(self, id_: str, body: Any, query: Any, version: str, size: int) -> Thing:
        return {"object": "user", "id": BOT, "type": "bot", "name": "papersys", "bot": {}}

    def _post_databases(self, id_: str, body: Any, query: Any, version: str, size: int) -> Thing:
        check_body(body, size, ("parent", "title", "description", "is_inline", "initial_data_source", "icon", "cover"))
        self._page(body["parent"]["page_id"])
        title = "".join(item["text"]["content"] for item in body["title"])
        properties = body.get("initial_data_source", {}).get("properties", {})
        return self.workspace.create_database(body["parent"]["page_id"], title, properties)

    def _get_databases(self, id_: str, body: Any, query: Any, version: str, size: int) -> Thing:
        database: Thing = _found(self.workspace.databases, id_, "database")
        return database

    def _get_data_sources(self, id_: str, body: Any, query: Any, version: str, size: int) -> Thing:
        _found(self.workspace.sources, id_, "data_source")
        return self.workspace.source(id_)

    def _patch_data_sources(self, id_: str, body: Any, query: Any, version: str, size: int) -> Thing:
        _found(self.workspace.sources, id_, "data_source")
        check_body(body, size, ("title", "icon", "properties", "in_trash", "parent"))
        self.workspace.update_source(id_, body["properties"])
        return self.workspace.source(id_)

    def _post_data_sources_query(self, id_: str, body: Any, query: Any, version: str, size: int) -> Thing:
        _found(self.workspace.sources, id_, "data_source")
        check_body(body, size, ("sorts", "filter", "start_cursor", "page_size", "in_trash", "result_type"))
        now = self.workspace.clock()
        rows = [page for page in self.workspace.rows() if page.source == id_ and page.seen_at <= now]
        rows = [page for page in rows if self._matches(page, body.get("filter"))]
        for sort in reversed(body.get("sorts", [])):
            rows.sort(key=lambda page: page.made if sort["timestamp"] == "created_time" else page.edited)
            if sort.get("direction") == "descending":
                rows.reverse()
        is_cut_off = len(rows) > self.workspace.most_results
        only = query.get("filter_properties", [])
        shown = [self.workspace.shown(page, only) for page in rows[: self.workspace.most_results]]
        answer = _list_of(shown, body.get("start_cursor"), body.get("page_size", 100))
        if is_cut_off:
            answer["request_status"] = {"type": "incomplete", "incomplete_reason": "query_result_limit_reached"}
        return answer

    def _post_pages(self, id_: str, body: Any, query: Any, version: str, size: int) -> Thing:
        check_body(body, size, ("parent", "properties", "icon", "cover", "children", "template", "position"))
        source_id = body.get("parent", {}).get("data_source_id")
        if source_id is None:
            raise failed("parent.data_source_id", "should be defined, instead was `undefined`")
        _found(self.workspace.sources, source_id, "data_source")
        check_children(body.get("children", []))
        return self.workspace.shown(self.workspace.create_page(source_id, body["properties"], body.get("children", [])))

    def _get_pages(self, id_: str, body: Any, query: Any, version: str, size: int) -> Thing:
        return self.workspace.shown(self._page(id_))

    def _patch_pages(self, id_: str, body: Any, query: Any, version: str, size: int) -> Thing:
        check_body(body, size, ("properties", "icon", "cover", "is_locked", "template", "erase_content", "in_trash"))
        page = self._page(id_)
        if "in_trash" in body:
            page.in_trash = bool(body["in_trash"])
        else:
            _editable(page)
        self.workspace.update_page(page, body.get("properties", {}))
        return self.workspace.shown(page)

    def _get_blocks_children(self, id_: str, body: Any, query: Any, version: str, size: int) -> Thing:
        page = self._page(id_)
        return _list_of(page.blocks, *(query.get(name, [None])[0] for name in ("start_cursor", "page_size")))

    def _patch_blocks_children(self, id_: str, body: Any, query: Any, version: str, size: int) -> Thing:
        page = self._page(id_)
        _editable(page)
        old = version == VERSIONS[0]
        check_body(body, size, ("children", "after", "position") if old else ("children", "position"))
        check_children(body["children"])
        made = self.workspace.append(page, body["children"], body.get("position", {}))
        return {"object": "list", "results": made, "next_cursor": None, "has_more": False}

    def _delete_blocks(self, id_: str, body: Any, query: Any, version: str, size: int) -> Thing:
        page = self.workspace.page_of_block(id_)
        if page is None:
            raise _unknown("block", id_)
        _editable(page)
        return self.workspace.delete_block(page, id_)

    # -- forms

    def _page(self, id_: str) -> Page:
        page: Page = _found(self.workspace.pages, id_, "page")
        return page

    def _matches(self, page: Page, wanted: Any) -> bool:
        if not wanted:
            return True
        if "or" in wanted or "and" in wanted:
            inner = wanted.get("or") or wanted.get("and")
            if len(inner) > 100:
                raise failed("filter.or.length", f"should be ≤ `100`, instead was `{len(inner)}`")
            results = [self._matches(page, one) for one in inner]
            return any(results) if "or" in wanted else all(results)
        if "timestamp" in wanted:
            name = wanted["timestamp"]
            at = minute(page.made if name == "created_time" else page.edited)
            return at >= _utc(wanted[name]["on_or_after"])
        return self._has_text(page, wanted)

    def _has_text(self, page: Page, wanted: Mapping[str, Any]) -> bool:
        shown = self.workspace.shown(page)["properties"]
        entries = {key: entry for name, entry in shown.items() for key in (name, entry["id"])}
        if wanted["property"] not in entries:
            raise invalid(f"Could not find property with name or id: {wanted['property']}")
        text = "".join(item["plain_text"] for item in entries[wanted["property"]]["rich_text"])
        return bool(text == wanted["rich_text"]["equals"])


def _utc(moment: str) -> str:
    at = datetime.fromisoformat(moment).astimezone(UTC)
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _editable(page: Page) -> None:
    if page.in_trash:
        raise invalid("Can't edit block that is archived. You must unarchive the block before editing.")


def _found(things: Mapping[str, Any], id_: str, kind: str) -> Any:
    if id_ not in things:
        raise _unknown(kind, id_)
    return things[id_]


def _unknown(kind: str, id_: str) -> Refused:
    advice = "Make sure the relevant pages and databases are shared with your integration."
    return Refused(404, "object_not_found", f"Could not find {kind} with ID: {id_}. {advice}")


def _list_of(things: list[Thing], cursor: str | None, size: Any) -> Thing:
    """A page of an answer; a cursor names the first thing that follows."""
    size = 100 if size is None else int(size)
    if not 1 <= size <= 100:
        raise failed("page_size", f"should be ≤ `100`, instead was `{size}`")
    start = 0
    if cursor is not None:
        places = [place for place, thing in enumerate(things) if thing["id"] == cursor]
        if not places:
            raise invalid("The start_cursor provided is invalid.")
        start = places[0]
    more = things[start + size :]
    return {
        "object": "list",
        "results": things[start : start + size],
        "has_more": bool(more),
        "next_cursor": more[0]["id"] if more else None,
    }


@contextmanager
def notion_server(per_second: float = 3.0, burst: int = 10) -> Iterator[NotionServer]:
    """A workspace with an empty page, `workspace.home`, that is shared with the connection."""
    server = NotionServer(per_second, burst)
    thread = threading.Thread(target=server.serve, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.stop()
        thread.join(5)
