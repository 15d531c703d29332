"""Messages of a conversation with a language model, and the fence around what strangers wrote."""

import hashlib
from typing import TypedDict


class ChatMessage(TypedDict):
    role: str
    content: str


def fence_mark(text: str) -> str:
    """A mark made of the text's own hash: no text can be written so as to contain it."""
    return f"=====PAPER-{hashlib.sha256(text.encode('utf-8', 'replace')).hexdigest()[:24]}====="
