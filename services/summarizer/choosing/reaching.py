"""The settings of language models as a running system has them: with the own model's server in place of its file."""

import contextlib
import os
import secrets
from collections.abc import AsyncIterator
from pathlib import Path

from services.summarizer.own_model.endpoint import running_endpoint
from services.summarizer.own_model.hub import hub_of
from services.summarizer.own_model.model_file import ModelFile
from services.summarizer.own_model.starting import ServerStarter
from services.summarizer.settings import Settings
from shared.errors import PapersysError
from shared.settings.sections.own_model import model_name
from shared.settings.settings import LlmSettings
from shared.store.files.data_folder import DataFolder


def as_served(llm: LlmSettings) -> LlmSettings:
    """The settings with an own model as the services see it, for whoever asks it nothing."""
    return llm if llm.gguf is None else _at(llm, "http://127.0.0.1/v1", model_name(llm.gguf), None)


@contextlib.asynccontextmanager
async def reachable(settings: Settings, data: DataFolder) -> AsyncIterator[LlmSettings]:
    """Settings that can be asked with; an own model that no running system serves is started for the block.

    Raises PapersysError where it cannot be.
    """
    llm = settings.llm
    if llm.gguf is None:
        yield llm
        return
    endpoint = running_endpoint(data, llm.gguf)
    if endpoint is not None:
        yield _at(llm, endpoint.address, endpoint.model, endpoint.key_file)
        return
    file = ModelFile(llm.gguf, hub_of(llm.hub_url), data)
    if not file.is_here:
        raise PapersysError(f"{llm.gguf} is not here; check llm.gguf, or have `papersys llm use {llm.gguf}` fetch it.")
    key_file = _key_file(data)
    server = await ServerStarter(llm, file, key_file)()
    try:
        yield _at(llm, f"{server.address}/v1", model_name(llm.gguf), key_file)
    finally:
        await server.stop()


def _at(llm: LlmSettings, address: str, model: str, key_file: Path | None) -> LlmSettings:
    """As the launcher tells the services."""
    server = {"base_url": address, "model": model, "api_key": None, "api_key_file": key_file}
    free = {"price_per_million_input": 0.0, "price_per_million_output": 0.0}
    return llm.model_copy(update={"gguf": None, **server, **free})


def _key_file(data: DataFolder) -> Path:
    """The own model's key, made where the launcher has made none yet; nobody else can read it at any moment."""
    path = data.path("state", "own-model.key")
    path.parent.mkdir(parents=True, exist_ok=True)
    with contextlib.suppress(FileExistsError):
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_urlsafe(24) + "\n")
    return path
