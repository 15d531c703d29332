"""The file of `llm.gguf`: on this machine already, or fetched first from the hub."""

import asyncio
import logging
from pathlib import Path

from services.summarizer.own_model.hub import Hub, cached_path, fetch_model, parts_of
from shared.errors import PermanentFailure, TemporaryFailure, reason
from shared.settings.sections.own_model import hub_file
from shared.store.files.data_folder import DataFolder

log = logging.getLogger(__name__)

_AGAIN_SECONDS = 60.0
_REFUSED_SECONDS = 3_600.0
_ASK_AGAIN_SECONDS = 20.0
_LOGGED_PERCENT = 10


class ModelFile:
    """Says where the model's file is, or why there is none yet."""

    def __init__(self, gguf: str, hub: Hub, data: DataFolder) -> None:
        self._gguf = gguf
        self._hub = hub
        self._data = data
        self._wanted = hub_file(gguf)
        self._percent = 0
        self._failure: TemporaryFailure | PermanentFailure | None = None

    @property
    def is_here(self) -> bool:
        return self._local_path().is_file()

    def path(self) -> Path:
        """The file. Raises PermanentFailure for a person to mend, TemporaryFailure while it is being fetched."""
        path = self._local_path()
        if self.is_here:
            return path
        if self._wanted is None:
            raise PermanentFailure(f"There is no file {path}; check llm.gguf.")
        if self._failure is not None:
            raise self._failure
        raise TemporaryFailure(
            f"{self._wanted.file} is being fetched from {self._hub.address} ({self._percent} %).",
            retry_in_seconds=_ASK_AGAIN_SECONDS,
        )

    def note(self) -> str | None:
        """Why the model cannot answer now; None where its file is here."""
        try:
            self.path()
        except (TemporaryFailure, PermanentFailure) as failure:
            return str(failure)
        return None

    async def fetch(self) -> None:
        """Return when the file is here; what the hub refuses is asked for again after an hour."""
        while self._wanted is not None and not self._is_complete():
            try:
                await fetch_model(self._hub, self._wanted, self._data, self._on_progress)
                self._failure = None
            except (TemporaryFailure, PermanentFailure) as error:
                self._failure = error
                log.warning("The model was not fetched: %s", reason(error), extra={"action": "model_fetch_failed"})
                await asyncio.sleep(_REFUSED_SECONDS if isinstance(error, PermanentFailure) else _AGAIN_SECONDS)
            else:
                log.info("The model is here: %s.", self._local_path(), extra={"action": "model_fetched"})

    def _local_path(self) -> Path:
        return Path(self._gguf) if self._wanted is None else cached_path(self._data, self._wanted)

    def _is_complete(self) -> bool:
        return self._wanted is not None and all(
            cached_path(self._data, part).is_file() for part in parts_of(self._wanted)
        )

    def _on_progress(self, done: int, total: int) -> None:
        percent = done * 100 // total
        if percent // _LOGGED_PERCENT > self._percent // _LOGGED_PERCENT:
            log.info(
                "The model is being fetched: %d %% of %d MB.", percent, total >> 20, extra={"action": "model_fetch"}
            )
        self._percent = percent
        self._failure = None
