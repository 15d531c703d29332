"""Licences of papers; pictures may be kept and shown under those of Creative Commons."""

import re

_CC = re.compile(r"https?://creativecommons\.org/(licenses|publicdomain)/([a-z-]+)/(\d\.\d)(?:/[a-z/]*)?", re.I)


def licence_name(address: str | None) -> str | None:
    """`CC BY 4.0` of its address; None for any licence that is not of Creative Commons."""
    match = _CC.fullmatch((address or "").strip())
    if match is None:
        return None
    name = match[2].lower()
    if match[1].lower() == "publicdomain":
        return "CC0 1.0" if name == "zero" else "public domain"
    return f"CC {name.upper()} {match[3]}"
