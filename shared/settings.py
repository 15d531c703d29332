"""Settings: `papersys.toml`, overridden by `PAPERSYS_<SECTION>__<KEY>`; secrets only by environment or file.

The sections here are those that every service reads; each service adds its own in `services/<name>/settings.py`.
"""

import difflib
import json
import os
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Literal, TypeGuard, TypeVar, get_args, get_origin

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError

from shared.errors import SettingsError

ENV_PREFIX = "PAPERSYS_"
CONFIG_VARIABLE = "PAPERSYS_CONFIG"
FILE_NAME = "papersys.toml"
SERVICES = ("fetcher", "embedder", "ranker", "summarizer", "publisher", "feedback")


class Section(BaseModel):
    """One table of the settings file: frozen, and a misspelt key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class DataSettings(Section):
    path: Path = Field(Path("data"), description="the data folder; relative to the folder of the settings file")
    min_free_mb: int = Field(
        200, ge=0, description="stop writing, with a clear error, when less disk is free than this"
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

    @property
    def url(self) -> str:
        return self.external_url or f"nats://{self.host}:{self.port}"

    def credentials(self) -> tuple[str | None, str | None]:
        """User and password; both None where no password is known."""
        if self.password is not None:
            return self.user, self.password.get_secret_value()
        if self.password_file is not None and self.password_file.exists():
            return self.user, self.password_file.read_text().strip()
        return None, None


class HttpSettings(Section):
    host: str = Field("127.0.0.1", description="address of the services' health pages")
    first_port: int = Field(8101, ge=1, le=65530, description="port of the first service; the others follow")

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


class LlmSettings(Section):
    base_url: str | None = Field(None, description="an OpenAI-compatible server; none: summaries are extractive")
    model: str = Field("", description="model name at that server")
    api_key: SecretStr | None = Field(None, description="secret, by environment only")
    api_key_file: Path | None = Field(None, description="file with the key")
    timeout_seconds: float = Field(120.0, gt=0, description="of one call")
    max_input_chars: int = Field(60_000, ge=1_000, description="of a paper's text in one call")
    price_per_million_input: float = Field(0.0, ge=0, description="price of a million input tokens")
    price_per_million_output: float = Field(0.0, ge=0, description="price of a million output tokens")
    monthly_cap: float | None = Field(None, ge=0, description="when reached, summaries are extractive till next month")

    def key(self) -> str:
        """The key, or a placeholder for servers that want none."""
        if self.api_key is not None:
            return self.api_key.get_secret_value()
        return self.api_key_file.read_text().strip() if self.api_key_file else "none"


class DemoSettings(Section):
    enabled: bool = Field(False, description="read the demo arXiv that comes with papersys")
    port: int = Field(8099, ge=1, le=65535, description="port of the demo arXiv")
    folder: Path | None = Field(None, description="papers to serve instead of the demo's own")


class CommonSettings(BaseModel):
    """The sections that everybody reads."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    data: DataSettings = DataSettings()
    bus: BusSettings = BusSettings()
    http: HttpSettings = HttpSettings()
    log: LogSettings = LogSettings()
    embedding: EmbeddingSettings = EmbeddingSettings()
    llm: LlmSettings = LlmSettings()
    demo: DemoSettings = DemoSettings()


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
    values = _read_toml(path) if path else {}
    where = str(path) if path else "the settings"
    _refuse_secrets_in_file(values, settings_class, where)
    _overlay(values, environment, settings_class)
    strict = settings_class.model_config.get("extra") == "forbid"
    known = set(settings_class.model_fields)
    for name in [] if strict else [name for name in values if name not in known]:
        del values[name]
    try:
        settings = settings_class.model_validate(values, context={"folder": _folder_of(values, path)})
    except ValidationError as error:
        raise SettingsError("\n".join(explain(error, settings_class, where))) from error
    return _with_absolute_data_path(settings, path)


def _folder_of(values: Mapping[str, Any], path: Path | None) -> Path:
    """Where relative paths of the settings start: the file's folder; without a file of one's own, here."""
    demo = values.get("demo")
    is_demo = isinstance(demo, dict) and str(demo.get("enabled")).lower() == "true"
    return Path.cwd() if path is None or is_demo else path.resolve().parent


def explain(error: ValidationError, settings_class: type[BaseModel], where: str) -> list[str]:
    """One line a problem: which key, what is wrong, and the nearest right name for a misspelt one."""
    lines = []
    for item in error.errors():
        key = ".".join(str(part) for part in item["loc"])
        if item["type"] == "extra_forbidden":
            nearest = difflib.get_close_matches(str(item["loc"][-1]), _names_at(settings_class, item["loc"][:-1]), n=1)
            hint = f"; did you mean {'.'.join([*map(str, item['loc'][:-1]), nearest[0]])}?" if nearest else ""
            lines.append(f"{where}: unknown setting {key}{hint}")
        else:
            lines.append(f"{where}: {key}: {item['msg']} (found {item['input']!r})")
    return lines


def _read_toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise SettingsError(f"There is no settings file {path}; `papersys init` writes one.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path} is not valid TOML: {error}") from error
    except OSError as error:
        raise SettingsError(f"{path} cannot be read: {error.strerror}") from error


def _overlay(values: dict[str, Any], environment: Mapping[str, str], settings_class: type[BaseModel]) -> None:
    strict = settings_class.model_config.get("extra") == "forbid"
    for name, text in sorted(environment.items()):
        if not name.startswith(ENV_PREFIX) or "__" not in name:
            continue
        path = name.removeprefix(ENV_PREFIX).lower().split("__")
        if path[0] not in settings_class.model_fields and not strict:
            continue
        table = values
        for part in path[:-1]:
            table = table.setdefault(part, {})
            if not isinstance(table, dict):
                raise SettingsError(f"{name}: {part} is not a table of the settings")
        table[path[-1]] = _scalar(text, settings_class, path)


def _scalar(text: str, settings_class: type[BaseModel], path: list[str]) -> Any:
    """Lists and tables are JSON; everything else stays text, which pydantic reads by the key's own type."""
    if text[:1] in "[{":
        try:
            return json.loads(text)
        except json.JSONDecodeError as error:
            raise SettingsError(f"{ENV_PREFIX}{'__'.join(path).upper()} is not valid JSON: {error}") from error
    return text


def _refuse_secrets_in_file(values: dict[str, Any], settings_class: type[BaseModel], where: str) -> None:
    for section, field in settings_class.model_fields.items():
        table, kind = values.get(section), field.annotation
        if not isinstance(table, dict) or not _is_table(kind):
            continue
        for key in table:
            inner = kind.model_fields.get(key)
            if inner is not None and "SecretStr" in str(inner.annotation):
                variable = f"{ENV_PREFIX}{section}__{key}".upper()
                raise SettingsError(f"{where}: {section}.{key} is a secret; give it as {variable} or name a file.")


def _names_at(model: type[BaseModel], path: Iterable[Any]) -> list[str]:
    """The keys of the table at `path`; the tables of a dict of tables are all alike."""
    kind: Any = model
    for part in path:
        if get_origin(kind) is dict:
            kind = get_args(kind)[1]
        else:
            field = kind.model_fields.get(str(part)) if _is_table(kind) else None
            kind = field.annotation if field else None
    return list(kind.model_fields) if _is_table(kind) else []


def _is_table(kind: Any) -> TypeGuard[type[BaseModel]]:
    return isinstance(kind, type) and issubclass(kind, BaseModel)


def _with_absolute_data_path(settings: S, path: Path | None) -> S:
    base = Path.cwd() if path is None or settings.demo.enabled else path.resolve().parent
    data = settings.data.model_copy(update={"path": (base / settings.data.path.expanduser()).resolve()})
    bus = settings.bus
    if bus.external_url is None and bus.password_file is None:
        bus = bus.model_copy(update={"password_file": data.path / "nats" / "password"})
    return settings.model_copy(update={"data": data, "bus": bus})
