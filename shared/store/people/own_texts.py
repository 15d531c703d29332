"""A person's own texts, a file each: replaced only where the file is as its writer saw it last."""

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from shared.store.files.data_folder import DataFolder


class OwnText(Protocol):
    """What stands in a file now."""

    @property
    def text(self) -> str:
        """Empty where there is none."""

    @property
    def fingerprint(self) -> str:
        """Changes with the text."""


def fingerprint_of(text: str) -> str:
    """Empty for no text."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()[:16] if text else ""


def replace_text(
    data: DataFolder, lock: str, path: Path, standing: Callable[[], OwnText], text: str, based_on: str | None
) -> bool:
    """Write a text, or remove the file where it is empty: whether that was done.

    Not done where `based_on` is not the fingerprint of what stands, unless that is the same text already.
    """
    with data.lock(lock):
        before = standing()
        if before.text == text:
            return True
        if based_on is not None and based_on != before.fingerprint:
            return False
        if text:
            data.write_text(path, f"{text}\n")
        else:
            data.remove(path)
        return True
