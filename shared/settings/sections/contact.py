"""The address that arXiv is told with every request: https://info.arxiv.org/help/api/tou.html asks clients for one."""

import re

_ADDRESS = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)*\.?(?=[\s>),;]|$)|https?://[^\s/]+")
_LONGEST = 200


def checked_contact(text: str) -> str:
    """An e-mail address or a web page, or nothing. Raises ValueError."""
    if text and not (_ADDRESS.search(text) and text.isascii() and text.isprintable() and len(text) <= _LONGEST):
        raise ValueError(f"{text!r} is no e-mail address and no web page; arXiv asks harvesters for one of these")
    return text
