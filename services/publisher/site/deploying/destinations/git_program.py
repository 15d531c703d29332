"""git in a repository of papersys's own, with the owner's credentials and nothing of the machine's habits."""

import contextlib
import shutil
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import urlsplit

from services.publisher.site.programs import Outcome, Program
from shared.errors import PermanentFailure, TemporaryFailure

_USER_VARIABLE, _SECRET_VARIABLE = "PAPERSYS_GIT_USER", "PAPERSYS_GIT_SECRET"
_HELPER = (
    f'!f() {{ test "$1" = get && printf "username=%s\\npassword=%s\\n" "${_USER_VARIABLE}" "${_SECRET_VARIABLE}"; }}; f'
)
"""Gives the secret out of the environment: https://git-scm.com/docs/gitcredentials"""
_HABITS = (
    ("core.hooksPath", "/dev/null"),
    ("commit.gpgSign", "false"),
    ("gc.autoDetach", "false"),
    ("push.followTags", "false"),
    ("protocol.ext.allow", "never"),
)
_WITHOUT_USER = "x-access-token"
"""The name that GitHub and GitLab take with a token, whatever its owner is called."""


def open_git(folder: Path, repository: str, *, user: str, secret: str, ssh: str, timeout_seconds: float) -> "Git":
    """`secret` is told to the host of `repository` alone, wherever that may send us."""
    habits = [*_HABITS, *_credentials(repository)] if secret else list(_HABITS)
    environment = {
        "GIT_DIR": str(folder),
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_SSH_COMMAND": ssh,
        "GIT_AUTHOR_NAME": "papersys",
        "GIT_AUTHOR_EMAIL": "papersys@localhost",
        "GIT_COMMITTER_NAME": "papersys",
        "GIT_COMMITTER_EMAIL": "papersys@localhost",
        "LC_ALL": "C.UTF-8",
        "GIT_CONFIG_COUNT": str(len(habits)),
        **{f"GIT_CONFIG_KEY_{number}": key for number, (key, _) in enumerate(habits)},
        **{f"GIT_CONFIG_VALUE_{number}": value for number, (_, value) in enumerate(habits)},
    }
    if secret:
        environment |= {_USER_VARIABLE: user or _WITHOUT_USER, _SECRET_VARIABLE: secret}
    return Git(Program(("git",), environment, (secret,), timeout_seconds), folder)


class Git:
    """Commands over `folder`, a bare repository that may be deleted at any time."""

    def __init__(self, program: Program, folder: Path) -> None:
        self._program = program
        self._folder = folder

    def prepare(self) -> None:
        """Make the repository; a broken one is made anew. What a killed deploy left locked is freed."""
        if self._program.run(["rev-parse", "--git-dir"]).code:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder.parent.mkdir(parents=True, exist_ok=True)
            self.run("init", "--quiet", "--bare", str(self._folder))
        for lock in self._folder.rglob("*.lock"):
            lock.unlink(missing_ok=True)

    def new_index(self) -> str:
        index = self._folder / "site-index"
        with contextlib.suppress(FileNotFoundError):
            index.unlink()
        return str(index)

    def ask(self, *arguments: str, given: bytes = b"", **variables: str) -> Outcome:
        return self._program.run(arguments, given=given, variables=variables)

    def run(self, *arguments: str, given: bytes = b"", asks: str = "", **variables: str) -> bytes:
        """What a command prints. Raises TemporaryFailure and PermanentFailure; `asks` is the repository it talks to."""
        outcome = self.ask(*arguments, given=given, **variables)
        if outcome.code:
            raise self.failure(arguments[0], asks, outcome)
        return outcome.output

    def failure(self, command: str, repository: str, outcome: Outcome) -> PermanentFailure | TemporaryFailure:
        text = f"git {command} {repository}".strip() + f" failed: {outcome.complaint}"
        if not repository:
            return TemporaryFailure(text)
        if _says(
            outcome, "Authentication failed", "could not read Username", "Permission denied", "403", "terminal prompts"
        ):
            return PermanentFailure(f"{text}; see publisher.deploy.token_file and ssh_key_file.")
        if _says(outcome, "not found", "does not appear to be a git repository", "protected branch", "not allowed"):
            return PermanentFailure(f"{text}; see publisher.deploy.repository and branch.")
        return TemporaryFailure(text)


def _credentials(repository: str) -> Iterable[tuple[str, str]]:
    """No other helper is asked, so that nothing of ours is stored anywhere."""
    parts = urlsplit(repository)
    where = f"credential.{parts.scheme}://{parts.netloc.rpartition('@')[2]}.helper"
    return (("credential.helper", ""), (where, ""), (where, _HELPER))


def _says(outcome: Outcome, *phrases: str) -> bool:
    return any(phrase in outcome.complaint for phrase in phrases)
