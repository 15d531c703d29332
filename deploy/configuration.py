"""The settings of the whole system: the shared sections and those of every service, checked together."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

from pydantic import BaseModel, ConfigDict, Field, SecretStr, create_model

from deploy.services import SETTINGS
from shared.service.child_processes import PARENT_VARIABLE
from shared.settings.sections.researchers import ResearcherSettings
from shared.settings.sections.sync import SyncSettings
from shared.settings.sections.webhooks import Webhooks
from shared.settings.sections.zotero import ZoteroLibraries
from shared.settings.settings import (
    CONFIG_VARIABLE,
    CommonSettings,
    Section,
    find_settings_file,
    load_settings,
)
from shared.settings.sources import mistyped_variables

DEMO_FILE = Path(__file__).parent / "demo" / "papersys.toml"


class LauncherSettings(Section):
    hang_seconds: float = Field(20.0, gt=1, description="a service silent for this long is killed and restarted")
    start_seconds: float = Field(180.0, gt=1, description="how long a service may take to answer at all")
    stop_seconds: float = Field(15.0, gt=2, description="from SIGTERM to the end of the last process")
    give_up_after: int = Field(8, ge=1, description="short lives in a row after which the launcher gives up")
    short_life_seconds: float = Field(20.0, gt=0, description="a service that ends sooner had a short life")


class ReaderSettings(Protocol):
    """What deploy reads of the publisher's section."""

    @property
    def host(self) -> str: ...
    @property
    def port(self) -> int: ...
    @property
    def token(self) -> SecretStr | None: ...
    @property
    def token_file(self) -> Path | None: ...
    @property
    def allowed_hosts(self) -> tuple[str, ...]: ...


class SystemSettings(CommonSettings):
    """Every section there is; anything else in the file is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    launcher: LauncherSettings = LauncherSettings()
    sync: SyncSettings = SyncSettings()
    researchers: dict[str, ResearcherSettings] = Field(default_factory=dict)
    webhooks: Webhooks = Field(default_factory=dict)
    zotero: ZoteroLibraries = Field(default_factory=dict)

    @property
    def reader(self) -> ReaderSettings:
        """Where the reader listens, and its access token; a part of the publisher's section."""
        reader: ReaderSettings = getattr(self, "publisher")  # noqa: B009 (a field of the composed class)
        return reader

    @property
    def seeds(self) -> tuple[str, ...]:
        """The seeds of the ranker's section."""
        seeds: tuple[str, ...] = getattr(self, "ranker").seeds  # noqa: B009 (a field of the composed class)
        return seeds


def settings_file() -> Path:
    """The user's settings file, or the demo's where there is none."""
    return find_settings_file() or DEMO_FILE


def load_system_settings(path: Path | None = None) -> SystemSettings:
    """All settings, from `path` or where `settings_file` finds them. Raises SettingsError."""
    return load_settings(system_settings_class(), path or settings_file())


def system_settings_class() -> type[SystemSettings]:
    """SystemSettings with the section of each service."""
    sections: dict[str, Any] = {name: (section_of(name), section_of(name)()) for name in SETTINGS}
    return create_model("Settings", __base__=SystemSettings, **sections)


def section_of(service: str) -> type[BaseModel]:
    """The model of a service's own section."""
    section: Any = SETTINGS[service].load().model_fields[service].annotation
    if not (isinstance(section, type) and issubclass(section, BaseModel)):
        raise TypeError(f"the settings of {service} have no section of its name")
    return section


def mistyped_settings(environment: Mapping[str, str]) -> list[str]:
    """A sentence for every environment variable that looks like a setting, but is read by nobody."""
    return mistyped_variables(environment, system_settings_class(), (CONFIG_VARIABLE, PARENT_VARIABLE))


def demo_environment(settings: SystemSettings) -> dict[str, str]:
    """Where the demo arXiv answers, as settings of the fetcher; nothing without the demo."""
    if not settings.demo.enabled:
        return {}
    address = f"http://127.0.0.1:{settings.demo.port}"
    return {
        "PAPERSYS_FETCHER__ARXIV_URL": address,
        "PAPERSYS_FETCHER__OAI_URL": f"{address}/oai",
    }


def service_environment(settings: SystemSettings, path: Path) -> dict[str, str]:
    """The environment that makes a child process read the same settings as this one."""
    return {
        **demo_environment(settings),
        "MALLOC_ARENA_MAX": "2",  # else glibc keeps what each of a service's threads once freed
        **os.environ,
        "PAPERSYS_CONFIG": str(path.resolve()),
        "PAPERSYS_DATA__PATH": str(settings.data.path),
        "PAPERSYS_LOG__FORMAT": "json",
        "PYTHONUNBUFFERED": "1",
    }
