"""Any text as one token of a NATS subject."""

import hashlib

_LONGEST = 100


def token(text: str) -> str:
    """ASCII letters, digits, `-` and `_` stay; where anything else did not, a hash keeps two texts apart."""
    plain = "".join(char if char.isascii() and (char.isalnum() or char in "-_") else "_" for char in text)[:_LONGEST]
    if plain == text and plain:
        return plain
    return f"{plain}-{hashlib.sha256(text.encode('utf-8', 'surrogatepass')).hexdigest()[:12]}"
