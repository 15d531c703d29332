"""Leaving the demo: its data stay apart, and whoever is logged in stays so."""

from datetime import date
from pathlib import Path

import pytest

from deploy.configuration import SystemSettings
from deploy.launcher.demo_data import carry_access, must_be_set_aside, set_aside
from shared.settings.settings import DataSettings, DemoSettings
from shared.store.files.data_folder import DataFolder

DAY = date(2026, 11, 21)


def filled(root: Path) -> DataFolder:
    data = DataFolder(root, 0)
    for name in ("metadata/2026.csv", "state/demo.json", "state/locks/a.lock", "state/reader.token", "nats/password"):
        data.path(*name.split("/")).parent.mkdir(parents=True, exist_ok=True)
        data.path(*name.split("/")).write_text(name)
    return data


@pytest.mark.parametrize(
    ("demo_after", "path_after", "expected"), [(False, "a", True), (False, "b", False), (True, "a", False)]
)
def test_only_real_papers_in_the_demos_own_folder_need_it_set_aside(
    demo_after: bool, path_after: str, expected: bool
) -> None:
    before = SystemSettings(demo=DemoSettings(enabled=True), data=DataSettings(path=Path("a")))
    after = SystemSettings(demo=DemoSettings(enabled=demo_after), data=DataSettings(path=Path(path_after)))
    assert must_be_set_aside(before, after) is expected


def test_everything_but_locks_access_and_settings_is_set_aside_and_twice_is_no_harm(tmp_path: Path) -> None:
    data = filled(tmp_path)
    (tmp_path / "papersys.toml").write_text("mine")
    aside = set_aside(data, DAY)
    assert aside.name == "demo-2026-11-21"
    assert (aside / "metadata" / "2026.csv").exists()
    assert (aside / "state" / "demo.json").exists()
    assert {path.name for path in tmp_path.iterdir()} == {aside.name, "papersys.toml", "state"}
    assert {path.name for path in (tmp_path / "state").iterdir()} == {"locks", "reader.token"}
    assert set_aside(filled(tmp_path), DAY).name == "demo-2026-11-21.2"


def test_another_folder_gets_the_token_where_it_has_none(tmp_path: Path) -> None:
    demo, mine = filled(tmp_path / "demo"), DataFolder(tmp_path / "mine", 0)
    carry_access(demo, mine)
    assert mine.path("state", "reader.token").read_text() == "state/reader.token"
    mine.path("state", "reader.token").write_text("my own")
    carry_access(demo, mine)
    assert mine.path("state", "reader.token").read_text() == "my own"
