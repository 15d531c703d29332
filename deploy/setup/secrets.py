"""Secrets that papersys makes for itself at first start: kept in files that only their owner reads."""

import secrets
from pathlib import Path

from shared.settings.secret_files import read_secret, write_private


def ensure_secret(path: Path) -> str:
    """The secret in `path`, made when there is none yet. Raises SettingsError."""
    if path.exists() and path.stat().st_size:
        return read_secret(path, "The file")
    path.parent.mkdir(parents=True, exist_ok=True)
    secret = secrets.token_urlsafe(24)
    write_private(path, secret + "\n")
    return secret
