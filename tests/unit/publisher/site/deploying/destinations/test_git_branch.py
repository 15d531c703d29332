"""A site pushed to a branch of a real repository."""

import os
import subprocess
from pathlib import Path

import pytest

from services.publisher.site.deploying.destinations.git_branch import GitDeployer
from services.publisher.site.deploying.destinations.git_program import open_git
from shared.errors import PermanentFailure, TemporaryFailure
from tests.support.browsing.sites import PAGES, write_site

WHO = {"GIT_AUTHOR_NAME": "Ada", "GIT_AUTHOR_EMAIL": "a@b", "GIT_COMMITTER_NAME": "Ada", "GIT_COMMITTER_EMAIL": "a@b"}


def git(folder: Path, *arguments: str) -> str:
    """What git says in a folder."""
    command = ["git", "-C", str(folder), *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True, env={**os.environ, **WHO}).stdout.strip()


@pytest.fixture
def site(tmp_path: Path) -> Path:
    return write_site(tmp_path / "site")


@pytest.fixture
def remote(tmp_path: Path) -> Path:
    git(tmp_path, "init", "--quiet", "--bare", "remote.git")
    return tmp_path / "remote.git"


def deployer(remote: Path, state: Path | None = None) -> GitDeployer:
    folder = state or remote.parent / "state" / "git"
    program = open_git(folder, str(remote), user="", secret="", ssh="ssh -o BatchMode=yes", timeout_seconds=60)
    return GitDeployer(program, str(remote), "gh-pages")


def shown(remote: Path) -> set[str]:
    return set(git(remote, "ls-tree", "-r", "-z", "--name-only", "gh-pages").split("\0")) - {""}


def commit_by_hand(remote: Path, files: dict[str, str | None], branch: str = "gh-pages") -> None:
    """Somebody clones the branch, changes files and pushes."""
    work = remote.parent / "by-hand"
    if not work.exists():
        git(remote.parent, "clone", "--quiet", str(remote), "by-hand")
    exists = git(work, "ls-remote", "--heads", "origin", branch)
    git(work, *(("fetch", "-q", "origin") if exists else ("checkout", "-q", "--orphan", branch)))
    if exists:
        git(work, "checkout", "-q", "-B", branch, f"origin/{branch}")
    write_site(work, files)
    git(work, "add", "-A", "-f")
    git(work, "commit", "-q", "-m", "By hand")
    git(work, "push", "-q", "origin", branch)


def test_a_commit_only_where_something_changed(site: Path, remote: Path) -> None:
    assert deployer(remote).plan(site).new == tuple(sorted([*PAGES, ".nojekyll"]))
    assert git(remote, "branch") == ""
    deployer(remote).deploy(site)
    assert shown(remote) == {*PAGES, ".nojekyll"}
    assert git(remote, "show", "gh-pages:tags/graphs & nets/index.html") == PAGES["tags/graphs & nets/index.html"]
    assert not deployer(remote).deploy(site).changes
    assert git(remote, "rev-list", "--count", "gh-pages") == "1"
    write_site(site, {"index.html": "new", "rss.xml": None})
    changes = deployer(remote).deploy(site).changes
    assert (changes.new, changes.changed, changes.removed, changes.size) == ((), ("index.html",), ("rss.xml",), 3)
    assert git(remote, "log", "-1", "--format=%s", "gh-pages") == "Site: 0 new, 1 changed, 1 removed; 3 bytes"
    assert git(remote, "rev-list", "--count", "gh-pages") == "2"


def test_what_others_committed_stays_and_so_does_their_history(site: Path, remote: Path, tmp_path: Path) -> None:
    deployer(remote).deploy(site)
    commit_by_hand(remote, {"CNAME": "papers.example.org", "index.html": "edited by hand"})
    write_site(site, {"about.html": "about"})
    deployer(remote).deploy(site)
    assert shown(remote) == {*PAGES, ".nojekyll", "about.html", "CNAME"}
    assert git(remote, "show", "gh-pages:index.html") == PAGES["index.html"]
    assert "By hand" in git(remote, "log", "--format=%s", "gh-pages")
    write_site(site, {"about.html": None})
    assert deployer(remote, tmp_path / "another machine").deploy(site).changes.removed == ("about.html",)
    assert shown(remote) == {*PAGES, ".nojekyll", "CNAME"}


def test_a_branch_of_somebody_else_is_refused(site: Path, remote: Path) -> None:
    commit_by_hand(remote, {"src/main.c": "int main;"})
    with pytest.raises(PermanentFailure, match=r"'src/main\.c' and more that papersys did not put there"):
        deployer(remote).deploy(site)
    assert shown(remote) == {"src/main.c"}


def test_who_is_overtaken_reads_the_branch_again_and_forces_nothing(
    site: Path, remote: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    deployer(remote).deploy(site)
    write_site(site, {"index.html": "new"})
    overtaken = deployer(remote)
    push = GitDeployer._push
    races = iter([{"CNAME": "a.example.org"}])

    def overtake(self: GitDeployer, commit: str) -> bool:
        if files := next(races, None):
            commit_by_hand(remote, dict(files))
        return push(self, commit)

    monkeypatch.setattr(GitDeployer, "_push", overtake)
    overtaken.deploy(site)
    assert shown(remote) == {*PAGES, ".nojekyll", "CNAME"}
    assert git(remote, "show", "gh-pages:index.html") == "new"
    assert git(remote, "log", "--format=%an", "gh-pages").split() == ["papersys", "Ada", "papersys"]


def test_the_habits_of_the_machine_have_no_say(site: Path, remote: Path, tmp_path: Path) -> None:
    write_site(site, {".gitignore": "*.css", ".gitattributes": "* text eol=crlf", "crlf.txt": "a\nb\n"})
    deployer(remote).deploy(site)
    assert "assets/style.css" in shown(remote)
    assert git(remote, "cat-file", "-s", "gh-pages:crlf.txt") == "4"


def test_a_repository_that_is_not_there_or_spoilt(site: Path, remote: Path, tmp_path: Path) -> None:
    with pytest.raises(PermanentFailure, match="does not appear to be a git repository"):
        deployer(tmp_path / "nowhere.git").deploy(site)
    state = tmp_path / "spoilt"
    write_site(state, {"HEAD": "nonsense"})
    deployer(remote, state).deploy(site)
    write_site(state, {"refs/papersys/branch.lock": "", "shallow.lock": ""})
    write_site(site, {"index.html": "new"})
    assert deployer(remote, state).deploy(site).changes.changed == ("index.html",)


def test_a_refused_push_leaves_the_branch(site: Path, remote: Path) -> None:
    deployer(remote).deploy(site)
    tip = git(remote, "rev-parse", "gh-pages")
    hook = remote / "hooks" / "pre-receive"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\necho 'the disk is full' >&2\nexit 1\n")
    hook.chmod(0o755)
    write_site(site, {"index.html": "new"})
    with pytest.raises(TemporaryFailure, match="the disk is full"):
        deployer(remote).deploy(site)
    assert git(remote, "rev-parse", "gh-pages") == tip
