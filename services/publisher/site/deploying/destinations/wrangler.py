"""Cloudflare's program `wrangler`, of the version in `wrangler/package-lock.json`: found, or installed once.

It runs on the node of the extra `site` and is installed into the data folder, because most owners need none of it
(230 MB).
"""

import hashlib
import logging
import os
import re
import shutil
from pathlib import Path

from services.publisher.site.building.node import Node, find_node
from services.publisher.site.programs import Outcome
from shared.errors import PapersysError, PermanentFailure, TemporaryFailure
from shared.store.files.data_folder import DataFolder

log = logging.getLogger(__name__)

_PROJECT = Path(__file__).parent / "wrangler"
_FILES = ("package.json", "package-lock.json")
_NEEDED_BYTES = 400 * 1024 * 1024
_QUIET = ("--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error")
_CODE = re.compile(r"npm (?:error|ERR!) code:? '?(E[A-Z0-9_]+)")
_UNREACHABLE = ("ECONNREFUSED", "ECONNRESET", "ENOTFOUND", "EAI_AGAIN", "ETIMEDOUT", "ENETUNREACH", "EHOSTUNREACH")
_INSTALL = ("ci", "--ignore-scripts", *_QUIET)
"""Exactly what the lock file names, on any system that it names packages of."""


def wrangler_command(data: DataFolder, installed: Path | None, timeout_seconds: float) -> tuple[str, ...]:
    """How to call wrangler. Raises PermanentFailure where there is no node, TemporaryFailure where it cannot be had."""
    if installed is not None:
        return (str(_runnable(installed.expanduser())),)
    node = _node()
    folder = data.path("state", "wrangler", _version())
    script = folder / "node_modules" / "wrangler" / "bin" / "wrangler.js"
    if not script.exists():
        _install(data, node, folder, timeout_seconds)
    return str(node.program), str(script)


def forget_wrangler(data: DataFolder) -> None:
    """Remove what was installed into the data folder."""
    shutil.rmtree(data.path("state", "wrangler"), ignore_errors=True)


def _runnable(program: Path) -> Path:
    """Raises PermanentFailure where the settings name no program."""
    if not program.is_file() or not os.access(program, os.X_OK):
        what = "cannot be run: it lacks the right (chmod +x)" if program.is_file() else "is not there"
        raise PermanentFailure(
            f"publisher.deploy.wrangler is {program}, which {what}. Name an installed wrangler 4, or leave the setting "
            "out, and papersys installs one of its own."
        )
    return program


def _node() -> Node:
    """The same as for building the site."""
    try:
        return find_node()
    except PapersysError as error:
        raise PermanentFailure(
            "Deploying to Cloudflare needs node, which is not installed; `pip install 'papersys[site]'`, or set "
            "publisher.deploy.wrangler to a wrangler of your own."
        ) from error


def _version() -> str:
    return hashlib.sha256((_PROJECT / "package-lock.json").read_bytes()).hexdigest()[:12]


def _install(data: DataFolder, node: Node, folder: Path, timeout_seconds: float) -> None:
    """Beside its place first, so that a killed installation is no installation; earlier versions are removed."""
    data.check_space(_NEEDED_BYTES)
    log.info("Installing wrangler, once (230 MB).", extra={"action": "wrangler_install"})
    draft = folder.with_name(f".{folder.name}.tmp")
    shutil.rmtree(folder.parent, ignore_errors=True)
    draft.mkdir(parents=True)
    for name in _FILES:
        shutil.copyfile(_PROJECT / name, draft / name)
    npm = node.as_program(timeout_seconds, limit="publisher.deploy.timeout_minutes")
    outcome = npm.run((str(node.npm), *_INSTALL), folder=draft)
    if outcome.code:
        shutil.rmtree(draft, ignore_errors=True)
        raise TemporaryFailure(f"wrangler could not be installed by npm: {_why(outcome)}")
    draft.rename(folder)


def _why(outcome: Outcome) -> str:
    """npm's code of the error, where it says one, because the end of what it says is no reason."""
    code = _CODE.search(outcome.said)
    if code is None:
        return outcome.complaint or f"it ended with code {outcome.code}"
    if code[1] in _UNREACHABLE:
        return f"its registry cannot be reached ({code[1]}). Is this machine online, and the proxy right?"
    return f"{code[1]}. {outcome.complaint}"
