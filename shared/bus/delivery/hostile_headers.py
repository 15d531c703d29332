"""Headers of messages are anybody's: two kinds of them would take a client down that trusts them.

A header `Status` makes the client take a stored message for a word of the server, so that it is never acknowledged and
comes back for ever; and a first line that is no UTF-8 ends the client's reading of its connection.
"""

import logging
from typing import Any

from nats.aio.client import Client
from nats.aio.msg import Msg

log = logging.getLogger(__name__)

_OF_A_STREAM = "$JS.ACK."
_WORDS_OF_THE_SERVER = ("Status", "Description")


class StoredMessage(Msg):
    """A message whose headers, where it comes from a stream, cannot be mistaken for the server's."""

    def __init__(self, *values: Any, **named: Any) -> None:
        super().__init__(*values, **named)
        if self.headers and self.reply.startswith(_OF_A_STREAM):
            self.headers = {name: self.headers[name] for name in self.headers if name not in _WORDS_OF_THE_SERVER}


def tolerate_hostile_headers(client: Client) -> None:
    """Make a client read on, whatever the headers of a message are."""
    parse = client._process_headers

    async def parsed_or_none(headers: Any) -> dict[str, str] | None:
        try:
            return await parse(headers)
        except Exception as error:
            log.warning("Headers cannot be read: %s", error, extra={"action": "headers_unreadable"})
            return None

    client.msg_class = StoredMessage
    client._process_headers = parsed_or_none  # type: ignore[method-assign]
