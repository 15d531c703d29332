"""The settings of language models: a default one, named ones beside it, and which of them a step asks."""

import difflib
from collections.abc import Mapping
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator, model_validator

from shared.hosts.addresses import is_loopback
from shared.settings.secret_files import read_secret
from shared.settings.section import Section
from shared.settings.sections.own_model import OwnModelSettings

DEFAULT = "default"
"""The name of the model that the plain keys of `[llm]` describe."""
_OF_THE_SERVER = ("base_url", "api_key", "api_key_file")
_INHERITED = ("context_tokens", "max_output_tokens", "silence_seconds", "first_token_seconds")
_HOSTS_OF_CONTAINERS = ("host.docker.internal", "host.containers.internal")


class LanguageModelSettings(Section):
    """A model at an OpenAI-compatible server."""

    base_url: str | None = Field(None, description="an OpenAI-compatible server; none: summaries are extractive")
    model: str = Field("", description="model name at that server")
    api_key: SecretStr | None = Field(None, description="secret, by environment only")
    api_key_file: Path | None = Field(None, description="file with the key")
    context_tokens: int | None = Field(None, ge=512, description="the model's window; none: as large as it takes")
    max_output_tokens: int = Field(4096, ge=64, description="most tokens of one answer")
    silence_seconds: float = Field(
        120.0, gt=0, description="a call is given up when its answer stops for this long; it may take any time in all"
    )
    first_token_seconds: float = Field(
        900.0, gt=0, description="how long an answer may take to begin: the server may have a queue, and reads first"
    )
    calls_at_once: int | None = Field(
        None, ge=1, le=256, description="most calls at once; none: 1 at a server on this machine, 4 elsewhere"
    )
    price_per_million_input: float | None = Field(
        None, ge=0, description="price of a million input tokens; none: unknown; 0 for a server of your own"
    )
    price_per_million_cached_input: float | None = Field(
        None, ge=0, description="price of a million input tokens from the server's cache; none: as other input"
    )
    price_per_million_output: float | None = Field(
        None, ge=0, description="price of a million output tokens; none: unknown"
    )
    batch_price_share: float = Field(0.5, ge=0, le=1, description="share of these prices that a call in a batch costs")

    def key(self, setting: str = "llm.api_key_file") -> str:
        """The key, or a placeholder for servers that want none. Raises SettingsError."""
        if self.api_key is not None:
            return self.api_key.get_secret_value()
        return read_secret(self.api_key_file, setting) if self.api_key_file else "none"

    @property
    def is_local(self) -> bool:
        """Whether the server runs on this machine, as far as its address tells."""
        try:
            host = urlsplit(self.base_url or "").hostname or ""
        except ValueError:
            return False
        return is_loopback(host) or host in _HOSTS_OF_CONTAINERS

    @property
    def most_calls(self) -> int:
        """Calls at once, as set or as the server's place suggests."""
        return self.calls_at_once or (1 if self.is_local else 4)

    @property
    def has_prices(self) -> bool:
        return self.price_per_million_input is not None and self.price_per_million_output is not None

    def cost(self, input_tokens: int, output_tokens: int, cached_tokens: int = 0) -> float | None:
        """What a call costs; None where a price is unknown. `cached_tokens` are a part of the input."""
        if self.price_per_million_input is None or self.price_per_million_output is None:
            return None
        cached_price = self.price_per_million_cached_input
        cached_price = self.price_per_million_input if cached_price is None else cached_price
        fresh = (input_tokens - cached_tokens) * self.price_per_million_input
        return (fresh + cached_tokens * cached_price + output_tokens * self.price_per_million_output) / 1e6


class StepModels(Section):
    """Which named model answers a step; none: the default one."""

    extract: str | None = Field(None, description="name of the model that extracts the fields")
    repair: str | None = Field(None, description="name of the model that repairs; none: that of extract")
    tag: str | None = Field(None, description="name of the model that chooses tags")
    link: str | None = Field(None, description="name of the model that judges links")
    ask: str | None = Field(None, description="name of the model that answers questions")
    translate: str | None = Field(None, description="name of the model that translates texts that are read")


class LlmSettings(LanguageModelSettings, OwnModelSettings):
    """`[llm]`: the default model, those of `[llm.models.NAME]`, the step that each answers, and what may be spent."""

    timeout_seconds: float | None = Field(
        None, gt=0, description="old name: sets silence_seconds and first_token_seconds where they are not given"
    )
    max_input_chars: int = Field(60_000, ge=1_000, description="of a paper's text in one call")
    asks_again: int = Field(2, ge=0, le=5, description="how often a model is told what is wrong with its answer")
    daily_cap: float | None = Field(None, ge=0, description="when reached, summaries are extractive till midnight UTC")
    monthly_cap: float | None = Field(None, ge=0, description="when reached, summaries are extractive till next month")
    near_cap: float = Field(
        0.8, gt=0, le=1, description="share of a cap from which on papers are read by their abstract alone"
    )
    models: dict[str, LanguageModelSettings] = Field(
        default_factory=dict,
        description="a table per named model; address, key, window and time limits that it leaves out are as in llm",
    )
    steps: StepModels = StepModels()

    @field_validator("models")
    @classmethod
    def _names_are_plain(cls, models: dict[str, LanguageModelSettings]) -> dict[str, LanguageModelSettings]:
        for name in models:
            if name == DEFAULT or not name.replace("_", "").replace("-", "").replace(".", "").isalnum():
                raise ValueError(
                    f"{name!r} cannot be the name of a model: letters, digits, '-', '_' and '.', and not {DEFAULT!r}"
                )
        return models

    @model_validator(mode="after")
    def _steps_name_models(self) -> Self:
        for step, name in self.steps:
            if name is not None and name != DEFAULT and name not in self.models:
                near = difflib.get_close_matches(name, self.models, n=1)
                raise ValueError(
                    f"llm.steps.{step} names {name!r}, but there is no table [llm.models.{name}]"
                    + (f"; did you mean {near[0]!r}?" if near else f"; there are: {', '.join(self.models) or 'none'}")
                )
        return self

    @property
    def usable(self) -> Mapping[str, LanguageModelSettings]:
        """Every model that has a server, by name, the default one first, with what it takes over from `[llm]`."""
        plain = self._plain()
        named = {name: _completed(table, plain) for name, table in self.models.items()}
        is_default = bool(self.base_url and (self.model or not named))
        everything = {DEFAULT: plain, **named} if is_default else named
        return {name: model for name, model in everything.items() if model.base_url}

    def model_of(self, step: str) -> str | None:
        """The name of the model that answers a step; None where none is configured."""
        models = self.usable
        chosen = getattr(self.steps, step, None)
        if step == "repair" and chosen is None:
            chosen = self.steps.extract
        return chosen if chosen in models else next(iter(models), None)

    def _plain(self) -> LanguageModelSettings:
        """The default model's own keys."""
        values = {name: getattr(self, name) for name in LanguageModelSettings.model_fields}
        if self.timeout_seconds is not None:
            limits = {"silence_seconds", "first_token_seconds"} - self.model_fields_set
            values |= dict.fromkeys(limits, self.timeout_seconds)
        return LanguageModelSettings.model_construct(**values)


def _completed(table: LanguageModelSettings, plain: LanguageModelSettings) -> LanguageModelSettings:
    """A named model with what it leaves out; the default's key goes to no other server than the default's."""
    taken = [name for name in _INHERITED if name not in table.model_fields_set]
    if table.base_url is None:
        has_key = table.api_key is not None or table.api_key_file is not None
        taken += ["base_url"] if has_key else _OF_THE_SERVER
    return table.model_copy(update={name: getattr(plain, name) for name in taken})
