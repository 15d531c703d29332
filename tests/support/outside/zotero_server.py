"""Zotero's web API, version 3, for tests: real HTTP on a free port, with its versions, pages, limits and faults.

Rules of https://www.zotero.org/support/dev/web_api/v3/basics, /write_requests and /syncing: each write raises the
library's version; objects carry the version of their last change; a write against another version is refused.
"""

import json
import re
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from shared.settings.sections.zotero import ZoteroSettings

KEY, LIBRARY = "zotero-secret-key", "users/4711"
MOST_OBJECTS, MOST_A_PAGE, USUAL_PAGE = 50, 100, 25
_KEY_FORM = re.compile(r"[23456789ABCDEFGHIJKLMNPQRSTUVWXYZ]{8}")
_FIELDS = {
    "preprint": "title creators abstractNote genre repository archiveID place date series seriesNumber DOI citationKey "
    "url accessDate archive archiveLocation shortTitle language libraryCatalog callNumber rights extra",
    "journalArticle": "title creators abstractNote publicationTitle date DOI url accessDate extra archive "
    "archiveLocation libraryCatalog callNumber rights",
    "note": "note",
    "attachment": "title url linkMode contentType note",
}
_COMMON = (
    "key",
    "version",
    "itemType",
    "tags",
    "collections",
    "relations",
    "parentItem",
    "deleted",
    "dateAdded",
    "dateModified",
)
_FIELDS_OF_ALL = {kind: {*names.split(), *_COMMON} for kind, names in _FIELDS.items()}


@dataclass(frozen=True)
class Fault:
    """An answer with this status, or none at all (0); `after`: once the request was carried out."""

    status: int = 502
    after: bool = False
    headers: Mapping[str, str] = field(default_factory=dict)


class Refused(Exception):
    """An answer that is no."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status


class ZoteroServer:
    """One library. `fault` decides what goes wrong, `asked` holds every request, `during` runs between two of them."""

    def __init__(self) -> None:
        self.version = 0
        self.items: dict[str, dict[str, Any]] = {}
        self.collections: dict[str, dict[str, Any]] = {}
        self.deleted: dict[str, dict[str, int]] = {"items": {}, "collections": {}}
        self.asked: list[tuple[str, str]] = []
        self.answers = Counter[int]()
        self.fault: Callable[[str, str], Fault | None] = lambda method, path: None
        self.during: Callable[[str, str], None] = lambda method, path: None
        self.may_write = True
        self.headers: dict[str, str] = {}
        self.now = "2026-11-01T10:00:00Z"
        self.turn = threading.RLock()
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._http.daemon_threads = True

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._http.server_address[1]}"

    def settings(self, **others: Any) -> ZoteroSettings:
        return ZoteroSettings.model_validate({"library": LIBRARY, "key": KEY, "base_url": self.url, **others})

    def serve(self) -> None:
        self._http.serve_forever(0.05)

    def stop(self) -> None:
        self._http.shutdown()
        self._http.server_close()

    # -- what a person does in Zotero

    def collect(self, key: str, name: str, parent: str = "") -> str:
        """A new collection."""
        self.version += 1
        self.collections[key] = {"key": key, "version": self.version, "name": name, "parentCollection": parent or False}
        return key

    def add(
        self, key: str, *collections: str, kind: str = "preprint", tags: tuple[str, ...] = (), **fields: Any
    ) -> str:
        """A new item."""
        self.version += 1
        self.items[key] = {
            "key": key, "version": self.version, "itemType": kind, "collections": list(collections), "relations": {},
            "tags": [{"tag": tag} for tag in tags], "dateAdded": self.now, "dateModified": self.now, **fields,
        }  # fmt: skip
        return key

    def edit(self, key: str, **fields: Any) -> None:
        """A change of an item, by hand."""
        self.version += 1
        self.items[key] |= {**fields, "version": self.version, "dateModified": self.now}

    def remove(self, key: str) -> None:
        """Delete an item for good, with its notes."""
        self.version += 1
        for one in [key, *(other for other, item in self.items.items() if item.get("parentItem") == key)]:
            del self.items[one]
            self.deleted["items"][one] = self.version

    def notes_of(self, key: str) -> list[str]:
        return [item["note"] for item in self.items.values() if item.get("parentItem") == key]

    # -- requests

    def answer(self, method: str, path: str, query: Mapping[str, str], headers: Mapping[str, str], body: Any) -> Any:
        """The body of an answer, with headers where it has some. Raises Refused."""
        if headers.get("Zotero-API-Version") != "3":
            raise Refused(400, "Invalid API version")
        if headers.get("Zotero-API-Key") != KEY:
            raise Refused(403, "Invalid key")
        prefix = f"/{LIBRARY}/"
        if not path.startswith(prefix):
            raise Refused(403, "Forbidden")
        if method != "GET" and not self.may_write:
            raise Refused(403, "Write access denied")
        parts = path.removeprefix(prefix).split("/")
        if method == "GET":
            return self._read(parts, query)
        if method == "POST" and parts in (["items"], ["collections"]):
            return self._create(parts[0], body), {}
        if method == "PATCH" and len(parts) == 2 and parts[0] == "items":
            self._change(parts[1], body, headers)
            return None, {}
        raise Refused(405, "Method not allowed")

    def _read(self, parts: list[str], query: Mapping[str, str]) -> tuple[Any, dict[str, str]]:
        since = int(query.get("since", 0))
        if parts == ["deleted"]:
            gone = {kind: [key for key, at in keys.items() if at > since] for kind, keys in self.deleted.items()}
            return {**gone, "searches": [], "tags": [], "settings": []}, {}
        if len(parts) == 2 and parts[0] == "items" and parts[1] != "top":
            if parts[1] not in self.items:
                raise Refused(404, "Item does not exist")
            return _wrapped(self.items[parts[1]]), {}
        things = {"collections": self.collections, "items": self.items}.get(parts[0])
        if things is None:
            raise Refused(404, "Not found")
        with_trash = query.get("includeTrashed") == "1"
        found = [
            thing
            for thing in things.values()
            if thing["version"] > since
            and (with_trash or not thing.get("deleted"))
            and (parts[-1] != "top" or not thing.get("parentItem"))
        ]
        limit, start = int(query.get("limit", USUAL_PAGE)), int(query.get("start", 0))
        if limit > MOST_A_PAGE:
            raise Refused(400, "Invalid 'limit' value")
        found.sort(key=lambda thing: thing["version"], reverse=True)
        return [_wrapped(thing) for thing in found[start : start + limit]], {"Total-Results": str(len(found))}

    def _create(self, kind: str, body: Any) -> Any:
        if not isinstance(body, list):
            raise Refused(400, "Uploaded data must be a JSON array")
        if len(body) > MOST_OBJECTS:
            raise Refused(413, f"Cannot add more than {MOST_OBJECTS} {kind} at a time")
        outcome: dict[str, Any] = {"successful": {}, "success": {}, "unchanged": {}, "failed": {}}
        version = self.version + 1
        for place, thing in enumerate(body):
            try:
                stored = self._stored(kind, thing, version)
            except Refused as error:
                outcome["failed"][str(place)] = {"key": thing.get("key"), "code": error.status, "message": str(error)}
            else:
                outcome["successful"][str(place)] = _wrapped(stored)
                outcome["success"][str(place)] = stored["key"]
        if outcome["success"]:
            self.version = version
        return outcome

    def _stored(self, kind: str, thing: dict[str, Any], version: int) -> dict[str, Any]:
        things = self.collections if kind == "collections" else self.items
        key = thing.get("key", "")
        if not _KEY_FORM.fullmatch(key):
            raise Refused(400, f"'{key}' is not a valid key")
        if "version" not in thing:
            raise Refused(428, "Item key specified without version")
        if key in things and things[key]["version"] != thing["version"]:
            raise Refused(412, f"{kind[:-1].title()} has been modified since specified version")
        if kind == "collections":
            things[key] = {"parentCollection": False, **thing, "version": version}
            return things[key]
        self._check(thing)
        things[key] = {**thing, "version": version, "dateAdded": self.now, "dateModified": self.now}
        if "note" in thing:
            things[key]["note"] = _kept_html(thing["note"])
        return things[key]

    def _check(self, thing: Mapping[str, Any]) -> None:
        """Fields and their limits."""
        kind = thing.get("itemType", "")
        if kind not in _FIELDS_OF_ALL:
            raise Refused(400, f"'{kind}' is not a valid itemType")
        for name in thing:
            if name not in _FIELDS_OF_ALL[kind]:
                raise Refused(400, f"'{name}' is not a valid field for type '{kind}'")
        if thing.get("parentItem") and thing["parentItem"] not in self.items:
            raise Refused(409, f"Parent item {thing['parentItem']} doesn't exist")
        if any(key not in self.collections for key in thing.get("collections", ())):
            raise Refused(409, "Collection doesn't exist")
        if any(len(tag["tag"]) > 255 or not tag["tag"] for tag in thing.get("tags", ())):
            raise Refused(413, "Tag too long")
        if len(thing.get("note", "")) > 250_000:
            raise Refused(413, "Note too long")

    def _change(self, key: str, body: Any, headers: Mapping[str, str]) -> None:
        if key not in self.items:
            raise Refused(404, "Item does not exist")
        known = headers.get("If-Unmodified-Since-Version")
        if known is None:
            raise Refused(428, "If-Unmodified-Since-Version not provided")
        if self.items[key]["version"] > int(known):
            raise Refused(412, f"Item has been modified since specified version (expected {known})")
        changed = {**self.items[key], **body}
        self._check(changed)
        self.version += 1
        if "note" in body:
            changed["note"] = _kept_html(body["note"])
        self.items[key] = {**changed, "version": self.version, "dateModified": self.now}


@contextmanager
def zotero_server() -> Iterator[ZoteroServer]:
    server = ZoteroServer()
    thread = threading.Thread(target=server.serve, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.stop()
        thread.join()


def _wrapped(thing: Mapping[str, Any]) -> dict[str, Any]:
    return {"key": thing["key"], "version": thing["version"], "library": {"id": 4711}, "data": dict(thing)}


def _kept_html(note: str) -> str:
    """Zotero keeps notes in HTML of its own."""
    return f'<div class="zotero-note znv1">{note}</div>' if not note.startswith("<div class") else note


def _handler(server: ZoteroServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            content = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            with server.turn:
                self._answer(content)

        do_POST = do_PATCH = do_GET

        def _answer(self, content: bytes) -> None:
            address = urlsplit(self.path)
            path = address.path.removeprefix(f"/{LIBRARY}/")
            server.asked.append((self.command, path))
            server.during(self.command, path)
            fault = server.fault(self.command, path)
            if fault is not None and not fault.after:
                self._fail(fault)
                return
            query = {name: values[0] for name, values in parse_qs(address.query).items()}
            try:
                body, headers = server.answer(
                    self.command, address.path, query, dict(self.headers), json.loads(content or b"null")
                )
            except Refused as error:
                self._write(error.status, str(error).encode(), {})
                return
            if fault is not None:
                self._fail(fault)
                return
            known = {**headers, **server.headers, "Last-Modified-Version": str(server.version)}
            is_empty = body is None
            self._write(204 if is_empty else 200, b"" if is_empty else json.dumps(body).encode(), known)

        def _fail(self, fault: Fault) -> None:
            if fault.status:
                self._write(fault.status, b"An error occurred", fault.headers)
                return
            server.answers[0] += 1
            self.close_connection = True
            self.connection.close()

        def _write(self, status: int, content: bytes, headers: Mapping[str, str]) -> None:
            server.answers[status] += 1
            self.send_response(status)
            for name, value in {"Zotero-API-Version": "3", "Content-Length": str(len(content)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *args: object) -> None:
            return

        def handle_one_request(self) -> None:
            try:
                super().handle_one_request()
            except (ValueError, OSError):
                self.close_connection = True

    return Handler
