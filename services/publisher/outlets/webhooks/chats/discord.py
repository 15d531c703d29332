"""Discord's webhooks: https://docs.discord.com/developers/resources/webhook#execute-webhook"""

import re
from typing import Any

import httpx

from services.publisher.outlets.webhooks.chats.chat import Call, Chat, Message, Place, ToldPick, byline, json_of

_MARKDOWN = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|~:@&])")
_MOST_EMBEDS = 10
_MOST_CHARACTERS = 5_500
"""6,000 are allowed in all the embeds of a message."""
_LONGEST_TITLE = 256


def escaped(text: str) -> str:
    """Text in which Discord finds no Markdown, mention or emoji."""
    return _MARKDOWN.sub(r"\\\1", text)


def _call(message: Message, place: Place) -> Call:
    content = {
        "content": escaped(message.heading),
        "embeds": [_embed(pick) for pick in message.picks],
        "allowed_mentions": {"parse": []},
    }
    return Call("POST", place.address, content)


def _embed(pick: ToldPick) -> dict[str, Any]:
    said = [escaped(pick.sentence)] if pick.sentence else []
    return {
        "title": _title(pick),
        "url": pick.address,
        "description": "\n".join([*said, escaped(byline(pick))]),
    }


def _title(pick: ToldPick) -> str:
    """Cut before a backslash, so that none is left alone."""
    title = escaped(pick.title)
    return title if len(title) <= _LONGEST_TITLE else f"{title[: _LONGEST_TITLE - 1].rstrip(chr(92))}…"


def _weight(pick: ToldPick) -> int:
    embed = _embed(pick)
    return len(embed["title"]) + len(embed["description"])


def _wait_asked(answer: httpx.Response) -> float | None:
    """Seconds, with fractions: https://docs.discord.com/developers/topics/rate-limits"""
    seconds = json_of(answer).get("retry_after")
    return float(seconds) if isinstance(seconds, int | float) and seconds >= 0 else None


DISCORD = Chat("Discord", _call, _weight, _MOST_CHARACTERS, _MOST_EMBEDS, wait_asked=_wait_asked)
