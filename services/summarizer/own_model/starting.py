"""Brings up llama-server with the model of the settings, sized for this machine."""

import asyncio
import logging
from pathlib import Path

import httpx

from services.summarizer.own_model.gguf_header import read_gguf
from services.summarizer.own_model.machine import this_machine
from services.summarizer.own_model.model_file import ModelFile
from services.summarizer.own_model.program import ServedModel, find_server_program
from services.summarizer.own_model.server import RunningServer, start_server
from services.summarizer.own_model.sizing import size
from shared.addresses import free_loopback_port
from shared.settings.own_model import model_name
from shared.settings.settings import LlmSettings

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
        llm = self._settings
        facts = read_gguf(path)
        sizing = size(facts, this_machine(), llm.max_input_chars, llm.gguf_context, llm.gguf_threads)
        if sizing.warning:
            log.warning(sizing.warning, extra={"action": "model_too_large"})
        text = "Loading %s (%d MB) with %d threads and a window of %d tokens."
        name = model_name(path.name)
        log.info(
            text, facts.name, facts.file_bytes >> 20, sizing.threads, sizing.context, extra={"action": "model_loading"}
        )
        return ServedModel(path, name, free_loopback_port(), self._key_file, sizing)
