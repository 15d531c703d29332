"""Slack's incoming webhooks: https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks

Picks are rich text, which Slack shows as it is; the text beside it is what a notification shows, and is escaped.
"""

from collections.abc import Sequence
from typing import Any

from services.publisher.outlets.webhooks.chats.chat import Call, Chat, Message, Place, ToldPick, byline

_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})


def escaped(text: str) -> str:
    """Text in which Slack finds no link, mention or command.

    https://docs.slack.dev/messaging/formatting-message-text
    """
    return text.translate(_ESCAPES)


def _call(message: Message, place: Place) -> Call:
    heading: dict[str, Any] = {"type": "text", "text": message.heading, "style": {"bold": True}}
    sections = [_section([heading]), *(_section(_pick(pick)) for pick in message.picks)]
    lines = [message.heading, *(f"• {pick.title}" for pick in message.picks)]
    content = {
        "text": escaped("\n".join(lines)),
        "blocks": [{"type": "rich_text", "elements": sections}],
        "unfurl_links": False,
        "unfurl_media": False,
    }
    return Call("POST", place.address, content)


def _pick(pick: ToldPick) -> list[dict[str, Any]]:
    link = {"type": "link", "url": pick.address, "text": pick.title}
    below = [{"type": "text", "text": f"\n{byline(pick)}", "style": {"italic": True}}]
    said = [{"type": "text", "text": f"\n{pick.sentence}"}] if pick.sentence else []
    return [{"type": "text", "text": "\n"}, link, *below, *said]


def _section(elements: Sequence[dict[str, Any]]) -> dict[str, Any]:
    return {"type": "rich_text_section", "elements": list(elements)}


SLACK = Chat("Slack", _call, lambda pick: 1, most_weight=15, most_picks=15)
