"""Small sites of static files, for what builds and deploys them."""

from collections.abc import Mapping
from pathlib import Path

PAGES = {
    "index.html": "<h1>Papers</h1>",
    "papers/2410.00001/index.html": "<h1>Graphs</h1>",
    "tags/graphs & nets/index.html": "<h1>Tag</h1>",
    "assets/style.css": "h1 { color: navy }",
    "rss.xml": "<rss/>",
}


def write_site(folder: Path, files: Mapping[str, str | None] = PAGES) -> Path:
    """Write these files into a folder; None removes one."""
    for path, text in files.items():
        place = folder / path
        if text is None:
            place.unlink()
            continue
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text)
    return folder


def files_in(folder: Path) -> dict[str, str]:
    """Every file of a folder but what papersys keeps there for itself, with its text."""
    paths = [path for path in folder.rglob("*") if path.is_file()]
    names = {path.relative_to(folder).as_posix(): path for path in paths}
    return {name: path.read_text() for name, path in sorted(names.items()) if not name.startswith(".papersys")}
