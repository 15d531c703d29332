"""Runs the programs that build a site and carry it away: no longer than allowed, and with all that they started ended.

Secrets reach them by environment alone, and are cut from what they say.
"""

import contextlib
import os
import re
import signal
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from shared.errors import PermanentFailure, TemporaryFailure
from shared.service.child_processes import die_with_parent
from shared.text.safe.plain_text import harmless

_PASSED_ON = (
    "PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "USER", "LOGNAME", "SSH_AUTH_SOCK", "SSL_CERT_FILE", "SSL_CERT_DIR",
    "NODE_EXTRA_CA_CERTS", "XDG_CACHE_HOME",
    "http_proxy", "https_proxy", "no_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "ALL_PROXY",
)  # fmt: skip
"""What a program may know of this process' environment: none of the settings' other secrets."""
_COLOURS = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b\][^\x07]*\x07")
_MOST_CHARACTERS = 600


@dataclass(frozen=True)
class Outcome:
    """How a program ended; `output` is its standard output, `said` what it told people, on one line without secrets."""

    code: int
    output: bytes
    said: str

    @property
    def complaint(self) -> str:
        """The end of what it said, which is where programs put why they gave up."""
        return self.said if len(self.said) <= _MOST_CHARACTERS else f"… {self.said[-_MOST_CHARACTERS:]}"


@dataclass(frozen=True)
class Program:
    """A program with its environment; `secrets` are never repeated, `limit` is the setting of its timeout."""

    command: tuple[str, ...]
    environment: Mapping[str, str]
    secrets: tuple[str, ...] = ()
    timeout_seconds: float = 1_800
    limit: str = "publisher.deploy.timeout_minutes"

    def run(
        self,
        arguments: Sequence[str],
        *,
        given: bytes = b"",
        folder: Path | None = None,
        variables: Mapping[str, str] | None = None,
    ) -> Outcome:
        """Run to the end; `variables` come on top of the environment.

        Raises PermanentFailure where there is no such program, TemporaryFailure where it takes too long.
        """
        process = self._start(arguments, folder, variables, subprocess.PIPE, subprocess.PIPE)
        output, errors = self._await(process, given)
        return Outcome(process.returncode, output, self._without_secrets(errors or output))

    def run_logged(
        self, arguments: Sequence[str], log: Path, *, folder: Path, variables: Mapping[str, str] | None = None
    ) -> Outcome:
        """As `run`, with all that the program says added to a file while it runs, so that a person can follow it."""
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("a+b") as file:
            start = file.seek(0, os.SEEK_END)
            process = self._start(arguments, folder, variables, file, subprocess.STDOUT)
            self._await(process, b"")
            file.seek(start)
            output = file.read()
        return Outcome(process.returncode, output, self._without_secrets(output))

    def _start(
        self,
        arguments: Sequence[str],
        folder: Path | None,
        variables: Mapping[str, str] | None,
        output: IO[bytes] | int,
        errors: int,
    ) -> "subprocess.Popen[bytes]":
        try:
            return subprocess.Popen(
                [*self.command, *arguments],
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=errors,
                cwd=folder,
                env={**passed_on(), **self.environment, **(variables or {})},
                start_new_session=True,
                preexec_fn=die_with_parent(),
            )
        except OSError as error:
            advice = "install it." if isinstance(error, FileNotFoundError) else "is it the right program?"
            raise PermanentFailure(f"{self.command[0]} cannot be started: {error.strerror}; {advice}") from error

    def _await(self, process: "subprocess.Popen[bytes]", given: bytes) -> tuple[bytes, bytes]:
        try:
            return process.communicate(given, self.timeout_seconds)
        except subprocess.TimeoutExpired as error:
            raise TemporaryFailure(
                f"{Path(self.command[0]).name} did not end within {self.timeout_seconds / 60:g} minutes ({self.limit})."
            ) from error
        finally:
            _end(process)

    def _without_secrets(self, said: bytes) -> str:
        text = _COLOURS.sub("", said.decode("utf-8", "replace"))
        for secret in filter(None, self.secrets):
            text = text.replace(secret, "…")
        return harmless(" ".join(text.split()))


def passed_on() -> dict[str, str]:
    return {name: os.environ[name] for name in _PASSED_ON if name in os.environ}


def _end(process: "subprocess.Popen[bytes]") -> None:
    """Nothing that the program started outlives it."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
