"""A change of the settings between the Setup page and the launcher."""

import asyncio
from pathlib import Path

import pytest

from shared.settings.changes import ChangeOutcome, PendingLikes, SettingsChange, SettingsChanges
from shared.store.files.data_folder import DataFolder


def changes(folder: Path) -> SettingsChanges:
    return SettingsChanges(DataFolder(folder, 0))


async def test_a_change_is_taken_once_and_its_outcome_comes_back(tmp_path: Path) -> None:
    page, launcher, change = changes(tmp_path), changes(tmp_path), SettingsChange(text="[ranker]")
    page.submit(change)
    waiting = asyncio.create_task(page.outcome_of(change, 10))
    assert launcher.take() == change
    assert launcher.take() is None
    launcher.answer(ChangeOutcome(change_id="another"))
    launcher.answer(ChangeOutcome(change_id=change.change_id, restarts=("fetcher",)))
    outcome = await waiting
    assert outcome is not None
    assert outcome.restarts == ("fetcher",)


async def test_a_change_that_nobody_takes_waits_no_longer(tmp_path: Path) -> None:
    page, change = changes(tmp_path), SettingsChange(text="")
    page.submit(change)
    assert await page.outcome_of(change, 0.05) is None
    assert page.take() is None


@pytest.mark.parametrize("content", [b"", b"{", b'{"text": 5}', b"\xff", b"[" * 100_000])
def test_half_a_file_is_none(tmp_path: Path, content: bytes) -> None:
    folder = tmp_path / "state" / "setup"
    folder.mkdir(parents=True)
    for name in ("change.json", "likes.json"):
        (folder / name).write_bytes(content)
    assert changes(tmp_path).take() is None
    assert changes(tmp_path).likes() is None


def test_likes_are_put_with_those_that_wait(tmp_path: Path) -> None:
    box = changes(tmp_path)
    box.add_likes(PendingLikes())
    assert box.likes() is None
    box.add_likes(PendingLikes(paper_ids=("2403.00001",)))
    box.add_likes(PendingLikes(paper_ids=("2403.00002", "2403.00001")))
    waiting = box.likes()
    assert waiting is not None
    assert waiting.paper_ids == ("2403.00001", "2403.00002")
