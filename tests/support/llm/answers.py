"""What the scripted language model says over the wire: whole completions, chunks of a stream, errors, counts."""

import json
import re
from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from tests.support.llm.server import Scripted

Body = dict[str, Any]


class Counted(NamedTuple):
    """Tokens as the server counted them."""

    input: int
    cached: int
    output: int

    @classmethod
    def of(cls, body: Body, answer: "Scripted") -> "Counted":
        if answer.raw is not None:
            return cls(0, 0, 0)
        if answer.tokens is not None:
            return cls(answer.tokens[0], answer.cached, answer.tokens[1])
        sent = sum(words_of(message["content"]) + 3 for message in body["messages"])
        return cls(sent, min(answer.cached, sent), words_of(answer.text) + words_of(answer.thoughts))


def words_of(text: str) -> int:
    """The server's own count of tokens."""
    return len(re.findall(r"\w+|[^\w\s]", text))


def completion_of(answer: "Scripted", body: Body, counted: Counted | None) -> Body:
    """A whole completion, or an error."""
    if answer.status >= 400:
        return {"error": {"message": answer.error, "type": "error", "code": answer.code}}
    message: Body = {"role": "assistant", "content": answer.text}
    if answer.refusal:
        message |= {"content": None, "refusal": answer.refusal}
    choice = {"index": 0, "finish_reason": answer.finish_reason, "message": message}
    usage = usage_of(answer, counted or Counted(0, 0, 0))
    return {**_head(body, "chat.completion"), "choices": [choice], "usage": usage}


def chunks_of(answer: "Scripted", body: Body, counted: Counted) -> Iterator[bytes]:
    """The events of a stream: the role first, thoughts, the text in pieces, the end, and the count if it was wanted."""
    deltas: list[Body] = [{"role": "assistant", "content": None}]
    deltas += [{"reasoning_content": piece} for piece in _pieces(answer.thoughts, answer.pieces)]
    deltas += [{"refusal": piece} for piece in _pieces(answer.refusal, answer.pieces)]
    deltas += [{"content": piece} for piece in _pieces(answer.text, answer.pieces)]
    for number, delta in enumerate(deltas):
        if number == answer.error_after:
            yield _event({"error": {"message": answer.error, "code": answer.code}})
            return
        yield _chunk(body, [{"index": 0, "delta": delta, "finish_reason": None}])
    yield _chunk(body, [{"index": 0, "delta": {}, "finish_reason": answer.finish_reason}])
    if (body.get("stream_options") or {}).get("include_usage") and answer.usage is not False:
        yield _chunk(body, [], usage=usage_of(answer, counted))
    yield b"data: [DONE]\n\n"


def usage_of(answer: "Scripted", counted: Counted) -> Body | None:
    if isinstance(answer.usage, dict):
        return answer.usage
    if not answer.usage:
        return None
    return {
        "prompt_tokens": counted.input,
        "completion_tokens": counted.output,
        "total_tokens": counted.input + counted.output,
        "prompt_tokens_details": {"cached_tokens": counted.cached},
    }


def refusal_of(body: Body, forms: Collection[str] | None, refuses: Collection[str]) -> str:
    """Why a server that takes only these forms, and not these options, answers 400; empty where it answers."""
    form = (body.get("response_format") or {}).get("type")
    if forms is not None and form is not None and form not in forms:
        return "This response_format type is unavailable now"
    if form == "json_object" and "json" not in str(body["messages"]).casefold():
        return "'messages' must contain the word 'json' in some form, to use 'response_format' of type 'json_object'."
    return next(
        (
            f"Unsupported parameter: '{name}' is not supported."
            for name in refuses
            if body.get(name, False) is not False
        ),
        "",
    )


def _pieces(text: str, number: int) -> list[str]:
    size = max(1, -(-len(text) // number))
    return [text[start : start + size] for start in range(0, len(text), size)]


def _chunk(body: Body, choices: list[Body], **more: Any) -> bytes:
    return _event({**_head(body, "chat.completion.chunk"), "choices": choices, **more})


def _event(content: Body) -> bytes:
    return f"data: {json.dumps(content)}\n\n".encode()


def _head(body: Body, kind: str) -> Body:
    return {"id": "call-1", "object": kind, "created": 1, "model": body["model"]}
