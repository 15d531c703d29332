"""Settings that an accepted replay needs, put in force with and without a running launcher."""

import threading
from pathlib import Path

import pytest

from deploy.configuration import load_system_settings
from deploy.replaying.settings_adoption import SettingsFile
from shared.errors import PapersysError, SettingsError
from shared.settings.changes import ChangeOutcome, SettingsChanges
from shared.store.files.data_folder import DataFolder
from tests.support.checks.waiting import eventually_sync

TEXT = '# mine\n[embedding]\nmodel = "minilm"\n\n[embedding.models.minilm]\n\n[embedding.models.e5]\nname = "e5"\n'
CHANGE = {"embedding.model": "e5"}


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for variable in ("PAPERSYS_EMBEDDING__MODEL", "PAPERSYS_DATA__PATH"):
        monkeypatch.delenv(variable, raising=False)
    path = tmp_path / "papersys.toml"
    path.write_text(TEXT)
    return path


def opened(path: Path, seconds: float = 0.05) -> SettingsFile:
    return SettingsFile(path, load_system_settings(path), seconds)


def test_without_a_launcher_the_file_is_changed_and_the_one_before_kept(path: Path) -> None:
    file = opened(path)
    before = file.before(CHANGE)
    assert path.read_text() == TEXT
    assert "when it starts" in file.adopt(dict(CHANGE))
    assert path.read_text() == TEXT.replace('"minilm"\n\n', '"e5"\n\n')
    assert path.with_name("papersys.toml~").read_text() == TEXT
    assert "already" in file.adopt(dict(CHANGE))
    file.adopt(before)
    assert path.read_text() == TEXT


@pytest.mark.parametrize(("problem", "words"), [("", "starts again"), ("no such model", "refused")])
def test_a_running_launcher_is_handed_the_change_and_its_word_counts(path: Path, problem: str, words: str) -> None:
    mailbox = SettingsChanges(DataFolder(path.parent / "data"))

    answered = threading.Thread(target=answer_one, args=(mailbox, problem), daemon=True)
    answered.start()
    file = opened(path, 10)
    if problem:
        with pytest.raises(PapersysError, match=words):
            file.adopt(dict(CHANGE))
    else:
        assert words in file.adopt(dict(CHANGE))
    answered.join(10)
    assert path.read_text() == TEXT


def answer_one(mailbox: SettingsChanges, problem: str) -> None:
    """As the launcher does, but that nothing is written."""
    changes = []

    def has_come() -> bool:
        change = mailbox.take()
        changes.extend([change] if change else [])
        return bool(changes)

    eventually_sync(has_come)
    mailbox.answer(ChangeOutcome(change_id=changes[0].change_id, problem=problem, path="papersys.toml"))


def test_what_could_not_be_put_in_force_is_refused_before_anything_is_done(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(SettingsError, match=r"papersys.toml.*Nothing was changed"):
        opened(path).before({"ranker.per_day": "many"})
    monkeypatch.setenv("PAPERSYS_EMBEDDING__MODEL", "minilm")
    with pytest.raises(SettingsError, match="PAPERSYS_EMBEDDING__MODEL"):
        opened(path).before(CHANGE)
    assert path.read_text() == TEXT
    assert [one.name for one in path.parent.glob("*.tried")] == []
