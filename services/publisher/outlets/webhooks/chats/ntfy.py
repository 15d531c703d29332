"""ntfy: https://docs.ntfy.sh/publish/#publish-as-json

It shows messages as plain text; the topic is the last part of the address.
"""

from typing import Any

from services.publisher.outlets.webhooks.chats.chat import Call, Chat, Message, Place, ToldPick, byline
from shared.errors import SettingsError

_MOST_BYTES = 3_500
"""A message over 4,096 bytes would become an attachment."""
_MOST_PICKS = 20


def _call(message: Message, place: Place) -> Call:
    server, _, topic = place.address.rstrip("/").rpartition("/")
    if not topic or server.endswith("/"):
        raise SettingsError(
            "The address of an ntfy topic looks like https://ntfy.sh/my-secret-topic; it names no topic."
        )
    content: dict[str, Any] = {"topic": topic, "title": message.heading, "tags": ["page_facing_up"]}
    if len(message.picks) == 1:
        content["click"] = message.picks[0].address
    content["message"] = "\n\n".join(map(_text, message.picks)) or message.heading
    headers = {"Authorization": f"Bearer {place.token}"} if place.token else {}
    return Call("POST", f"{server}/", content, headers)


def _text(pick: ToldPick) -> str:
    return "\n".join(filter(None, (pick.title, byline(pick), pick.sentence, pick.address)))


def _weight(pick: ToldPick) -> int:
    return len(_text(pick).encode()) + 2


NTFY = Chat("ntfy", _call, _weight, _MOST_BYTES, _MOST_PICKS)
