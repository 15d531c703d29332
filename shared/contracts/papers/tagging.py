"""What the summarizer is asked about tags: it alone writes the tag index."""

from typing import Annotated, Literal

from pydantic import Field

from shared.contracts.base import DEFAULT_USER, MAX_NAME_CHARACTERS, Message, Reply, Request

TagAction = Literal["merge", "keep_apart", "rename", "describe", "parent", "reject", "accept", "undo"]
TagName = Annotated[str, Field(max_length=MAX_NAME_CHARACTERS)]


class DecidedTag(Message):
    """The tag that a decision was about, as the index has it now; `slug` is empty for a phrase that no tag had."""

    slug: str = ""
    label: str = ""
    papers: int = 0


class CorrectTagsReply(Reply):
    """`done` says in words what was decided; `decision_id` names the decision, by which it can be undone."""

    tag: DecidedTag
    done: str
    decision_id: str = ""


class CorrectTags(Request[CorrectTagsReply]):
    """A person's decision about a tag, by its slug, label or alias.

    `merge` takes `tag` for `into`, `keep_apart` says that they are two; `parent` files it under `into` (empty: under
    none); `rename` and `describe` take `text`; `undo` takes back `decision_id`, or the newest decision.
    """

    subject = "summarizer.correct_tags"
    deadline_seconds = 20.0
    action: TagAction
    tag: TagName = ""
    into: TagName = ""
    text: str = Field(default="", max_length=1000)
    decision_id: str = Field(default="", max_length=40)
    user: str = DEFAULT_USER
