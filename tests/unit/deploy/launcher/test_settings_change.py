"""New settings while papersys runs: all or nothing, and only what they concern starts again."""

from pathlib import Path

import pytest

from deploy.configuration import DEMO_FILE, SystemSettings, load_system_settings
from deploy.launcher.settings_change import EVERYTHING, own_file, restarts_for, settle
from shared.errors import SettingsError
from shared.settings.changes import SettingsChange

BEFORE = '[fetcher]\ncategories = ["cs.LG"]\n[llm]\nbase_url = "http://127.0.0.1:1/v1"\nmodel = "a"\n'


def loaded(folder: Path, text: str) -> SystemSettings:
    path = folder / "papersys.toml"
    path.write_text(text)
    return load_system_settings(path)


@pytest.mark.parametrize(
    ("after", "restarts"),
    [
        (BEFORE, set()),
        (BEFORE.replace("cs.LG", "cs.CL"), {"fetcher"}),
        (BEFORE + "[ranker]\nper_day = 3\n", {"ranker"}),
        (BEFORE.replace('"a"', '"b"'), {"summarizer", "publisher"}),
        (BEFORE + '[data]\npath = "elsewhere"\n', EVERYTHING),
        (BEFORE + "[demo]\nenabled = true\n", EVERYTHING),
        (BEFORE.replace('base_url = "http://127.0.0.1:1/v1"\nmodel = "a"', 'gguf = "own.gguf"'), EVERYTHING),
    ],
)
def test_what_reads_a_changed_section_starts_again(tmp_path: Path, after: str, restarts: set[str]) -> None:
    assert restarts_for(loaded(tmp_path, BEFORE), loaded(tmp_path, after)) == restarts


def test_a_file_that_is_replaced_is_kept_beside_the_new_one(tmp_path: Path) -> None:
    before = loaded(tmp_path, BEFORE)
    path = tmp_path / "papersys.toml"
    settled = settle(SettingsChange(text="[ranker]\nper_day = 3\n"), path, before)
    assert path.read_text() == "[ranker]\nper_day = 3\n"
    assert (tmp_path / "papersys.toml~").read_text() == BEFORE
    assert settled.restarts == {"fetcher", "ranker", "summarizer", "publisher"}
    assert path.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    "text", ["[ranker]\nper_day = 0\n", "not toml", '[llm]\napi_key = "sk-1"\n', "[nothing]\na = 1\n"]
)
def test_settings_that_cannot_be_used_change_nothing_and_are_named_by_their_own_file(tmp_path: Path, text: str) -> None:
    before = loaded(tmp_path, BEFORE)
    path = tmp_path / "papersys.toml"
    with pytest.raises(SettingsError) as refused:
        settle(SettingsChange(text=text), path, before)
    assert ".new" not in str(refused.value)
    assert "sk-1" not in str(refused.value)
    assert [entry.name for entry in tmp_path.iterdir()] == ["papersys.toml"]
    assert path.read_text() == BEFORE


def test_the_demos_own_file_is_never_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert own_file(DEMO_FILE) == tmp_path / "papersys.toml"
    assert own_file(tmp_path / "mine.toml") == tmp_path / "mine.toml"
