"""Settings: `papersys.toml`, overridden by `PAPERSYS_<SECTION>__<KEY>`; secrets only by environment or file.

The sections here are those that every service reads; each service adds its own in `services/<name>/settings.py`.
"""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from shared.errors import SettingsError
from shared.hosts.addresses import reachable
from shared.settings.errors import explain
from shared.settings.section import Section as Section
from shared.settings.sections.backup import BackupSettings as BackupSettings
from shared.settings.sections.bus import BusSettings as BusSettings
from shared.settings.sections.digest import DigestSettings as DigestSettings
from shared.settings.sections.giscus import GiscusSettings as GiscusSettings
from shared.settings.sections.language_models import LlmSettings as LlmSettings
from shared.settings.sections.notion import NotionSettings as NotionSettings
from shared.settings.sections.tracing import TracingSettings as TracingSettings
from shared.settings.sources import overlay, read_toml, refuse_secrets

CONFIG_VARIABLE = "PAPERSYS_CONFIG"
FILE_NAME = "papersys.toml"
SERVICES = ("fetcher", "embedder", "ranker", "summarizer", "publisher", "feedback")


class DataSettings(Section):
    path: Path = Field(Path("data"), description="the data folder; relative to the folder of the settings file")
    min_free_mb: int = Field(
        200, ge=0, description="stop writing, with a clear error, when less disk is free than this"
    )
    shared: bool = Field(
        False, description="other users of this machine may read the data; otherwise it is made yours alone at start"
    )
    locks: Literal["files", "leases"] = Field(
        "files",
        description="how writers keep out of each other's way: lock files on one machine, leases in NATS for a "
        "folder that several machines share",
    )
    lease_seconds: float = Field(
        15.0, ge=2, description="a lease that was not renewed for so long goes to the next who wants it"
    )


class HttpSettings(Section):
    host: str = Field("127.0.0.1", description="address of the services' health pages")
    first_port: int = Field(8101, ge=1, le=65530, description="port of the first service; the others follow")
    allowed_hosts: tuple[str, ...] = Field(
        (), description="names by which the health pages may be asked, besides localhost and bare IP addresses"
    )
    max_connections: int = Field(
        256,
        ge=8,
        description="of a port, the reader's too; beyond it, those that have asked for nothing yet are closed",
    )
    idle_seconds: float = Field(
        10.0,
        gt=0,
        description="how long a connection may take to send a request, or to read the next part of an answer",
    )

    service_host: str | None = Field(
        None,
        description="where each service runs on a host of its own: the hosts' names, with `{service}` in them",
    )

    def port_of(self, service: str) -> int:
        return self.first_port + SERVICES.index(service)

    def address_of(self, service: str) -> str:
        """Where to ask a service for its health."""
        host = self.service_host.replace("{service}", service) if self.service_host else self.host
        return f"http://{reachable(host)}:{self.port_of(service)}"


class LogSettings(Section):
    level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field("INFO", description="least severe level to log")
    format: Literal["auto", "text", "json"] = Field("auto", description="auto: text on a terminal, JSON otherwise")
    keep_days: int = Field(14, ge=0, description="days of log that `papersys up` keeps in state/logs; 0: none")
    max_mb: int = Field(100, ge=0, description="most of them together; the oldest go first")


class ModelSettings(Section):
    name: str = Field("bundled", description="model name or folder; `bundled` is all-MiniLM-L6-v2")
    revision: str = Field("main", description="revision of the model")
    backend: str = Field("sentence_transformer", description="module under services/embedder/backends")
    dimension: int = Field(384, ge=1, description="length of a vector")
    batch_size: int = Field(32, ge=1, description="texts a forward pass")
    max_length: int = Field(256, ge=8, description="tokens after which a text is cut")
    device: str = Field("auto", description="auto, cpu, cuda, cuda:1 ...")
    precision: Literal["auto", "float32", "bfloat16", "float16", "int8"] = Field(
        "auto", description="of the computation; auto: what is fastest here and keeps the vectors"
    )
    query_prompt: str | None = Field(None, description="put before every query; none: what the model's files say")
    passage_prompt: str | None = Field(None, description="put before every paper; none: what the model's files say")
    base_url: str | None = Field(None, description="for backend openai: the server's address up to /v1")
    api_key_file: Path | None = Field(None, description="for backend openai: file with the key")
    python: Path | None = Field(None, description="for backend vllm: the Python that has vLLM; none: this one")
    gpu_memory_share: float = Field(0.3, gt=0, le=1, description="for backend vllm: of the GPU's memory")


class EmbeddingSettings(Section):
    model: str = Field(
        "minilm", pattern=r"^[a-z0-9][a-z0-9_.-]*$", description="alias of the model whose vectors are used"
    )
    also: tuple[str, ...] = Field(
        (), max_length=4, description="aliases of further models; picks are learned from the vectors of all, joined"
    )
    models: dict[str, ModelSettings] = Field(
        default_factory=lambda: {"minilm": ModelSettings()}, description="a table per model alias"
    )

    @property
    def active(self) -> ModelSettings:
        """The table of the model in use. Raises SettingsError."""
        return self._table("model", self.model)

    @property
    def joined(self) -> dict[str, ModelSettings]:
        """The tables of the model in use and of those joined to it, by alias, in this order. Raises SettingsError."""
        return {self.model: self.active, **{alias: self._table("also", alias) for alias in self.also}}

    def _table(self, key: str, alias: str) -> ModelSettings:
        if alias not in self.models:
            raise SettingsError(
                f"embedding.{key} names {alias!r}, but there is no table [embedding.models.{alias}]; "
                f"there are: {', '.join(sorted(self.models))}."
            )
        return self.models[alias]


class DemoSettings(Section):
    enabled: bool = Field(False, description="read the demo arXiv that comes with papersys")
    port: int = Field(8099, ge=1, le=65535, description="port of the demo arXiv")
    folder: Path | None = Field(None, description="papers to serve instead of the demo's own")
    days: int = Field(
        0, ge=0, description="so many of the last announcement days come one by one; 0: all papers are there at once"
    )
    days_at_start: int = Field(
        2, ge=1, description="of these days, how many come by themselves; `papersys demo next` brings the others"
    )


class CommonSettings(BaseModel):
    """The sections that everybody reads."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    data: DataSettings = DataSettings()
    bus: BusSettings = BusSettings()
    http: HttpSettings = HttpSettings()
    log: LogSettings = LogSettings()
    embedding: EmbeddingSettings = EmbeddingSettings()
    digest: DigestSettings = DigestSettings()
    llm: LlmSettings = LlmSettings()
    giscus: GiscusSettings = GiscusSettings()
    demo: DemoSettings = DemoSettings()
    notion: NotionSettings = NotionSettings()
    backup: BackupSettings = BackupSettings()
    tracing: TracingSettings = TracingSettings()


S = TypeVar("S", bound=CommonSettings)


def find_settings_file(environment: Mapping[str, str] | None = None, folder: Path | None = None) -> Path | None:
    """The file that `PAPERSYS_CONFIG` names, or `papersys.toml` in the folder; None where there is none."""
    named = (os.environ if environment is None else environment).get(CONFIG_VARIABLE)
    if named:
        return Path(named)
    local = (folder or Path.cwd()) / FILE_NAME
    return local if local.exists() else None


def load_settings(settings_class: type[S], path: Path | None = None, environment: Mapping[str, str] | None = None) -> S:
    """Settings from a file (None: defaults) and the environment. Raises SettingsError that names the key."""
    environment = os.environ if environment is None else environment
    values = read_toml(path) if path else {}
    where = str(path) if path else "the settings"
    refuse_secrets(values, settings_class, where)
    strict = settings_class.model_config.get("extra") == "forbid"
    fields = set(settings_class.model_fields)
    others = () if strict else (*SERVICES, "launcher", "sync", "researchers", "webhooks", "zotero")
    variables = overlay(values, environment, settings_class, others)
    for name in [] if strict else [name for name in values if name not in fields]:
        del values[name]
    try:
        settings = settings_class.model_validate(values, context={"folder": _folder_of(values, path)})
        return _with_absolute_data_path(settings, path)
    except ValidationError as error:
        raise SettingsError("\n".join(explain(error, settings_class, where, variables))) from None
    except (ValueError, OSError, RuntimeError) as error:
        raise SettingsError(f"{where}: data.path cannot be used: {error}") from error


def _folder_of(values: Mapping[str, Any], path: Path | None) -> Path:
    """Where relative paths of the settings start: the file's folder; without a file of one's own, here."""
    demo = values.get("demo")
    is_demo = isinstance(demo, dict) and str(demo.get("enabled")).lower() == "true"
    return Path.cwd() if path is None or is_demo else path.resolve().parent


def _with_absolute_data_path(settings: S, path: Path | None) -> S:
    base = Path.cwd() if path is None or settings.demo.enabled else path.resolve().parent
    data = settings.data.model_copy(update={"path": (base / settings.data.path.expanduser()).resolve()})
    bus = settings.bus
    if bus.external_url is None and bus.password_file is None:
        bus = bus.model_copy(update={"password_file": data.path / "nats" / "password"})
    return settings.model_copy(update={"data": data, "bus": bus})
