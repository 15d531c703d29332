"""Whatever becomes of a request, its reply says so, and comes out on the other side as an answer or a typed error."""

import pytest
from pydantic import TypeAdapter

from shared.contracts import Encode, EncodeReply
from shared.errors import PermanentFailure, RequestFailed, TemporaryFailure
from shared.replies import answered, opened

REQUEST = Encode(texts=("a text",))
REPLY = EncodeReply(model="minilm", vectors=((0.6, 0.8),))


async def send(outcome: EncodeReply | Exception, body: bytes | None = None) -> object:
    async def handler(request: Encode) -> EncodeReply:
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    envelope = await answered(body or REQUEST.model_dump_json().encode(), Encode, handler)
    return opened(envelope.model_dump_json().encode(), REQUEST)


def validation_error() -> Exception:
    with pytest.raises(ValueError, match="int") as caught:
        TypeAdapter(int).validate_python("no number")
    return caught.value


async def test_an_answer_arrives_with_its_type() -> None:
    assert await send(REPLY) == REPLY


@pytest.mark.parametrize(
    ("error", "code", "retryable"),
    [
        (RequestFailed("full", code="busy", retryable=True), "busy", True),
        (TemporaryFailure("away"), "temporary", True),
        (PermanentFailure("never"), "permanent", False),
        (ZeroDivisionError("oops"), "internal", True),
        (validation_error(), "internal", True),
    ],
)
async def test_an_error_arrives_with_its_code(error: Exception, code: str, retryable: bool) -> None:
    with pytest.raises(RequestFailed) as caught:
        await send(error)
    assert (caught.value.code, caught.value.retryable) == (code, retryable)
    assert str(error).split("\n")[0] in str(caught.value)


@pytest.mark.parametrize("body", [b"no json", b"[]", b'{"texts": []}', b'{"texts": ["a"], "strange": 1}'])
async def test_a_request_that_cannot_be_read_is_refused_and_not_to_be_repeated(body: bytes) -> None:
    with pytest.raises(RequestFailed) as caught:
        await send(REPLY, body)
    assert (caught.value.code, caught.value.retryable) == ("invalid", False)


@pytest.mark.parametrize("body", [b"", b"no json", b'{"answer": {"vectors": 3}}', b'{"strange": 1}'])
def test_a_reply_that_cannot_be_read_says_whose_it_is(body: bytes) -> None:
    with pytest.raises(RequestFailed, match=r"embedder\.encode") as caught:
        opened(body, REQUEST)
    assert caught.value.code == "invalid_reply"
