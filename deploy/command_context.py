"""The context of every command: settings as `papersys up` would use them, and what services lend each other."""

import os
from functools import cached_property

from deploy.configuration import SystemSettings, demo_environment, load_system_settings, settings_file
from deploy.services import OPEN_TEXT_ENCODER
from shared.command_line.context import CommandContext, S, TextEncoder
from shared.leases.choice import use_leases
from shared.service.privacy import write_privately
from shared.settings.settings import load_settings
from shared.store.keeping.folder_version import check_folder_version


def system_settings() -> SystemSettings:
    """The settings of the whole system; what this process writes from now on is private. Raises SettingsError.

    Where machines share the data folder, it takes turns with them.
    Raises NewerFolder where a later papersys wrote the data folder.
    """
    settings = load_system_settings()
    check_folder_version(settings.data.path)
    write_privately(settings)
    use_leases(settings, "a command")
    return settings


def system_context() -> CommandContext:
    """The context for one run of the command line."""
    return CommandContext(_ServiceSettings().load, _open_text_encoder)


class _ServiceSettings:
    """Each service's settings; the whole file is checked first, once."""

    def load(self, settings_class: type[S]) -> S:
        return load_settings(settings_class, settings_file(), self._environment)

    @cached_property
    def _environment(self) -> dict[str, str]:
        return {**demo_environment(system_settings()), **os.environ}


def _open_text_encoder() -> TextEncoder:
    return OPEN_TEXT_ENCODER.load()()
