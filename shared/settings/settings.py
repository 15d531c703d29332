"""Settings: `papersys.toml`, overridden by `PAPERSYS_<SECTION>__<KEY>`; secrets only by environment or file.

The sections here are those that every service reads; each service adds its own in `services/<name>/settings.py`.
"""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, TypeVar
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, model_validator

from shared.addresses import reachable
from shared.errors import SettingsError
from shared.settings.digest import DigestSettings as DigestSettings
from shared.settings.errors import explain
from shared.settings.giscus import GiscusSettings as GiscusSettings
from shared.settings.language_models import LlmSettings as LlmSettings
from shared.settings.notion import NotionSettings as NotionSettings
from shared.settings.secret_files import read_secret
from shared.settings.section import Section as Section
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


class BusSettings(Section):
    host: str = Field("127.0.0.1", description="address of the embedded NATS server")
    port: int = Field(4222, ge=1, le=65535, description="port of the embedded NATS server")
    external_url: str | None = Field(None, description="use this NATS server instead of starting one")
    user: str = Field("papersys", description="user name at the NATS server")
    password: SecretStr | None = Field(None, description="secret; made at first start for the embedded server")
    password_file: Path | None = Field(None, description="file with the password; the launcher sets it")
    ack_wait_seconds: float = Field(20.0, gt=0.5, description="silence after which a message is delivered again")
    retry_delays_seconds: tuple[float, ...] = Field(
        (1, 2, 5, 10, 30, 60, 120, 300, 600), description="waits between attempts; one more attempt than waits"
    )
    stop_seconds: float = Field(8.0, gt=0, description="how long handlers may finish at stop")

    @model_validator(mode="before")
    @classmethod
    def _take_password_out_of_url(cls, values: Any) -> Any:
        """So that the address can be shown: user and password of `external_url` become settings of their own."""
        url = values.get("external_url") if isinstance(values, dict) else None
        if not isinstance(url, str):
            return values
        bare, user, password = _address_and_login(url)
        if password is None:
            return values
        return {"user": user, "password": password, **values, "external_url": bare}

    @property
    def url(self) -> str:
        return self.external_url or f"nats://{reachable(self.host)}:{self.port}"

    def credentials(self) -> tuple[str | None, str | None]:
        """User and password; both None where no password is known. Raises SettingsError."""
        if self.password is not None:
            return self.user, self.password.get_secret_value()
        if self.password_file is not None and self.password_file.exists():
            return self.user, read_secret(self.password_file, "bus.password_file")
        return None, None


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

    def port_of(self, service: str) -> int:
        return self.first_port + SERVICES.index(service)


class LogSettings(Section):
    level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field("INFO", description="least severe level to log")
    format: Literal["auto", "text", "json"] = Field("auto", description="auto: text on a terminal, JSON otherwise")


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
    variables = overlay(values, environment, settings_class, () if strict else (*SERVICES, "launcher"))
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


def _address_and_login(url: str) -> tuple[str, str | None, str | None]:
    """An address without its user and password. Raises ValueError that repeats none of it."""
    try:
        parts = urlsplit(url if "://" in url else f"nats://{url}")
        host, _ = parts.hostname, parts.port
    except ValueError:
        host = None
    if not host:
        raise ValueError(
            "this is not the address of a NATS server; write nats://host:4222, and a password with special characters "
            "as PAPERSYS_BUS__PASSWORD"
        ) from None
    if parts.password is None:
        return url, None, None
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl(), parts.username, parts.password
