"""What the embedder is asked: texts as vectors."""

from typing import Annotated, Literal

from pydantic import Field

from shared.contracts.base import Reply, Request


class EncodeReply(Reply):
    """One unit vector a text, in the order of the texts."""

    model: str
    vectors: tuple[tuple[float, ...], ...]


class Encode(Request[EncodeReply]):
    """Texts to vectors of the active model; `joined`: to the vectors of all models that are joined, as one.

    With `background` nobody waits for the answer: questions and the day's papers go first.
    """

    subject = "embedder.encode"
    deadline_seconds = 30.0
    texts: Annotated[tuple[str, ...], Field(min_length=1, max_length=64)]
    kind: Literal["query", "passage"] = "query"
    joined: bool = False
    background: bool = False
