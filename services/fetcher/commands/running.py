"""What every command begins with: its data folder, and no more memory than the settings say."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from services.fetcher.settings import Settings
from shared.service.memory import limited_memory
from shared.store.files.data_folder import DataFolder

T = TypeVar("T")


def run_limited(settings: Settings, work: Coroutine[Any, Any, T]) -> T:
    """What arXiv is asked for, in no more memory than the settings say: it may send anything."""
    with limited_memory(settings.fetcher.memory_mb):
        return asyncio.run(work)


def opened(settings: Settings) -> DataFolder:
    return DataFolder(settings.data.path, settings.data.min_free_mb)


def prepared(settings: Settings) -> DataFolder:
    """The data folder, made where it is not there yet."""
    data = opened(settings)
    data.prepare()
    return data
