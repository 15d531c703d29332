"""Brings up llama-server with the model of the settings, sized for this machine."""

import asyncio
import logging
from pathlib import Path

import httpx

from services.summarizer.own_model.gguf_header import GgufFacts, read_gguf
from services.summarizer.own_model.hub import hub_of
from services.summarizer.own_model.machine import this_machine
from services.summarizer.own_model.model_file import ModelFile
from services.summarizer.own_model.program import ServedModel, find_server_program
from services.summarizer.own_model.server import RunningServer, start_server
from services.summarizer.own_model.sizing import Sizing, size
from shared.errors import PermanentFailure, TemporaryFailure
from shared.hosts.addresses import free_loopback_port
from shared.settings.sections.own_model import model_name
from shared.settings.settings import LlmSettings
from shared.store.files.data_folder import DataFolder

log = logging.getLogger(__name__)

_LOAD_SECONDS = 600.0


class ServerStarter:
    """Each call starts one server; `key_file` holds the key that it wants."""

    def __init__(self, settings: LlmSettings, file: ModelFile, key_file: Path) -> None:
        self._settings = settings
        self._file = file
        self._key_file = key_file

    async def __call__(self) -> RunningServer:
        """A server whose model is loaded. Raises TemporaryFailure, PermanentFailure."""
        program = find_server_program()
        model = await asyncio.to_thread(self._sized, self._file.path())
        server = await start_server(program, model)
        try:
            async with httpx.AsyncClient(trust_env=False) as client:
                await server.until_ready(client, _LOAD_SECONDS)
        except BaseException:
            await server.stop()
            raise
        log.info("The model answers.", extra={"action": "model_awake", "pid": server.pid})
        return server

    def _sized(self, path: Path) -> ServedModel:
        facts = read_gguf(path)
        sizing = _sizing(facts, self._settings)
        if sizing.warning:
            log.warning(sizing.warning, extra={"action": "model_too_large"})
        text = "Loading %s (%d MB) with %d threads and a window of %d tokens."
        size_mb, done = facts.file_bytes >> 20, {"action": "model_loading"}
        log.info(text, facts.name, size_mb, sizing.threads, sizing.context, extra=done)
        return ServedModel(path, model_name(path.name), free_loopback_port(), self._key_file, sizing)


def window_of(llm: LlmSettings, data: DataFolder) -> int | None:
    """Tokens that the window of `llm.gguf` will hold on this machine; None while its file is not here, or is none."""
    file = ModelFile(llm.gguf or "", hub_of(llm.hub_url), data)
    try:
        return _sizing(read_gguf(file.path()), llm).context
    except (PermanentFailure, TemporaryFailure):
        return llm.context_tokens


def _sizing(facts: GgufFacts, llm: LlmSettings) -> Sizing:
    return size(facts, this_machine(), llm.max_input_chars, llm.context_tokens, llm.gguf_threads)
