"""Answers on their way to the launcher."""

import asyncio
import tomllib
from pathlib import Path

from services.publisher.system.setup.answers import KEEP, SERVER, Entered, check
from services.publisher.system.setup.handover import hand_over
from services.publisher.system.setup.model_keys import ModelKeys
from services.publisher.system.setup.settings_file import SettingsFile
from shared.settings.changes import ChangeOutcome, PendingLikes, SettingsChanges
from shared.settings.sections.language_models import LlmSettings
from shared.store.files.data_folder import DataFolder
from tests.support.checks.waiting import eventually

ENTERED = Entered(("cs.LG",), "me@example.org", model_choice=SERVER, base_url="http://h/v1", model="m")


def keys_of(path: Path) -> ModelKeys:
    return ModelKeys(SettingsFile(path, is_first=False), LlmSettings())


async def test_the_launcher_gets_the_whole_file_with_the_keys_own_file_in_it(tmp_path: Path) -> None:
    path, changes = tmp_path / "papersys.toml", SettingsChanges(DataFolder(tmp_path / "data", 0))
    path.write_text("[data]\npath = 'x'\n")
    keys = keys_of(path)
    keys.enter("http://h/v1", "sk-1")
    handing = asyncio.create_task(hand_over(check(ENTERED), SERVER, PendingLikes(), keys, changes))
    await eventually((tmp_path / "data" / "state" / "setup" / "change.json").exists)
    change = changes.take()
    assert change is not None
    changes.answer(ChangeOutcome(change_id=change.change_id, path="p"))
    assert (await handing).path == "p"
    assert tomllib.loads(change.text)["llm"]["api_key_file"] == str(tmp_path / "papersys-llm.key")
    assert tomllib.loads(change.text)["data"] == {"path": "x"}


async def test_a_file_that_is_gone_or_broken_changes_nothing_and_is_named(tmp_path: Path) -> None:
    changes = SettingsChanges(DataFolder(tmp_path / "data", 0))
    for content in (None, "["):
        if content is not None:
            (tmp_path / "papersys.toml").write_text(content)
        keys = keys_of(tmp_path / "papersys.toml")
        outcome = await hand_over(check(ENTERED), KEEP, PendingLikes(), keys, changes)
        assert outcome.problem.startswith("Nothing was changed: ")
        assert changes.take() is None
