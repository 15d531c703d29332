"""Whatever becomes of a request, its reply says so, and comes out on the other side as an answer or a typed error."""

import pytest
from pydantic import TypeAdapter

from shared.bus.questions.replies import Envelope, handle_request, parse_reply
from shared.contracts import Encode, EncodeReply
from shared.errors import PermanentFailure, RequestFailed, TemporaryFailure

REQUEST = Encode(texts=("a text",))
REPLY = EncodeReply(model="minilm", vectors=((0.6, 0.8),))


async def send(outcome: EncodeReply | Exception, body: bytes | None = None) -> object:
    async def handler(request: Encode) -> EncodeReply:
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    envelope = await handle_request(body or REQUEST.model_dump_json().encode(), Encode, handler)
    return parse_reply(envelope.as_bytes(), REQUEST)


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


@pytest.mark.parametrize(
    "error",
    [
        TemporaryFailure("arXiv is away", retry_in_seconds=900),
        RequestFailed("arXiv is away", code="temporary", retryable=True, retry_in_seconds=900),
    ],
)
async def test_the_wait_that_the_other_side_asks_for_arrives(error: Exception) -> None:
    with pytest.raises(RequestFailed) as caught:
        await send(error)
    assert caught.value.retry_in_seconds == 900
    failure = caught.value.as_failure("2403.12345: ")
    assert isinstance(failure, TemporaryFailure)
    assert (str(failure), failure.retry_in_seconds) == ("2403.12345: arXiv is away", 900)


async def test_a_wait_that_is_no_number_is_none() -> None:
    with pytest.raises(RequestFailed) as caught:
        await send(TemporaryFailure("away", retry_in_seconds=float("nan")))
    assert (caught.value.retryable, caught.value.retry_in_seconds) == (True, None)


def test_a_service_of_an_earlier_version_can_read_replies_without_a_wait() -> None:
    assert b"retry_in_seconds" not in Envelope(error="never", code="permanent").as_bytes()


async def test_an_error_with_a_lone_surrogate_is_answered() -> None:
    with pytest.raises(RequestFailed, match="a file named"):
        await send(PermanentFailure("a file named \udcff"))


def test_an_answer_that_is_too_large_for_the_bus_is_an_error_that_says_so() -> None:
    body = Envelope(answer={"vectors": "x" * 2_000}).as_bytes(1_000)
    with pytest.raises(RequestFailed, match="more than the 1000 that NATS takes") as caught:
        parse_reply(body, REQUEST)
    assert (caught.value.code, caught.value.retryable) == ("too_large", False)


DEEP = b'{"texts":' + b"[" * 100_000 + b"]" * 100_000 + b"}"


@pytest.mark.parametrize(
    "body",
    [
        b"no json",
        b"[]",
        b'{"texts": []}',
        b'{"texts": ["a"], "strange": 1}',
        DEEP,
        b'{"texts": ["\\ud800"]}',
        b"\xff\xfe",
        b'{"texts": [' + b"9" * 100_000 + b"]}",
        b'{"' + b"x" * 1_000_000 + b'": 1}',
    ],
)
async def test_a_request_that_cannot_be_read_is_refused_and_not_to_be_repeated(body: bytes) -> None:
    with pytest.raises(RequestFailed) as caught:
        await send(REPLY, body)
    assert (caught.value.code, caught.value.retryable) == ("invalid", False)


@pytest.mark.parametrize("body", [b"", b"no json", b'{"answer": {"vectors": 3}}', b'{"strange": 1}', DEEP, b"\xff"])
def test_a_reply_that_cannot_be_read_says_whose_it_is(body: bytes) -> None:
    with pytest.raises(RequestFailed, match=r"embedder\.encode") as caught:
        parse_reply(body, REQUEST)
    assert caught.value.code == "invalid_reply"
