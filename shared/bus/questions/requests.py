"""The types of the request seam: a request class declares its reply, so neither side needs a cast."""

from collections.abc import Awaitable
from typing import Protocol, TypeVar

from shared.contracts import Reply, Request

ReplyT = TypeVar("ReplyT", bound=Reply)
HandlerT = TypeVar("HandlerT")
HandlerT_contra = TypeVar("HandlerT_contra", contravariant=True)


class SendRequest(Protocol):
    """Sends a request and returns its reply, as `Bus.ask` does. Raises RequestFailed."""

    async def __call__(self, request: Request[ReplyT], /) -> ReplyT:
        """The reply, of the type that the request declares."""


class Answerable(Protocol[HandlerT_contra]):
    """A class of requests, seen from the side that answers.

    `Encode` is an `Answerable[Callable[[Encode], Awaitable[EncodeReply]]]`: so the type checker refuses a handler that
    takes another request or returns another reply.
    """

    @property
    def subject(self) -> str:
        """The NATS subject on which such requests come."""

    def dispatch(self, body: bytes, handler: HandlerT_contra) -> Awaitable[Reply]:
        """Call `handler` with the request in `body`. Raises ValidationError, uncalled, where the body is none."""
