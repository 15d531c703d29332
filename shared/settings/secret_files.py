"""Secrets that lie in files: read with care, and said of them when others can read them too."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from pydantic import BaseModel

from shared.errors import SettingsError

_MOST_BYTES = 64 * 1024
_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def read_secret(path: Path, setting: str) -> str:
    """The secret in a file, without the space around it. Raises SettingsError that never says what is in it."""
    try:
        with path.expanduser().open("rb") as file:
            content = file.read(_MOST_BYTES + 1)
    except (OSError, ValueError, RuntimeError) as error:
        why = getattr(error, "strerror", None) or error
        raise SettingsError(f"{setting} {str(path)!r} cannot be read: {why}; put the secret in it.") from error
    if len(content) > _MOST_BYTES:
        raise SettingsError(f"{setting} {path} is over {_MOST_BYTES // 1024} kB long, which is no secret.")
    try:
        text = content.decode("utf-8-sig").strip()
    except UnicodeDecodeError:
        raise SettingsError(f"{setting} {path} is not text in UTF-8; put the secret in it, on one line.") from None
    if not text or not text.isprintable():
        what = "holds control characters or more than one line" if text else "is empty"
        raise SettingsError(f"{setting} {path} {what}; put the secret in it, on one line.")
    return text


def write_private(path: Path, text: str) -> None:
    """Replace `path` whole; nobody else can read it at any moment."""
    draft = path.with_name(f".{path.name}.tmp")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def exposed_secrets(settings: BaseModel, prefix: str = "") -> Iterator[str]:
    """A sentence for every file of the settings that holds a secret and that others can read or change."""
    for name in type(settings).model_fields:
        value, path = getattr(settings, name), f"{prefix}{name}"
        if isinstance(value, BaseModel):
            yield from exposed_secrets(value, f"{path}.")
        elif isinstance(value, dict):
            for alias, table in value.items():
                if isinstance(table, BaseModel):
                    yield from exposed_secrets(table, f"{path}.{alias}.")
        elif isinstance(value, Path) and name.endswith("_file") and is_exposed(value):
            yield f"{path} {value} can be read by other users of this machine; `chmod 600 {value}` keeps it yours."


def is_exposed(path: Path) -> bool:
    """Whether a file is open to its group or to all."""
    try:
        return bool(path.expanduser().stat().st_mode & _OTHERS)
    except (OSError, ValueError, RuntimeError):
        return False
