"""Which links of a folder of static pages lead nowhere."""

from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote, urljoin, urlsplit


class Link(NamedTuple):
    page: str
    target: str


class _Page(HTMLParser):
    """Every address that an element of the page names, and the anchors of the page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.addresses: list[str] = []
        self.anchors: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name in ("href", "src", "action", "data-index"):
                self.addresses.append(value or "")
            if name == "id":
                self.anchors.add(value or "")


def links_of(folder: Path, prefix: str = "/") -> Iterator[Link]:
    """Every link of every page, as an address below `prefix` or of another host."""
    for path in sorted(folder.rglob("*.html")):
        page = prefix + path.relative_to(folder).as_posix().removesuffix("index.html")
        yield from (Link(page, urljoin(page, address)) for address in _Page(path.read_text("utf-8")).addresses)


def dead_links(folder: Path, prefix: str = "/") -> list[Link]:
    """Links to pages, files and anchors of this site that there are not."""
    return [link for link in links_of(folder, prefix) if not _is_alive(folder, prefix, link.target)]


def _is_alive(folder: Path, prefix: str, target: str) -> bool:
    parts = urlsplit(target)
    if parts.netloc:
        return True
    if not parts.path.startswith(prefix):
        return False
    path = folder / unquote(parts.path.removeprefix(prefix))
    file = path / "index.html" if parts.path.endswith("/") and path.name != "pagefind" else path
    if not file.exists() or (file.is_dir() and path.name != "pagefind"):
        return False
    return not parts.fragment or parts.fragment in _Page(file.read_text("utf-8")).anchors
