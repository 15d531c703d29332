"""Matrix: https://spec.matrix.org/latest/client-server-api/#put_matrixclientv3roomsroomidsendeventtypetxnid

A message sent again under its transaction id is shown once.
"""

from html import escape
from urllib.parse import quote

import httpx

from services.publisher.outlets.webhooks.chats.chat import Call, Chat, Message, Place, ToldPick, byline, json_of

_MOST_BYTES = 30_000
"""An event may have 65,536 bytes, with all that servers add."""
_MOST_PICKS = 40
_MILLISECONDS = 1_000


def _call(message: Message, place: Place) -> Call:
    room, transaction = quote(place.room, safe=""), quote(message.message_id, safe="")
    plain = [message.heading, *(_plain(pick) for pick in message.picks)]
    items = "".join(f"<li>{_html(pick)}</li>" for pick in message.picks)
    content = {
        "msgtype": "m.text",
        "body": "\n\n".join(plain),
        "format": "org.matrix.custom.html",
        "formatted_body": f"<p><strong>{escape(message.heading)}</strong></p>" + (f"<ul>{items}</ul>" if items else ""),
        "m.mentions": {},
    }
    url = f"{place.address}/_matrix/client/v3/rooms/{room}/send/m.room.message/{transaction}"
    return Call("PUT", url, content, {"Authorization": f"Bearer {place.token}"})


def _plain(pick: ToldPick) -> str:
    return "\n".join(filter(None, (pick.title, byline(pick), pick.sentence, pick.address)))


def _html(pick: ToldPick) -> str:
    link = f'<a href="{escape(pick.address)}">{escape(pick.title)}</a><br><em>{escape(byline(pick))}</em>'
    return f"{link}<br>{escape(pick.sentence)}" if pick.sentence else link


def _weight(pick: ToldPick) -> int:
    return len(_plain(pick).encode()) + len(_html(pick).encode())


def _wait_asked(answer: httpx.Response) -> float | None:
    """Of `M_LIMIT_EXCEEDED`, where a server does not send `Retry-After` yet."""
    milliseconds = json_of(answer).get("retry_after_ms")
    if not isinstance(milliseconds, int | float) or milliseconds < 0:
        return None
    return milliseconds / _MILLISECONDS


MATRIX = Chat("Matrix", _call, _weight, _MOST_BYTES, _MOST_PICKS, is_repeatable=True, wait_asked=_wait_asked)
