"""Keys of what we write: made from the paper, so that what was sent twice is one item, and ours are always known.

https://www.zotero.org/support/dev/web_api/v3/write_requests#object_keys
"""

import hashlib
from typing import Literal

_LETTERS = "23456789ABCDEFGHIJKLMNPQRSTUVWXYZ"
_LENGTH = 8


def key_of(library: str, kind: Literal["item", "note", "collection"], name: str) -> str:
    """Eight letters, the same for the same name."""
    number = int.from_bytes(hashlib.sha256(f"papersys {library} {kind} {name}".encode()).digest()[:16])
    letters = []
    for _ in range(_LENGTH):
        number, place = divmod(number, len(_LETTERS))
        letters.append(_LETTERS[place])
    return "".join(letters)
