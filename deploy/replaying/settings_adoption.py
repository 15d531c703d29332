"""New settings put in force: by the running system, which starts again what reads them, or in the file alone."""

import asyncio
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import JsonValue

from deploy.configuration import SystemSettings, load_system_settings
from deploy.launcher.settings_change import own_file, settle
from deploy.replaying.settings_text import changed_text
from shared.errors import PapersysError, SettingsError
from shared.settings.changes import SettingsChange, SettingsChanges
from shared.store.files.data_folder import DataFolder

_LAUNCHER_SECONDS = 6.0


@dataclass(frozen=True)
class SettingsFile:
    """The settings file in use, and where a changed one lies: who runs the demo without a file gets one."""

    path: Path
    settings: SystemSettings
    launcher_seconds: float = _LAUNCHER_SECONDS

    def before(self, changes: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
        """The values that changes would replace. Raises SettingsError where the changes could not be put in force."""
        for name in changes:
            variable = f"PAPERSYS_{name.upper().replace('.', '__')}"
            if variable in os.environ:
                raise SettingsError(f"{name} is set by {variable}, which counts more than the file; unset it first.")
        text, before = changed_text(self._text(), changes)
        self._check(text)
        return before

    def adopt(self, changes: Mapping[str, JsonValue]) -> str:
        """Put settings in force; returns what was done, in words. Raises PapersysError where they are refused."""
        text, before = changed_text(self._text(), changes)
        if before == dict(changes):
            return "The settings have it already."
        change, mailbox = SettingsChange(text=text), SettingsChanges(DataFolder(self.settings.data.path))
        mailbox.submit(change)
        outcome = asyncio.run(mailbox.outcome_of(change, self.launcher_seconds))
        if outcome is None:
            settled = settle(change, own_file(self.path), self.settings)
            return f"{settled.path} is changed; papersys does not run, and uses it when it starts."
        if outcome.problem:
            raise PapersysError(f"The running papersys refused the settings: {outcome.problem}")
        return f"{outcome.path} is changed, and papersys starts again with it."

    def _text(self) -> str:
        try:
            return self.path.read_text("utf-8-sig")
        except OSError as error:
            raise PapersysError(f"{self.path} cannot be read: {error.strerror}.") from error

    def _check(self, text: str) -> None:
        """Raises SettingsError where the system could not start with them; nothing is changed."""
        path = own_file(self.path)
        draft = path.with_name(f".{path.name}.tried")
        try:
            draft.write_text(text, "utf-8")
            load_system_settings(draft)
        except SettingsError as error:
            raise SettingsError(f"{str(error).replace(str(draft), str(path))} Nothing was changed.") from error
        except OSError as error:
            raise PapersysError(f"{path} cannot be written: {error.strerror}.") from error
        finally:
            draft.unlink(missing_ok=True)
