"""What all messages share: they never change, and a misspelt field is an error."""

import re
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Annotated, ClassVar, Generic, Literal, Self, TypeVar

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from shared.paper_ids import PaperId

STREAM = "PAPERSYS"
DEFAULT_USER = "me"
MAX_PAPERS_PER_EVENT = 500
MAX_NAME_CHARACTERS = 200
MARK_START, MARK_END = "⟦", "⟧"

Label = Literal["like", "dislike", "clear"]
Slot = Literal["top", "facet", "explore", "requested", "revised", "audit"]
PaperIds = Annotated[tuple[PaperId, ...], Field(min_length=1, max_length=MAX_PAPERS_PER_EVENT)]
PaperIdsOrNone = Annotated[tuple[PaperId, ...], Field(max_length=MAX_PAPERS_PER_EVENT)]


_SURROGATE = re.compile(r"[\ud800-\udfff]")
FIRST_MOMENT = datetime(1991, 1, 1, tzinfo=UTC)
"""arXiv began in 1991: nothing was said of its papers before."""
AHEAD = timedelta(days=1)
"""How far another machine's clock may be ahead of this one's."""
CLOCK_DIFFERENCE = timedelta(minutes=5)
"""How far a rating may be: as the newest one wins, one of tomorrow would win over everything said today."""


def now() -> datetime:
    """The present, aware and UTC."""
    return datetime.now(UTC)


def plausible(moment: datetime) -> datetime:
    """A moment at which something can have happened. Raises ValueError for one in the future or before arXiv."""
    if moment > now() + AHEAD:
        raise ValueError(f"{moment.isoformat()} lies in the future; is a clock wrong?")
    if moment < FIRST_MOMENT:
        raise ValueError(f"{moment.isoformat()} lies before arXiv's first day; is a clock wrong?")
    return moment


Moment = Annotated[AwareDatetime, AfterValidator(plausible)]


class Message(BaseModel):
    """What events, requests and replies share: they never change, and a misspelt field is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    @model_validator(mode="after")
    def _holds_text(self) -> Self:
        """A lone surrogate can be put neither into a file nor on the bus."""
        for name, value in self:
            for text in (value,) if isinstance(value, str) else value if isinstance(value, tuple) else ():
                if isinstance(text, str) and _SURROGATE.search(text):
                    raise ValueError(f"{name} holds half a character (a lone surrogate)")
        return self


class Reply(Message):
    """An answer to a request."""


ReplyT_co = TypeVar("ReplyT_co", bound=Reply, covariant=True)


class Request(Message, Generic[ReplyT_co]):
    """A question with a deadline, over core NATS; `class Encode(Request[EncodeReply])` declares its reply."""

    subject: ClassVar[str]
    deadline_seconds: ClassVar[float] = 10.0

    @classmethod
    def reply_type(cls) -> type[ReplyT_co]:
        """The class of replies to this class of requests."""
        reply: type[ReplyT_co]
        (reply,) = next(args for base in cls.__mro__ if (args := _type_arguments(base)))
        return reply

    @classmethod
    def dispatch(cls, body: bytes, handler: Callable[[Self], Awaitable[ReplyT_co]]) -> Awaitable[Reply]:
        """Call `handler` with the request in `body`. Raises ValidationError, uncalled, where the body is none."""
        return handler(cls.model_validate_json(body))


def _type_arguments(model: type) -> tuple[type, ...]:
    """What a generic model stands for: `Request[EncodeReply]` has one, other classes have none."""
    metadata = getattr(model, "__pydantic_generic_metadata__", {})
    return tuple(metadata.get("args", ()))
