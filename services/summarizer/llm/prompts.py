"""A message of a conversation with a language model."""

from typing import TypedDict


class ChatMessage(TypedDict):
    role: str
    content: str
