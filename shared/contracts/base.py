"""What all messages share: they never change, and a misspelt field is an error."""

from datetime import UTC, datetime
from typing import Annotated, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field

from shared.paper_ids import PaperId

STREAM = "PAPERSYS"
DEFAULT_USER = "me"
MAX_PAPERS_PER_EVENT = 500
MARK_START, MARK_END = "⟦", "⟧"

Label = Literal["like", "dislike", "clear"]
Slot = Literal["top", "explore", "requested", "revised", "audit"]
PaperIds = Annotated[tuple[PaperId, ...], Field(min_length=1, max_length=MAX_PAPERS_PER_EVENT)]
PaperIdsOrNone = Annotated[tuple[PaperId, ...], Field(max_length=MAX_PAPERS_PER_EVENT)]


def now() -> datetime:
    """The present, aware and UTC."""
    return datetime.now(UTC)


class Message(BaseModel):
    """What events, requests and replies share: they never change, and a misspelt field is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Reply(Message):
    """An answer to a request."""


class Request(Message):
    """A question with a deadline, over core NATS."""

    subject: ClassVar[str]
    reply: ClassVar[type[Reply]]
    deadline_seconds: ClassVar[float] = 10.0
