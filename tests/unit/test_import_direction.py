"""Imports flow one way: services and deploy import shared, shared imports neither, no service imports another.

What deploy uses of services it names in one table, and nothing else is imported by a name in a string.
"""

import ast
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MODULES = sorted(path for room in ("shared", "services", "deploy") for path in (ROOT / room).rglob("*.py"))

TABLE = "deploy/services.py"
IMPORTS_BY_NAME = {
    TABLE,
    "services/embedder/backends/__init__.py",  # a backend is named by the settings
    "services/fetcher/documents/engines/marker.py",  # an optional dependency without types
}


def allowed(module: tuple[str, ...]) -> set[tuple[str, ...]]:
    """The rooms that a module may import from."""
    if module[0] == "shared":
        return {("shared",)}
    if module[0] == "deploy":
        return {("shared",), ("deploy",)}
    return {("shared",), module[:2]}


@cache
def nodes(source: str) -> list[ast.AST]:
    """All of a module; each is parsed once."""
    return list(ast.walk(ast.parse(source)))


def imported(source: str) -> set[tuple[str, ...]]:
    """The dotted names a module imports."""
    names: set[tuple[str, ...]] = set()
    for node in nodes(source):
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


def test_a_module_imports_only_what_its_room_may() -> None:
    modules = {path.relative_to(ROOT).with_suffix(""): path.read_text("utf-8") for path in MODULES}
    found = {str(module): violations(module.parts, source) for module, source in modules.items()}
    assert {module: names for module, names in found.items() if names} == {}


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


def names_of_services(source: str) -> set[str]:
    """The texts of a module that name code of a service; `services.` alone begins the name of a process."""
    texts = {node.value for node in nodes(source) if isinstance(node, ast.Constant)}
    return {text for text in texts if isinstance(text, str) and text.startswith("services.") and text != "services."}


def imports_by_name(source: str) -> bool:
    called = {ast.unparse(node.func) for node in nodes(source) if isinstance(node, ast.Call)}
    return bool(called & {"importlib.import_module", "import_module", "__import__"})


def test_only_the_table_of_deploy_names_code_of_services() -> None:
    deploy = [path for path in MODULES if path.relative_to(ROOT).parts[0] == "deploy"]
    naming = {path for path in deploy if names_of_services(path.read_text("utf-8"))}
    assert {path.relative_to(ROOT).as_posix() for path in naming} == {TABLE}


def test_modules_are_imported_by_name_in_few_known_places() -> None:
    importing = {path for path in MODULES if imports_by_name(path.read_text("utf-8"))}
    assert {path.relative_to(ROOT).as_posix() for path in importing} == IMPORTS_BY_NAME


def test_a_name_in_a_string_is_noticed() -> None:
    assert names_of_services('load("services.ranker.commands:best")') == {"services.ranker.commands:best"}
    assert names_of_services('f"services.{service}"') == set()
    assert imports_by_name("import importlib\nimportlib.import_module(name)")
    assert imports_by_name("from importlib import import_module\nimport_module(name)")
