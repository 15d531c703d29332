"""What the feedback service is asked about notes: to keep one."""

from pydantic import Field

from shared.contracts.base import DEFAULT_USER, MAX_NAME_CHARACTERS, Reply, Request
from shared.paper_ids import AnyPaperId

MAX_NOTE_CHARACTERS = 20_000


class PutNoteReply(Reply):
    """The note that stands now, and its fingerprint; `is_saved` False: the writer had seen another one."""

    is_saved: bool
    text: str
    fingerprint: str


class PutNote(Request[PutNoteReply]):
    """Store a user's note on a paper or a file of their own, in Markdown; an empty text removes it.

    `based_on` is the fingerprint of the text that the writer saw (empty: there was none), so that a note written in
    another window meanwhile is not lost; None replaces whatever is there.
    """

    subject = "feedback.note"
    paper_id: AnyPaperId
    text: str = Field(max_length=MAX_NOTE_CHARACTERS)
    based_on: str | None = Field(None, max_length=64)
    user: str = Field(default=DEFAULT_USER, min_length=1, max_length=MAX_NAME_CHARACTERS)
