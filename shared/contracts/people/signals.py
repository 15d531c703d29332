"""What the feedback service is asked to keep besides ratings: papers saved for later, skipped, opened, read."""

import uuid
from typing import Literal

from pydantic import Field

from shared.contracts.base import DEFAULT_USER, MAX_NAME_CHARACTERS, Moment, PaperIds, Reply, Request, now

SignalKind = Literal["save", "unsave", "skip", "unskip", "open", "unopen", "click", "read"]
"""`skip`: seen, no opinion; `open`: the paper's page was read; each has a word that takes it back.
`click`: the original at arXiv or its PDF was opened; `read`: the full text was in view for `value` seconds."""

MOST_READ_SECONDS = 3_600.0
"""What one signal can tell of a reading: whoever leaves a text open has not read it for a day."""


class KeepSignalReply(Reply):
    """How many of the papers' signals are new; `is_kept` False: the settings say not to keep such signals."""

    stored: int = 0
    is_kept: bool = True


class KeepSignal(Request[KeepSignalReply]):
    """What a user did with papers, short of rating them. The same `event_id` again is stored once.

    `value` goes with `read` alone.
    """

    subject = "feedback.signal"
    paper_ids: PaperIds
    kind: SignalKind
    value: float = Field(default=0.0, ge=0, le=MOST_READ_SECONDS)
    user: str = Field(default=DEFAULT_USER, max_length=MAX_NAME_CHARACTERS)
    source: str = Field(default="nats", max_length=MAX_NAME_CHARACTERS)
    event_id: str = Field(default_factory=lambda: uuid.uuid4().hex, min_length=1, max_length=200)
    occurred_at: Moment = Field(default_factory=now)
