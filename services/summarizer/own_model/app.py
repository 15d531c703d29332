"""The process of the own model: one loopback port, llama-server behind it while somebody asks."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from fastapi import FastAPI
from prometheus_client import CollectorRegistry

from services.summarizer.own_model.endpoint import Endpoint, announced
from services.summarizer.own_model.hub import hub_of
from services.summarizer.own_model.model_file import ModelFile
from services.summarizer.own_model.on_demand import OnDemandServer
from services.summarizer.own_model.proxy import Proxy
from services.summarizer.own_model.starting import ServerStarter
from services.summarizer.settings import Settings
from shared.errors import SettingsError
from shared.service.background import Background
from shared.service.health import health_router
from shared.settings.secret_files import read_secret
from shared.settings.sections.own_model import model_name
from shared.store.files.data_folder import DataFolder

API = "/v1/"


def create_app(settings: Settings, port: int, key_file: Path) -> FastAPI:
    """Raises SettingsError where the settings name no model of one's own, or the key cannot be read."""
    llm = settings.llm
    if llm.gguf is None:
        raise SettingsError("llm.gguf names no model; there is nothing to run.")
    data = DataFolder(settings.data.path, settings.data.min_free_mb)
    file = ModelFile(llm.gguf, hub_of(llm.hub_url), data)
    server = OnDemandServer(ServerStarter(llm, file, key_file), llm.idle_minutes * 60)
    name = model_name(llm.gguf)
    proxy = Proxy(server, name, read_secret(key_file, "The file"))
    endpoint = Endpoint(address=f"http://127.0.0.1:{port}/v1", model=name, gguf=llm.gguf, key_file=key_file)
    background = Background({"watch over llama-server": server.watch, "fetching of the model": file.fetch})

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        with announced(data, endpoint):
            async with background.running():
                yield
            await server.stop()
            await proxy.close()

    app = FastAPI(title="papersys own model", lifespan=lifespan)
    notes = {"model": lambda: _note(name, file, server)}
    app.include_router(health_router("own-model", {}, CollectorRegistry(), notes))
    app.mount(API.rstrip("/"), proxy)
    return app


def _note(name: str, file: ModelFile, server: OnDemandServer) -> str:
    """What the model does now, for `papersys status`."""
    problem = file.note() or server.note()
    return f"The own model {name}: {problem or server.state}"
