"""Which backup is restored, and where it may go."""

import tomllib
from datetime import UTC, datetime
from pathlib import Path

import pytest

from deploy.backup.restic import Restic, Snapshot
from deploy.backup.restoring import Restore, chosen_snapshot, folder_id_at, with_data_beside
from shared.errors import PapersysError
from shared.store.files.data_folder import DataFolder
from shared.store.keeping.folder_version import FolderVersion, write_folder_version


def snapshot(name: str, day: int, folder: str) -> Snapshot:
    return Snapshot(id=name * 8, time=datetime(2026, 11, day, tzinfo=UTC), tags=("papersys", f"folder={folder}"))


SNAPSHOTS = [
    snapshot("a1", 1, "mine"),
    snapshot("b1", 2, "other"),
    snapshot("a2", 3, "mine"),
    snapshot("c1", 4, "other"),
]


class FakeRestic(Restic):
    """Writes a small folder in place of a backup."""

    def __init__(self, files: dict[str, str], size: int = 10) -> None:
        self.files, self.size = files, size

    def size_of(self, snapshot: str) -> int:
        return self.size

    def restore(self, snapshot: str, target: Path, only: tuple[str, ...] = ()) -> None:
        for name, content in self.files.items():
            path = target / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content)


def way(files: dict[str, str], folder: Path, **more: object) -> Restore:
    return Restore(FakeRestic(files), SNAPSHOTS[0], folder, **more)  # type: ignore[arg-type]


def test_the_last_backup_of_this_folder_is_taken_where_there_are_those_of_others() -> None:
    assert chosen_snapshot(SNAPSHOTS, "latest", "mine") == SNAPSHOTS[2]
    assert chosen_snapshot(SNAPSHOTS[1:2], "latest", "mine") == SNAPSHOTS[1]


@pytest.mark.parametrize(
    ("wanted", "says"),
    [("latest", "backups of 2 data folders"), ("zz", "No backup begins"), ("a", "Several backups begin")],
)
def test_a_choice_that_is_not_clear_is_left_to_the_person(wanted: str, says: str) -> None:
    with pytest.raises(PapersysError, match=says):
        chosen_snapshot(SNAPSHOTS, wanted, None)
    with pytest.raises(PapersysError, match="no backup in this repository"):
        chosen_snapshot([], wanted, None)


def test_an_id_may_be_shortened() -> None:
    assert chosen_snapshot(SNAPSHOTS, "b1b1", None) == SNAPSHOTS[1]


def test_nothing_is_ever_overwritten(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(PapersysError, match="is not empty; nothing there was changed"):
        way({"data/x": "x"}, tmp_path).run()
    file = tmp_path / "mine.txt"
    with pytest.raises(PapersysError, match="is not empty"):
        way({"data/x": "x"}, file).run()
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_a_disk_that_is_too_small_is_told_before_anything_is_written(tmp_path: Path) -> None:
    restore = Restore(FakeRestic({}, size=10**18), SNAPSHOTS[0], tmp_path / "a" / "b")
    with pytest.raises(PapersysError, match="MB are free"):
        restore.run()
    assert list(tmp_path.iterdir()) == []


def test_a_restored_folder_has_its_settings_beside_it_and_they_name_its_data(tmp_path: Path) -> None:
    files = {"data/metadata/2026-11.csv": "a\n", "papersys.toml": '[data]\npath = "/home/me/papers"\nmin_free_mb = 5\n'}
    restored = way(files, tmp_path / "new").run()
    settings = tomllib.loads((tmp_path / "new" / "papersys.toml").read_text())
    assert settings["data"] == {"path": "data", "min_free_mb": 5}
    assert (tmp_path / "new" / "data" / "metadata" / "2026-11.csv").exists()
    assert restored.files == 1
    assert [path.name for path in tmp_path.iterdir()] == ["new"]


def test_a_lost_data_folder_is_restored_where_it_was_and_the_settings_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "papersys.toml").write_text("# mine\n")
    (tmp_path / "data").mkdir()
    way({"data/x": "x", "papersys.toml": "# of the backup\n"}, tmp_path / "data", data=tmp_path / "data").run()
    assert (tmp_path / "data" / "x").read_text() == "x"
    assert (tmp_path / "papersys.toml").read_text() == "# mine\n"


def test_a_part_that_no_backup_holds_is_named(tmp_path: Path) -> None:
    with pytest.raises(PapersysError, match="holds nothing of notes"):
        way({}, tmp_path / "new", only=("notes",)).run()
    assert list(tmp_path.iterdir()) == []


def test_damage_in_a_backup_is_reported_and_the_rest_restored(tmp_path: Path) -> None:
    restored = way({"data/papersys.json": "{", "data/summaries/2026-11.jsonl": '{"a": 1}\n{'}, tmp_path / "new").run()
    assert len(restored.problems) == 2
    assert any("line 2, is no record" in problem for problem in restored.problems)


def test_settings_without_a_data_section_get_one() -> None:
    assert tomllib.loads(with_data_beside("# mine\n[llm]\nmodel = 'x'\n"))["data"] == {"path": "data"}
    with pytest.raises(PapersysError, match="cannot be read"):
        with_data_beside("[")


def test_a_folder_is_known_by_its_id(tmp_path: Path) -> None:
    assert folder_id_at(tmp_path / "gone") is None
    version = FolderVersion(layout=1, written_by="0.1.0")
    write_folder_version(DataFolder(tmp_path, 0), version)
    assert folder_id_at(tmp_path) == version.folder_id
