"""Names of files for users and runs: what arrives over the bus may hold anything, a path to elsewhere included."""

import hashlib
import re

_PLAIN = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9_.-]{0,119}")
_OURS = frozenset({"arrivals", "backgrounds", "outbox"})


def file_name(text: str) -> str:
    """The text itself where it is a plain name; otherwise its plain part and a hash of all of it."""
    if _PLAIN.fullmatch(text):
        return text
    return _hashed(text)


def user_folder(user: str) -> str:
    """As `file_name`, for a folder of a user's beside the ranker's own, whose names it never takes.

    Case does not tell users apart on every disk, so a name that is ours in other letters is not taken either.
    """
    is_ours = user.casefold() in _OURS or user.casefold().startswith("seeds-")
    return _hashed(user) if is_ours else file_name(user)


def _hashed(text: str) -> str:
    plain = re.sub(r"[^A-Za-z0-9_-]+", "-", text).strip("-")[:60]
    return f"{plain}-{hashlib.sha256(text.encode('utf-8', 'surrogatepass')).hexdigest()[:12]}"
