"""The git repository: a commit where something changed, and nothing that others wrote is lost."""

import subprocess
from pathlib import Path

import pytest

from deploy.syncing.destination import Synced, sync
from deploy.syncing.git_folder import GitFolder
from shared.errors import PapersysError
from shared.store.files.data_folder import DataFolder

A, B = "metadata/2026-10.csv", "metadata/2026-11.csv"


@pytest.fixture
def data(tmp_path: Path) -> DataFolder:
    data = DataFolder(tmp_path / "data", min_free_mb=0)
    for name in (A, B):
        data.write_text(data.path(name), f"paper_id\n{name}\n")
    return data


def git(folder: Path, *arguments: str) -> str:
    command = ["git", "-C", str(folder), "-c", "user.name=x", "-c", "user.email=x@x", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def synced(data: DataFolder, folder: Path, remote: Path | None = None, *, overrule: bool = False) -> Synced:
    place = GitFolder(folder, "main", str(remote) if remote else None)
    return sync(data, place, with_ratings=False, overrule=overrule)


def test_a_sync_is_one_commit_and_none_where_nothing_changed(data: DataFolder, tmp_path: Path) -> None:
    folder = tmp_path / "copy"
    dry = sync(data, GitFolder(folder, "main"), with_ratings=False, dry_run=True)
    assert (set(dry.plan.put), folder.exists()) == ({A, B}, False)
    synced(data, folder)
    synced(data, folder)
    data.write_text(data.path(A), "changed\n")
    data.path(B).unlink()
    synced(data, folder)
    assert git(folder, "log", "--format=%s").splitlines() == [
        "papersys: 1 file written, 1 removed",
        "papersys: 2 files written, 0 removed",
    ]
    assert git(folder, "status", "--porcelain") == ""
    assert git(folder, "ls-files") == A


@pytest.mark.parametrize("is_committed", [True, False])
def test_what_somebody_changed_there_is_left_alone_until_overruled(
    is_committed: bool, data: DataFolder, tmp_path: Path
) -> None:
    folder = tmp_path / "copy"
    synced(data, folder)
    (folder / A).write_text("theirs\n")
    (folder / "mine.md").write_text("mine\n")
    if is_committed:
        git(folder, "add", "--all")
        git(folder, "commit", "-qm", "theirs")
    data.write_text(data.path(A), "ours\n")
    data.write_text(data.path(B), "ours\n")
    for _ in range(2):
        assert synced(data, folder).plan.conflicts == (A,)
    assert [(folder / name).read_text() for name in (A, B, "mine.md")] == ["theirs\n", "ours\n", "mine\n"]
    assert synced(data, folder, overrule=True).plan.conflicts == ()
    assert (folder / A).read_text() == "ours\n"


def test_what_others_push_is_taken_in_and_never_pushed_over(data: DataFolder, tmp_path: Path) -> None:
    remote, other, folder = tmp_path / "remote.git", tmp_path / "other", tmp_path / "copy"
    git(tmp_path, "init", "-q", "--bare", "-b", "main", str(remote))
    synced(data, folder, remote)
    git(tmp_path, "clone", "-q", str(remote), str(other))
    (other / "README.md").write_text("theirs\n")
    git(other, "add", "--all")
    git(other, "commit", "-qm", "theirs")
    git(other, "push", "-q", "origin", "main")
    data.write_text(data.path(A), "ours\n")
    synced(data, folder, remote)
    assert git(remote, "log", "--format=%s", "main").splitlines()[:2] == [
        "papersys: 1 file written, 0 removed",
        "theirs",
    ]
    (other / "README.md").write_text("again\n")
    git(other, "commit", "-qam", "again", "--no-edit")
    git(other, "pull", "-q", "--rebase", "origin", "main")
    git(other, "push", "-q", "origin", "main")
    git(folder, "commit", "-q", "--allow-empty", "-m", "by hand")
    with pytest.raises(PapersysError, match="both went on"):
        synced(data, folder, remote)


def test_a_folder_with_something_else_in_it_and_links_are_refused(data: DataFolder, tmp_path: Path) -> None:
    folder = tmp_path / "full"
    folder.mkdir()
    (folder / "thesis.tex").write_text("x")
    with pytest.raises(PapersysError, match="no git repository"):
        synced(data, folder)
    linked = tmp_path / "linked"
    git(tmp_path, "init", "-q", str(linked))
    (linked / "metadata").symlink_to(tmp_path / "full")
    with pytest.raises(PapersysError, match="is a link"):
        synced(data, linked)
    assert [path.name for path in folder.iterdir()] == ["thesis.tex"]
