"""The file of `llm.gguf`: here, on its way, or not to be had."""

import asyncio
from pathlib import Path

import pytest

from services.summarizer.own_model.hub import Hub
from services.summarizer.own_model.model_file import ModelFile
from shared.errors import PermanentFailure, TemporaryFailure
from shared.store.files.data_folder import DataFolder
from tests.support.checks.waiting import eventually
from tests.support.outside.hub import hub_server

NAME = "owner/name/small.gguf"


def test_a_file_of_this_machine_is_here_or_is_not(tmp_path: Path) -> None:
    path = tmp_path / "small.gguf"
    file = ModelFile(str(path), Hub(), DataFolder(tmp_path, 1))
    with pytest.raises(PermanentFailure, match="There is no file"):
        file.path()
    path.touch()
    assert (file.path(), file.note()) == (path, None)


async def test_a_file_of_the_hub_is_awaited_and_then_here(tmp_path: Path) -> None:
    with hub_server({"owner/name/resolve/main/small.gguf": b"GGUF" + b"x" * 999}) as hub:
        file = ModelFile(NAME, Hub(hub.url, waits_seconds=()), DataFolder(tmp_path, 1))
        with pytest.raises(TemporaryFailure, match="being fetched") as waiting:
            file.path()
        assert waiting.value.retry_in_seconds
        await file.fetch()
        assert file.is_here
        assert file.note() is None


async def test_what_the_hub_does_not_have_is_said_while_it_is_awaited(tmp_path: Path) -> None:
    with hub_server({}) as hub:
        file = ModelFile(NAME, Hub(hub.url, waits_seconds=()), DataFolder(tmp_path, 1))
        fetching = asyncio.create_task(file.fetch())
        await eventually(lambda: "Entry not found" in str(file.note()))
        with pytest.raises(PermanentFailure):
            file.path()
        fetching.cancel()
