"""The text part as a git repository in a folder, pushed where a remote is set; never by force, never over a change."""

import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

from deploy.syncing.plan import SyncPlan
from deploy.syncing.staging import ids_of
from shared.errors import PapersysError, TemporaryFailure
from shared.store.keeping.findings import counted
from shared.text.safe.plain_text import shortened, without_credentials

_SECONDS = 600.0
_SETTINGS = (
    "core.hooksPath=/dev/null", "core.autocrlf=false", "core.attributesFile=/dev/null", "commit.gpgsign=false",
    "user.name=papersys", "user.email=papersys@localhost", "gc.auto=0",
)  # fmt: skip
_FETCHED = "refs/papersys/remote"


class GitFolder:
    """A repository with a working tree at `folder`."""

    name, takes_vectors = "git", False

    def __init__(self, folder: Path, branch: str, remote: str | None = None) -> None:
        self._folder, self._branch, self._remote = folder.expanduser(), branch, remote
        self.where = f"the git repository {self._folder}"

    def contents(self, *, dry_run: bool) -> Mapping[str, str]:
        """The files as they lie in the folder, with what somebody changed there and did not commit.

        A dry run looks at no remote, because taking in what others pushed changes the folder.
        """
        self._check()
        if not dry_run:
            self._prepare()
        if self._remote and not dry_run:
            self._catch_up(self._remote)
        paths = (path for path in self._folder.rglob("*") if path.is_file() and not path.is_symlink())
        names = ((path.relative_to(self._folder), path) for path in paths)
        return {name.as_posix(): ids_of(path).blob for name, path in names if name.parts[0] != ".git"}

    def write(self, plan: SyncPlan, files: Mapping[str, Path]) -> None:
        for name in plan.put:
            target = self._folder / name
            self._refuse_links(target)
            target.parent.mkdir(parents=True, exist_ok=True)
            draft = target.with_name(f".{target.name}.papersys")
            shutil.copyfile(files[name], draft)
            draft.replace(target)
        for name in plan.remove:
            (self._folder / name).unlink(missing_ok=True)
        changed = "\0".join((*plan.put, *plan.remove))
        self._git("add", "--all", "--force", "--pathspec-from-file=-", "--pathspec-file-nul", given=changed)
        summary = f"papersys: {counted(len(plan.put), 'file')} written, {len(plan.remove)} removed"
        if self._git("diff", "--cached", "--name-only"):
            self._git("commit", "--quiet", "--message", summary)
        if self._remote:
            self._git("push", "--quiet", "--", self._remote, f"HEAD:refs/heads/{self._branch}")

    def _refuse_links(self, target: Path) -> None:
        """Raises PapersysError where a link in the folder would lead a file elsewhere."""
        for path in (target, *target.parents):
            if path == self._folder:
                return
            if path.is_symlink():
                raise PapersysError(
                    f"{path} is a link; put a folder in its place, so that nothing is written elsewhere."
                )

    def _check(self) -> None:
        """Raises PapersysError for a folder with something else in it."""
        is_repository = (self._folder / ".git").exists()
        if not is_repository and self._folder.exists() and any(self._folder.iterdir()):
            raise PapersysError(
                f"{self._folder} is no git repository, and not empty; set sync.git_folder to another one."
            )

    def _prepare(self) -> None:
        if not (self._folder / ".git").exists():
            self._folder.mkdir(parents=True, exist_ok=True)
            self._git("init", "--quiet", f"--initial-branch={self._branch}")

    def _catch_up(self, remote: str) -> None:
        """Take in what others pushed. Raises PapersysError where both sides went on."""
        reference = f"refs/heads/{self._branch}"
        if not self._git("ls-remote", "--heads", "--", remote, reference):
            return
        self._git("fetch", "--quiet", "--no-tags", "--", remote, f"+{reference}:{_FETCHED}")
        has_commits = self._succeeds("rev-parse", "--verify", "--quiet", "HEAD")
        if not has_commits:
            self._git("checkout", "--quiet", "-B", self._branch, _FETCHED)
        elif self._succeeds("merge-base", "--is-ancestor", "HEAD", _FETCHED):
            self._git("merge", "--quiet", "--ff-only", _FETCHED)
        elif not self._succeeds("merge-base", "--is-ancestor", _FETCHED, "HEAD"):
            raise PapersysError(
                f"{self._folder} and {without_credentials(remote)} both went on since they last agreed; nothing was "
                f"changed. Merge {_FETCHED} in that folder and sync again."
            )

    def _succeeds(self, *arguments: str) -> bool:
        return self._run(arguments, "").returncode == 0

    def _git(self, *arguments: str, given: str = "") -> str:
        """What git prints. Raises TemporaryFailure that says what it complained of."""
        done = self._run(arguments, given)
        if done.returncode:
            why = shortened(without_credentials(done.stderr), 300)
            raise TemporaryFailure(
                f"git {arguments[0]} failed in {self._folder}: {why}; nothing there was overwritten."
            )
        return done.stdout.strip()

    def _run(self, arguments: tuple[str, ...], given: str) -> subprocess.CompletedProcess[str]:
        settings = [part for setting in _SETTINGS for part in ("-c", setting)]
        environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
        try:
            return subprocess.run(
                ["git", "-C", str(self._folder), *settings, *arguments],
                input=given,
                capture_output=True,
                text=True,
                errors="replace",
                timeout=_SECONDS,
                env={**environment, "GIT_TERMINAL_PROMPT": "0", "GIT_SSH_COMMAND": "ssh -oBatchMode=yes"},
            )
        except FileNotFoundError as error:
            raise PapersysError("sync.git_folder needs git, which is not installed.") from error
        except subprocess.TimeoutExpired as error:
            raise TemporaryFailure(f"git {arguments[0]} took over {_SECONDS:g} s in {self._folder}.") from error
