"""Imports flow one way: services and deploy import shared, shared imports neither, no service imports another."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MODULES = sorted(path for room in ("shared", "services", "deploy") for path in (ROOT / room).rglob("*.py"))


def allowed(module: tuple[str, ...]) -> set[tuple[str, ...]]:
    """The rooms that a module may import from."""
    if module[0] == "shared":
        return {("shared",)}
    if module[0] == "deploy":
        return {("shared",), ("deploy",)}
    return {("shared",), module[:2]}


def imported(source: str) -> set[tuple[str, ...]]:
    """The dotted names a module imports."""
    names: set[tuple[str, ...]] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom):
            base = tuple((node.module or "").split("."))
            names |= {(*base, alias.name) for alias in node.names} if len(base) == 1 else {base}
            assert node.level == 0, f"relative import of {node.module}"
        elif isinstance(node, ast.Import):
            names |= {tuple(alias.name.split(".")) for alias in node.names}
    return names


def violations(module: tuple[str, ...], source: str) -> set[str]:
    ours = {name for name in imported(source) if name[0] in ("shared", "services", "deploy", "tests")}
    return {".".join(name) for name in ours if not any(name[: len(room)] == room for room in allowed(module))}


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_imports_only_what_its_room_may(path: Path) -> None:
    module = path.relative_to(ROOT).with_suffix("").parts
    assert violations(module, path.read_text("utf-8")) == set()


@pytest.mark.parametrize(
    ("module", "source"),
    [
        (("shared", "bus"), "import services.ranker.app"),
        (("services", "ranker", "app"), "from services.fetcher.arxiv.oai import parse"),
        (("services", "ranker", "app"), "from services import fetcher"),
        (("deploy", "cli"), "from services.fetcher import oai"),
        (("services", "ranker", "app"), "from tests.support import bus"),
    ],
)
def test_the_check_itself_notices_a_violation(module: tuple[str, ...], source: str) -> None:
    assert violations(module, source)
