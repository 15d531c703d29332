"""A change of the settings while papersys runs: checked as a whole, written, and which programs start again for it."""

import contextlib
import os
import shutil
from dataclasses import dataclass, field
from pathlib import Path

from deploy.configuration import DEMO_FILE, SystemSettings, load_system_settings
from shared.errors import PapersysError, SettingsError
from shared.settings.changes import PendingLikes, SettingsChange
from shared.settings.settings import FILE_NAME, SERVICES

EVERYTHING = frozenset({*SERVICES, "nats", "demo", "own-model"})
_OWN_SECTIONS = {service: frozenset({service}) for service in SERVICES}
_RESTARTS = {**_OWN_SECTIONS, "llm": frozenset({"summarizer", "publisher"})}
"""The programs that read a section; a section that is not named here is read by all of them."""


@dataclass(frozen=True)
class Settled:
    """Settings that are in force once these programs have started again, and likes that came with them."""

    settings: SystemSettings
    path: Path
    restarts: frozenset[str]
    likes: PendingLikes = field(default_factory=PendingLikes)


def own_file(settings_path: Path) -> Path:
    """The user's own settings file: the one in use, or where it will be for whoever runs the demo."""
    return Path.cwd() / FILE_NAME if settings_path == DEMO_FILE else settings_path


def settle(change: SettingsChange, path: Path, before: SystemSettings) -> Settled:
    """Check new settings and write them, all or nothing; the file that was there is kept as `papersys.toml~`.

    Raises SettingsError where they cannot be used, PapersysError where they cannot be written.
    """
    draft = path.with_name(f".{path.name}.new")
    try:
        _write(draft, change.text)
        settings = _checked(draft, path)
        if path.exists():
            shutil.copy2(path, path.with_name(f"{path.name}~"))
        draft.replace(path)
    except OSError as error:
        raise PapersysError(f"{path} cannot be written: {error.strerror}; it is as it was.") from error
    finally:
        with contextlib.suppress(OSError):
            draft.unlink(missing_ok=True)
    return Settled(settings, path, restarts_for(before, settings), change.likes)


def restarts_for(before: SystemSettings, after: SystemSettings) -> frozenset[str]:
    """The programs that have to start again."""
    if before.llm.gguf != after.llm.gguf:
        return EVERYTHING
    changed = [name for name in type(after).model_fields if getattr(before, name, None) != getattr(after, name)]
    return frozenset().union(*(_RESTARTS.get(name, EVERYTHING) for name in changed))


def _write(draft: Path, text: str) -> None:
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def _checked(draft: Path, path: Path) -> SystemSettings:
    """The settings as `papersys up` would read them. Raises SettingsError that names the file they are for."""
    try:
        return load_system_settings(draft)
    except SettingsError as error:
        raise SettingsError(str(error).replace(str(draft), str(path))) from error
