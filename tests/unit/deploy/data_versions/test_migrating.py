"""A data folder is migrated forward, once, after a copy was made; killed at any moment, the next start goes on."""

from collections.abc import Callable
from pathlib import Path

import pytest

from deploy.data_versions.migrating import FolderMigration
from deploy.data_versions.migrations import MIGRATIONS, Migration
from shared.errors import PapersysError
from shared.settings.sections.backup import BackupSettings
from shared.store.files.data_folder import DataFolder
from shared.store.keeping import folder_version
from shared.store.keeping.folder_version import (
    FILE_NAME,
    LAYOUT,
    FolderVersion,
    NewerFolder,
    read_folder_version,
    write_folder_version,
)

Ran = list[str]


@pytest.fixture(autouse=True)
def _a_papersys_of_layout_2(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folder_version, "LAYOUT", 2)


@pytest.fixture
def data(tmp_path: Path) -> DataFolder:
    """A folder with a note, of the layout before any."""
    folder = DataFolder(tmp_path / "data", 0)
    folder.write_text(folder.path("notes", "me", "1.md"), "before\n")
    return folder


@pytest.fixture
def ran() -> Ran:
    return []


def rewriting(ran: Ran, layout: int, then: Callable[[], None] = lambda: None) -> Migration:
    def run(data: DataFolder) -> None:
        ran.append(f"to {layout}")
        data.write_text(data.path("notes", "me", "1.md"), f"layout {layout}\n")
        then()

    return Migration(layout, f"notes of layout {layout}", run)


def opened(data: DataFolder, *migrations: Migration, backup: BackupSettings | None = None) -> FolderVersion:
    return FolderMigration(data, backup or BackupSettings(), lambda text: None, migrations=migrations).run()


def note(data: DataFolder | Path) -> str:
    return (data.root if isinstance(data, DataFolder) else data).joinpath("notes", "me", "1.md").read_text()


def test_an_older_folder_is_marked_and_nothing_else_of_it_changes(data: DataFolder) -> None:
    version = opened(data, *MIGRATIONS)
    assert (version.layout, len(version.migrations)) == (LAYOUT, LAYOUT)
    assert note(data) == "before\n"
    assert [path.name for path in data.root.parent.iterdir()] == ["data"]
    stamp = data.path(FILE_NAME).read_bytes()
    assert opened(data, *MIGRATIONS) == version
    assert data.path(FILE_NAME).read_bytes() == stamp


def test_a_new_folder_needs_no_migration(tmp_path: Path, ran: Ran) -> None:
    data = DataFolder(tmp_path / "data", 0)
    data.prepare()
    data.path("state", "locks").mkdir(parents=True)
    version = opened(data, *MIGRATIONS)
    assert (version.layout, version.migrations) == (LAYOUT, ())


def test_migrations_run_in_order_once_and_what_was_there_lies_beside(data: DataFolder, ran: Ran) -> None:
    steps = (rewriting(ran, 1), rewriting(ran, 2))
    version = opened(data, *steps)
    opened(data, *steps)
    assert ran == ["to 1", "to 2"]
    assert note(data) == "layout 2\n"
    copy = data.root.with_name("data-before-layout-2")
    assert note(copy) == "before\n"
    assert {record.copy_before for record in version.migrations} == {str(copy)}


def test_one_that_was_killed_is_run_again_from_the_same_copy(data: DataFolder, ran: Ran) -> None:
    def die() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        opened(data, rewriting(ran, 1), rewriting(ran, 2, die))
    assert note(data) == "layout 2\n"
    opened(data, rewriting(ran, 1), rewriting(ran, 2))
    assert ran == ["to 1", "to 2", "to 2"]
    assert note(data.root.with_name("data-before-layout-2")) == "before\n"


def test_a_copy_that_is_not_whole_counts_as_none(data: DataFolder, ran: Ran, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("deploy.data_versions.migrating.copy_file", full)
        with pytest.raises(PapersysError, match="could not be copied before its migration"):
            opened(data, rewriting(ran, 1))
    assert ran == []
    assert [path.name for path in data.root.parent.iterdir()] == ["data"]
    opened(data, rewriting(ran, 1))
    assert ran == ["to 1"]


def test_a_migration_that_fails_says_where_the_copy_lies(data: DataFolder, ran: Ran) -> None:
    def fail() -> None:
        raise OSError(28, "No space left on device")

    with pytest.raises(PapersysError, match=r"data-before-layout-1; the next start tries again"):
        opened(data, rewriting(ran, 1, fail))
    version = read_folder_version(data.root)
    assert version is not None
    assert version.layout == 0


def test_where_backups_are_set_up_and_fail_nothing_is_migrated(data: DataFolder, ran: Ran) -> None:
    values = {"repository": "/mnt/b", "password": "p", "program": "/nowhere/restic"}
    with pytest.raises(PapersysError, match="not installed"):
        opened(data, rewriting(ran, 1), backup=BackupSettings.model_validate(values))
    assert (ran, note(data)) == ([], "before\n")


def test_a_folder_of_a_later_papersys_is_refused_and_left_as_it_is(data: DataFolder, ran: Ran) -> None:
    write_folder_version(data, FolderVersion(layout=3, written_by="9.0.0"))
    stamp = data.path(FILE_NAME).read_bytes()
    with pytest.raises(NewerFolder, match=r"written by papersys 9\.0\.0"):
        opened(data, rewriting(ran, 1))
    assert (ran, data.path(FILE_NAME).read_bytes()) == ([], stamp)
