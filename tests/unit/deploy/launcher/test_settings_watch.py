"""The launcher takes new settings while it runs."""

import asyncio
import io
from pathlib import Path

import pytest

from deploy.configuration import load_system_settings
from deploy.launcher import settings_watch
from deploy.launcher.output import Output
from deploy.launcher.settings_change import EVERYTHING
from deploy.launcher.settings_watch import SettingsWatch
from deploy.launcher.supervisor import Limits, Supervisor
from shared.settings.changes import ChangeOutcome, PendingLikes, SettingsChange, SettingsChanges
from shared.settings.settings import LogSettings
from shared.store.files.data_folder import DataFolder

LIKES = PendingLikes(paper_ids=("2403.12345",))
TEXT = '[data]\npath = "{}"\n[fetcher]\ncategories = ["cs.LG"]\n'


class Programs(Supervisor):
    """Notes what is to start again."""

    def __init__(self, output: Output) -> None:
        super().__init__(output, Limits(1, 1, 1, 1, 1))
        self.restarted: list[str] = []

    def restart(self, names: object) -> None:
        self.restarted += list(names)  # type: ignore[call-overload]


@pytest.fixture
def watch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SettingsWatch:
    monkeypatch.setattr(settings_watch, "_LOOK_SECONDS", 0.01)
    monkeypatch.setattr(settings_watch, "_READING_SECONDS", 0.0)
    path = tmp_path / "papersys.toml"
    path.write_text(TEXT.format("data"))
    settings, output = load_system_settings(path), Output(LogSettings(), io.StringIO())
    return SettingsWatch(settings, path, DataFolder(settings.data.path, 0), Programs(output), output)


async def outcome_of(watch: SettingsWatch, text: str) -> ChangeOutcome:
    page, change = SettingsChanges(watch.data), SettingsChange(text=text, likes=LIKES)
    await asyncio.sleep(0.05)  # what waits at its start is none of its own
    page.submit(change)
    outcome = await page.outcome_of(change, 10)
    assert outcome is not None
    return outcome


async def test_a_change_of_one_service_restarts_it_and_the_watch_goes_on(watch: SettingsWatch) -> None:
    watching = asyncio.create_task(watch.until_new_start())
    text = TEXT.format("data").replace("cs.LG", "math.CO")
    assert (await outcome_of(watch, text)).restarts == ("fetcher",)
    assert SettingsChanges(watch.data).likes() is not None
    assert (await outcome_of(watch, text)).restarts == ()
    refused = await outcome_of(watch, text.replace("math.CO", "math.XX"))
    assert "math.XX" in refused.problem
    assert watch.path.read_text() == text
    assert isinstance(watch.supervisor, Programs)
    assert watch.supervisor.restarted == ["fetcher"]
    watching.cancel()


async def test_new_data_have_services_start_again_and_change_no_setting(watch: SettingsWatch) -> None:
    watching = asyncio.create_task(watch.until_new_start())
    page, change = SettingsChanges(watch.data), SettingsChange(restarts=("ranker", "nats", "embedder"))
    await asyncio.sleep(0.05)
    page.submit(change)
    outcome = await page.outcome_of(change, 10)
    assert outcome is not None
    assert (outcome.restarts, outcome.problem, outcome.is_new_start) == (("embedder", "ranker"), "", False)
    assert watch.path.read_text() == TEXT.format("data")
    assert isinstance(watch.supervisor, Programs)
    assert watch.supervisor.restarted == ["embedder", "ranker"]
    watching.cancel()


async def test_a_change_of_the_data_folder_ends_the_watch_and_its_likes_wait_there(
    watch: SettingsWatch, tmp_path: Path
) -> None:
    watching = asyncio.create_task(watch.until_new_start())
    assert (await outcome_of(watch, TEXT.format("other"))).is_new_start
    settled = await asyncio.wait_for(watching, 10)
    assert settled.restarts == EVERYTHING
    assert SettingsChanges(DataFolder(tmp_path / "other", 0)).likes() is not None
