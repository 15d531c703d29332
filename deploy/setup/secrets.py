"""Secrets that papersys makes for itself at first start: kept in files that only their owner reads."""

import os
import secrets
from pathlib import Path

from shared.settings.secret_files import read_secret


def ensure_secret(path: Path) -> str:
    """The secret in `path`, made when there is none yet. Raises SettingsError."""
    if path.exists() and path.stat().st_size:
        return read_secret(path, "The file")
    path.parent.mkdir(parents=True, exist_ok=True)
    secret = secrets.token_urlsafe(24)
    write_private(path, secret + "\n")
    return secret


def write_private(path: Path, text: str) -> None:
    """Replace `path` whole; nobody else can read it at any moment."""
    draft = path.with_name(f".{path.name}.tmp")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
