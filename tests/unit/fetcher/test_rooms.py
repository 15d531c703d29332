"""Imports between the fetcher's rooms run one way."""

import ast
from pathlib import Path

ROOT = Path(__file__).parents[3]
FETCHER = ROOT / "services" / "fetcher"


def modules() -> dict[str, Path]:
    return {
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
        for path in FETCHER.rglob("*.py")
    }


def imported(path: Path) -> set[str]:
    """The modules that a module may load, those within functions included."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return names


def arrows() -> set[tuple[str, str]]:
    """From room to room, a room being a folder; the service's own folder is none, it holds the settings and the app."""
    known = modules()
    rooms = {name: path.parent.relative_to(FETCHER).as_posix() for name, path in known.items()}
    pairs = {(rooms[name], rooms[other]) for name, path in known.items() for other in imported(path) & known.keys()}
    return {(here, there) for here, there in pairs if here != there and "." not in (here, there)}


def test_no_two_rooms_import_each_other() -> None:
    pairs = arrows()
    assert {(here, there) for here, there in pairs if (there, here) in pairs} == set()
    assert ("harvesting", "arxiv") in pairs


def test_rooms_import_nothing_of_the_service_itself_but_its_settings() -> None:
    """Commands are no room: they put the app's parts to use, as `__main__` does."""
    commands = FETCHER / "commands"
    ours = {name for name, path in modules().items() if path.parent in (FETCHER, commands) and path.stem != "settings"}
    rooms = {name: path for name, path in modules().items() if path.parent not in (FETCHER, commands)}
    wrong = {(name, other) for name, path in rooms.items() for other in imported(path) & ours}
    assert wrong - {(name, "services.fetcher") for name in rooms} == set()
