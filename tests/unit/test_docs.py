"""README and docs name what exists: files, modules, commands with their options, settings, links, recipes."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer.main

from deploy.cli import app
from deploy.settings_table import settings_table
from shared.settings.settings import SERVICES
from tests.support.checks.pictures import pictures

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), ROOT / "deploy" / "demo" / "README.md"])
WITH_HISTORY = "CHANGELOG.md"
"""It names what there was."""

PATH = re.compile(r"(?<![\w/.-])(?:(?:services|shared|deploy|tests|docs)/[\w./-]*\w|\.ci/\w+)/?(?![\w/]*[<*{])")
MODULE = re.compile(r"(?<![\w./-])(?:services|shared|deploy|tests)(?:\.\w+)+(?![\w/])")
LINK = re.compile(r"(?<!!)\[[^\]]+\]\((?!https?:)([^)]+)\)|!\[[^\]]*\]\(([^)]+)\)")
COMMAND = re.compile(
    r"(?<![\w/-])papersys ((?:[a-z]+(?:-[a-z]+)*(?:\\?\|[a-z]+)*)(?: +(?:[a-z]+(?:\\?\|[a-z]+)*))?)([^`\n]*)"
)
OPTION = re.compile(r"(?<![\w-])--[a-z][a-z-]+")
SETTING = re.compile(r"`([a-z]+(?:\.[a-z_]+)+)`")
RECIPE = re.compile(r"`make ([a-z-]+)\b")
MADE_WHEN_FOLLOWED = {"services/embedder/backends/letters.py"}
"""What the guide to a new backend tells its reader to write."""


def page(path: Path) -> str:
    return path.read_text("utf-8")


def code_of(text: str) -> Iterator[str]:
    """What stands in blocks and in backticks, pictures in Mermaid apart."""
    blocks = re.compile(r"```(?!mermaid)\w*\n(.*?)```", re.DOTALL)
    yield from (line for block in blocks.findall(text) for line in block.splitlines())
    without = re.sub(r"```.*?```", "", text, flags=re.DOTALL)
    yield from (span.replace("\n", " ") for span in re.findall(r"`([^`]+)`", without))


def anchors(text: str) -> set[str]:
    """The anchors that GitHub makes of headings."""
    titles = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}


def missing_paths(text: str) -> set[str]:
    names = {name.rstrip("/") for name in PATH.findall(text)} - MADE_WHEN_FOLLOWED
    return {name for name in names if not (ROOT / name).exists()}


def missing_modules(text: str) -> set[str]:
    return {name for name in MODULE.findall(text) if not is_module(name)}


def is_module(name: str) -> bool:
    """Whether this is a module or a package, or a name in one."""
    path = ROOT.joinpath(*name.split("."))
    if path.is_dir() or path.with_suffix(".py").exists():
        return True
    inner = path.parent.with_suffix(".py")
    return (
        inner.exists() and re.search(rf"^(?:class|def|async def) {path.name}\b", page(inner), re.MULTILINE) is not None
    )


def broken_links(path: Path) -> set[str]:
    targets = [first or second for first, second in LINK.findall(page(path))]
    return {target for target in targets if not leads_somewhere(path, target)}


def leads_somewhere(path: Path, target: str) -> bool:
    name, _, anchor = target.partition("#")
    there = (path.parent / name) if name else path
    return there.exists() and (not anchor or anchor in anchors(page(there)))


def unknown_uses(text: str) -> set[str]:
    """Commands that do not exist, and options that a command does not have."""
    return {problem for code in code_of(text) for match in COMMAND.finditer(code) for problem in problems_of(match)}


def unknown_options_in_rows(text: str) -> set[str]:
    """Options anywhere in a row of a table that begins with a command, and that this command does not have."""
    rows = (line.removeprefix("| `") for line in text.splitlines() if line.startswith("| `papersys "))
    uses = (COMMAND.match(row.replace("`", " ")) for row in rows)
    return {problem for use in uses if use for problem in problems_of(use)}


def problems_of(match: re.Match[str]) -> Iterator[str]:
    words, rest = match[1].replace("\\", "").split(), match[2].split(" papersys ")[0].split(" #")[0]
    for name in words[0].split("|"):
        command = COMMANDS.get(name)
        if command is None:
            yield f"papersys {name}"
            continue
        inner = getattr(command, "commands", {})
        subcommands = words[1].split("|") if inner and len(words) > 1 else []
        yield from (f"papersys {name} {sub}" for sub in subcommands if sub not in inner)
        known = options_of(command).union(*(options_of(inner[sub]) for sub in subcommands if sub in inner))
        yield from (f"papersys {name} {option}" for option in OPTION.findall(rest) if option not in known)


def options_of(command: Any) -> set[str]:
    return {option for parameter in command.params for option in (*parameter.opts, *parameter.secondary_opts)} | {
        "--help"
    }


def commands() -> dict[str, Any]:
    group: Any = typer.main.get_command(app)
    return {name: group.commands[name] for name in group.commands}


COMMANDS = commands()
SETTINGS = {row.split("`")[1] for row in settings_table().splitlines()[2:]}
SECTIONS = {name.partition(".")[0] for name in SETTINGS}


def unknown_settings(text: str) -> set[str]:
    named = {name for name in SETTING.findall(text) if name.partition(".")[0] in SECTIONS}
    return {
        name for name in named if name not in SETTINGS and not any(known.startswith(f"{name}.") for known in SETTINGS)
    }


def unknown_recipes(text: str) -> set[str]:
    recipes = set(re.findall(r"^([a-z-]+):", page(ROOT / "Makefile"), re.MULTILINE))
    return set(RECIPE.findall(text)) - recipes


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_page_names_nothing_that_is_not_there(path: Path) -> None:
    assert broken_links(path) == set()
    if path.name != WITH_HISTORY:
        text = page(path)
        assert missing_paths(text) == set()
        assert missing_modules(text) == set()
        assert unknown_uses(text) | unknown_options_in_rows(text) == set()
        assert unknown_settings(text) - EVENTS == set()
        assert unknown_recipes(text) == set()


EVENTS = {"fetcher.document", "fetcher.lookup", "feedback.label"}
"""Subjects of the bus that look like settings."""


def test_every_command_is_documented() -> None:
    text = page(ROOT / "docs" / "commands.md")
    assert [name for name in COMMANDS if not re.search(rf"papersys (?:[a-z|\\]*\|)?{name}\b", text)] == []


def test_every_page_is_linked_from_the_readme() -> None:
    text = page(ROOT / "README.md")
    pages = [path.name for path in (ROOT / "docs").glob("*.md")]
    assert [name for name in pages if f"(docs/{name})" not in text] == []


def test_the_readme_is_short() -> None:
    assert len(page(ROOT / "README.md").splitlines()) < 250


def test_every_room_is_described_once() -> None:
    found = re.findall(r"^\| `([\w/]+)` \|", page(ROOT / "docs" / "architecture.md"), re.MULTILINE)
    rows = set(found)
    assert len(found) == len(rows)
    modules = [
        path.relative_to(ROOT) for house in ("services", "shared", "deploy") for path in (ROOT / house).rglob("*.py")
    ]
    rooms = {path.parent.as_posix() for path in modules if path.name != "__init__.py"}
    roots = {"services", "shared", "deploy", *(f"services/{service}" for service in SERVICES)}
    assert {room for room in rooms - rows - roots if not room.startswith("deploy/demo")} == set()
    assert rows - rooms == set()


@pytest.mark.parametrize(
    ("check", "text"),
    [
        (missing_paths, "see `services/ranker/no_such_file.py`"),
        (missing_modules, "run `python -m tests.bench.bench_nothing`"),
        (missing_modules, "`shared.errors.NoSuchError`"),
        (unknown_uses, "`papersys nosuch`"),
        (unknown_uses, "`papersys search --nosuch`"),
        (unknown_uses, "`papersys dead list|bury`"),
        (unknown_options_in_rows, "| `papersys best` | the best; `--nosuch` |"),
        (unknown_settings, "`ranker.nosuch`"),
        (unknown_recipes, "`make nosuch`"),
    ],
)
def test_the_check_itself_notices_what_is_not_there(check: Any, text: str) -> None:
    assert check(text)


def test_a_link_to_a_heading_that_is_not_there_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "page.md"
    path.write_text("# One\n\n[fine](#one), [not](#two), [nor](three.md)\n")
    assert broken_links(path) == {"#two", "three.md"}


def test_the_pictures_draw_modules_that_are_there() -> None:
    """That these are the ones on the way is for `make ways`, which takes minutes."""
    drawn = {module for picture in pictures().values() for module in picture.modules}
    assert len(drawn) > 50
    assert {module for module in drawn if not (ROOT / module).is_file()} == set()
