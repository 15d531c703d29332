"""What all chats have in common: what is told of a pick, a request, and messages no longer than a chat takes."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import httpx

from shared.paper_labels import paper_label

TEST_HEADING = "A test message from papersys: your picks will come here."
_LONGEST_TITLE = 240
_LONGEST_AUTHORS = 120
_LONGEST_SENTENCE = 400


@dataclass(frozen=True)
class ToldPick:
    """Plain text, on one line each; nothing of it is trusted. `address` leads to the paper."""

    paper_id: str
    title: str
    authors: str
    sentence: str
    address: str

    def cut(self) -> "ToldPick":
        """As much of it as a message has room for."""
        return ToldPick(
            self.paper_id,
            _cut(self.title, _LONGEST_TITLE),
            _cut(self.authors, _LONGEST_AUTHORS),
            _cut(self.sentence, _LONGEST_SENTENCE),
            self.address,
        )


@dataclass(frozen=True)
class Message:
    """A heading and the picks under it. `message_id` names it for good: sent again, it is the same message."""

    message_id: str
    heading: str
    picks: Sequence[ToldPick] = ()


@dataclass(frozen=True)
class Place:
    """Where a webhook leads; its address and token are secrets and never shown."""

    address: str = field(repr=False)
    token: str | None = field(default=None, repr=False)
    room: str = ""


@dataclass(frozen=True)
class Call:
    """A request to make."""

    method: Literal["POST", "PUT"]
    url: str = field(repr=False)
    content: Mapping[str, Any]
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True)
class Chat:
    """A kind of chat. `is_repeatable`: the same message sent twice is shown once; `weight` is that of a pick in it."""

    name: str
    call: Callable[[Message, Place], Call]
    weight: Callable[[ToldPick], int]
    most_weight: int
    most_picks: int
    is_repeatable: bool = False
    wait_asked: Callable[[httpx.Response], float | None] = lambda answer: None


def parts(chat: Chat, picks: Sequence[ToldPick]) -> Iterator[list[ToldPick]]:
    """The picks in runs that fit into a message each, in their order."""
    part: list[ToldPick] = []
    weight = 0
    for pick in picks:
        more = chat.weight(pick)
        if part and (len(part) == chat.most_picks or weight + more > chat.most_weight):
            yield part
            part, weight = [], 0
        part.append(pick)
        weight += more
    if part:
        yield part


def byline(pick: ToldPick) -> str:
    """Who wrote it, and its id where that is not its title."""
    return " · ".join(filter(None, (pick.authors, paper_label(pick.paper_id))))


def json_of(answer: httpx.Response) -> dict[str, Any]:
    """The answer's JSON object; empty where it is none."""
    try:
        body = answer.json()
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[: longest - 1].rstrip()}…"
