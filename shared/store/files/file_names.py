"""Names of files for users and runs: what arrives over the bus may hold anything, a path to elsewhere included."""

import hashlib
import re

_PLAIN = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9_.-]{0,119}")


def file_name(text: str) -> str:
    """The text itself where it is a plain name; otherwise its plain part and a hash of all of it."""
    return text if _PLAIN.fullmatch(text) else hashed_name(text)


def hashed_name(text: str) -> str:
    """The plain part of a text and a hash of all of it."""
    plain = re.sub(r"[^A-Za-z0-9_-]+", "-", text).strip("-")[:60]
    return f"{plain}-{hashlib.sha256(text.encode('utf-8', 'surrogatepass')).hexdigest()[:12]}"
