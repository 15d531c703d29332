"""The Astro project as it is built: its sources, the reader's style and formulas, and what npm installs for it.

Installed once a version of the lock file, with no script of a package run; a folder counts when it has its last name.
"""

import hashlib
import shutil
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock

from services.publisher.pages.templating import STATIC
from services.publisher.site.building.node import Node
from shared.errors import PapersysError

WEB = Path(__file__).parents[1] / "web"
_LOCKED = ("package.json", "package-lock.json", ".npmrc")
_SHARED = {
    "src/styles/reader.css": "reader.css",
    "public/icon.svg": "icon.svg",
    "public/icon-512.png": "icon-512.png",
    "public/katex": "katex",
}
"""Where parts of the reader lie in the project, and which they are."""
_OF_KATEX = ("katex.min.css", "fonts")
_INSTALL_SECONDS = 900.0
_ROOT_LOG = "npm.log"


@dataclass(frozen=True)
class WebProject:
    """A project that can be built: `folder`, and the `stamp` that changes with anything that pages depend on."""

    folder: Path
    modules: Path
    stamp: str


def prepare_project(tools: Path, node: Node, say: Callable[[str], None]) -> WebProject:
    """The project in `tools`, with its packages. Raises PapersysError where npm cannot install them."""
    installed = tools / _hash(_contents(WEB / name for name in _LOCKED))
    stamp = _hash(_contents(_sources()))
    project = installed / f"project-{stamp}"
    tools.mkdir(parents=True, exist_ok=True)
    with FileLock(tools / "installing.lock"):
        if not (installed / "node_modules").exists():
            _install(installed, node, say)
        if not project.exists():
            _copy_sources(project)
    return WebProject(project, installed / "node_modules", f"{installed.name}-{stamp}")


def _install(folder: Path, node: Node, say: Callable[[str], None]) -> None:
    say("Installing what the site is built with (npm, once) ...")
    with _in_place(folder) as draft:
        for name in _LOCKED:
            shutil.copyfile(WEB / name, draft / name)
        command = (str(node.npm), "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
        try:
            node.run(command, draft, folder.parent / _ROOT_LOG, timeout_seconds=_INSTALL_SECONDS)
        except PapersysError as error:
            raise PapersysError(
                f"npm could not install what the site is built with: {error}\n"
                "It needs npm's registry once; try again when it can be reached."
            ) from error


def _copy_sources(project: Path) -> None:
    with _in_place(project) as draft:
        shutil.copytree(WEB, draft, dirs_exist_ok=True, ignore=shutil.ignore_patterns("node_modules", ".*"))
        for place, name in _SHARED.items():
            target = draft / place
            target.parent.mkdir(parents=True, exist_ok=True)
            if (STATIC / name).is_dir():
                shutil.copytree(STATIC / name, target, ignore=lambda _, names: _not_of_katex(names))
            else:
                shutil.copyfile(STATIC / name, target)


class _in_place:
    """A folder under another name that gets its own when the block ends well; leftovers of killed ones are removed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._draft = folder.with_name(f"new-{uuid.uuid4().hex[:8]}")

    def __enter__(self) -> Path:
        self._folder.parent.mkdir(parents=True, exist_ok=True)
        for leftover in self._folder.parent.glob("new-*"):
            shutil.rmtree(leftover, ignore_errors=True)
        self._draft.mkdir()
        return self._draft

    def __exit__(self, error: object, *_: object) -> None:
        if error is None:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._draft.rename(self._folder)
        else:
            shutil.rmtree(self._draft, ignore_errors=True)


def _not_of_katex(names: list[str]) -> list[str]:
    return [name for name in names if name not in _OF_KATEX and not name.endswith((".woff2", "LICENSE"))]


def _sources() -> Iterator[Path]:
    """Everything that pages are made with, beside their Markdown."""
    yield from sorted(path for path in WEB.rglob("*") if path.is_file() and "node_modules" not in path.parts)
    for name in _SHARED.values():
        yield from sorted((STATIC / name).rglob("*.css")) if (STATIC / name).is_dir() else [STATIC / name]


def _contents(paths: Iterator[Path]) -> Iterator[bytes]:
    for path in paths:
        yield path.name.encode() + b"\0" + path.read_bytes()


def _hash(contents: Iterator[bytes]) -> str:
    digest = hashlib.sha256()
    for content in contents:
        digest.update(hashlib.sha256(content).digest())
    return digest.hexdigest()[:16]
