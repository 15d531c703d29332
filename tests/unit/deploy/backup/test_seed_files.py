"""The .bib files of the settings in backups, and where the restored settings find them."""

import os
import tomllib
from pathlib import Path

import pytest

from deploy.backup.seed_files import copy_seed_files, names_of, with_restored_seeds


def test_files_of_one_name_are_numbered_and_other_seeds_are_no_files() -> None:
    seeds = ["/a/refs.bib", "2403.12345", "/b/Refs.bib", "sorting.bib of mine", "~/more.BIB", "/a/refs.bib"]
    assert names_of(seeds) == {"/a/refs.bib": "refs.bib", "/b/Refs.bib": "2-Refs.bib", "~/more.BIB": "more.BIB"}


def test_they_come_along_and_the_restored_settings_name_them(tmp_path: Path) -> None:
    mine, backup = tmp_path / "mine", tmp_path / "backup"
    mine.mkdir()
    backup.mkdir()
    (mine / "refs.bib").write_text("@article{a}")
    seeds = [str(mine / "refs.bib"), str(mine / "gone.bib"), "2403.12345"]
    assert copy_seed_files(seeds, backup) == []
    assert [path.name for path in (backup / "seeds").iterdir()] == ["refs.bib"]
    text = '# mine\n[ranker]\nseeds = ["mine/refs.bib", "mine/gone.bib", "2403.12345"]  # to begin with\n'
    restored = with_restored_seeds(text, backup)
    assert tomllib.loads(restored)["ranker"]["seeds"] == ["seeds/refs.bib", "mine/gone.bib", "2403.12345"]
    assert restored.count("#") == 2


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_one_that_may_not_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "refs.bib").write_text("@article{a}")
    (tmp_path / "refs.bib").chmod(0)
    assert copy_seed_files([str(tmp_path / "refs.bib")], tmp_path) == [f"{tmp_path}/refs.bib (Permission denied)"]


@pytest.mark.parametrize("text", ["", "seeds = 1", "[ranker", 'ranker = "no table"', "[ranker]\nseeds = 3\n"])
def test_settings_without_such_a_list_stay_as_they_are(text: str, tmp_path: Path) -> None:
    assert with_restored_seeds(text, tmp_path) == text
