# ruff: noqa: E501 (seeds and words stand in one line)
"""JSON: messages of the bus, dead letters, requests and replies, model's answers, imports."""

import asyncio
import contextlib
import json
import shutil
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from tests.fuzz.targets import Run, Target, tolerating

_WORDS = (
    b'"paper_ids":', b'["2401.00001"]', b'"force":true', b'"event_id":', b'"occurred_at":"2999-01-01T00:00:00Z"', b'"occurred_at":1e400', b"NaN",
    b"-Infinity", b"1e999", b"\\ud800", b"\\u0000", b"null", b"{}", b"[]", b'"label":"like"', b'"user":"outbox"', b'"user":"../x"', b'"weight":1e308',
    b'"picks":[{"paper_id":"2401.00001","score":1,"slot":"top"}]', b'"\xd9\xa2\xd9\xa4\xd9\xa0\xd9\xa1.00001"', b'"math/0309009"', b'"last":true',
    b'"run_id":"x"', b'"run_size":-1', b"\xed\xa0\x80", b"\xff", b"\xef\xbb\xbf", b"9" * 50, b'"a":', b",", b'"', b"<think>", b"```json", b"\n",
)  # fmt: skip
_NESTS = ((b"[", b"]"), (b'{"a":', b"}"), (b'{"paper_ids":[', b"]}"), (b"<think>", b"</think>"))
_MOST_PAYLOAD = 1024**2


class _JetStream:
    """Takes what the real one takes."""

    async def publish(self, subject: str, payload: bytes = b"", **options: Any) -> None:
        import nats.errors

        if len(payload) > _MOST_PAYLOAD:
            raise nats.errors.MaxPayloadError
        if not subject or " " in subject or ".." in subject or not subject.isprintable():
            raise AssertionError(f"published on {subject!r}")


class _Message:
    """A delivery, and whether it was settled."""

    def __init__(self, body: bytes) -> None:
        self.body = body
        self.headers: dict[str, str] = {}
        sequence = SimpleNamespace(stream=7, consumer=7)
        metadata = SimpleNamespace(num_delivered=1, sequence=sequence, timestamp=datetime(2026, 1, 1, tzinfo=UTC))
        self.raw_message = SimpleNamespace(metadata=metadata, headers={}, data=body, subject="papers.new")
        self.settled = 0

    async def _settle(self, **options: Any) -> None:
        self.settled += 1

    ack = nack = reject = _settle

    async def in_progress(self) -> None:
        return


def _events() -> Run:
    from prometheus_client import CollectorRegistry

    from shared.bus.delivery.consumption import Consumption
    from shared.bus.delivery.disposition import Policy
    from shared.contracts import EVENTS, Event

    stream: Any = _JetStream()
    consumption = Consumption("fuzz", Policy(), 30.0, lambda: stream, CollectorRegistry())
    loop = asyncio.new_event_loop()

    async def handler(event: Event) -> None:
        event.model_dump_json()

    async def deliver(body: bytes) -> None:
        for event_class in EVENTS:
            message: Any = _Message(body)
            await consumption.handle(message, event_class, handler)
            if message.settled != 1:
                raise AssertionError(f"a {event_class.subject} was settled {message.settled} times")

    return lambda body: loop.run_until_complete(deliver(body))


class _Reader:
    """A pull subscription with one message."""

    def __init__(self, body: bytes) -> None:
        self._body = body

    async def fetch(self, batch: int = 1, timeout: float | None = None) -> list[Any]:
        sequence = SimpleNamespace(stream=1, consumer=1)
        metadata = SimpleNamespace(sequence=sequence, timestamp=datetime(2026, 1, 1, tzinfo=UTC))
        return [SimpleNamespace(data=self._body, metadata=metadata, subject="dead.a.b.c", headers=None)]

    async def unsubscribe(self) -> None:
        return


class _DeadStream(_JetStream):
    def __init__(self, body: bytes) -> None:
        self._body = body

    async def stream_info(self, name: str, **options: Any) -> Any:
        return SimpleNamespace(state=SimpleNamespace(messages=1, first_seq=1, last_seq=1))

    async def pull_subscribe(self, *args: Any, **options: Any) -> _Reader:
        return _Reader(self._body)

    async def get_msg(self, *args: Any, **options: Any) -> Any:
        return SimpleNamespace(data=self._body, subject="dead.a.b.c", seq=1, headers=None, time=None)

    async def delete_msg(self, *args: Any) -> bool:
        return True


def _letters() -> Run:
    from shared.bus.delivery.dead_letters import DeadLetters
    from shared.errors import PapersysError

    loop = asyncio.new_event_loop()

    async def look(body: bytes) -> None:
        stream: Any = _DeadStream(body)
        letters = DeadLetters(stream)
        for letter in await letters.all():
            letter.model_dump_json()
        await letters.drop(1)
        try:
            await letters.retry(1)
        except PapersysError:
            return

    return lambda body: loop.run_until_complete(look(body))


def _requests() -> Run:
    from shared.bus.questions.replies import handle_request, parse_reply
    from shared.contracts import REQUESTS, Reply, Request
    from shared.errors import RequestFailed

    loop = asyncio.new_event_loop()
    questions = [request.model_construct() for request in REQUESTS]

    async def handler(request: Request[Reply]) -> Reply:
        raise RequestFailed("no", code="no", retryable=False)

    def run(body: bytes) -> None:
        for question in questions:
            loop.run_until_complete(handle_request(body, type(question), handler)).model_dump_json()
            tolerating(lambda content, question=question: parse_reply(content, question), RequestFailed)(body)  # type: ignore[misc]

    return run


def _model_reply() -> Run:
    from services.summarizer.agent.answers import answer_class, phrases_of
    from services.summarizer.fields import DEFAULT_FIELDS
    from services.summarizer.llm.structured import UnreadableReply, read_reply
    from services.summarizer.research.answers.forms import AnswerReply, PlanReply, RankReply
    from services.summarizer.research.loop.stages.drafting import drafted

    extraction, kinds = answer_class(DEFAULT_FIELDS, 2), (PlanReply, RankReply)

    def run(content: bytes) -> None:
        text = content.decode("utf-8", "replace")
        with contextlib.suppress(UnreadableReply):
            phrases_of(read_reply(text, extraction))
        tolerating(lambda _: drafted(read_reply(text, AnswerReply)), UnreadableReply)(content)
        for kind in kinds:
            tolerating(lambda _, kind=kind: read_reply(text, kind), UnreadableReply)(content)  # type: ignore[misc]

    return run


def imported(suffix: str) -> Run:
    """An import of one file, which may be refused as a whole but never lose what it could read."""
    from services.fetcher.metadata.importing import import_files
    from shared.errors import PapersysError
    from shared.store.files.data_folder import DataFolder
    from shared.store.papers.metadata import MetadataStore

    folder = Path(tempfile.mkdtemp())
    path = folder / f"papers{suffix}"

    def run(content: bytes) -> None:
        path.write_bytes(content)
        store = MetadataStore(DataFolder(folder / "data", min_free_mb=0))
        try:
            import_files([path], store)
            for month in store.months():
                store.month(month)
        except PapersysError:
            return
        finally:
            shutil.rmtree(folder / "data", ignore_errors=True)

    return run


def _import_json() -> Run:
    return imported(".json")


_EVENT = b'{"paper_ids":["2401.00001"],"force":true,"event_id":"a","run_id":"r","last":true,"run_size":1}'
_LABEL = b'{"paper_ids":["2401.00001"],"label":"like","source":"reader","actor":"me","weight":1.0,"occurred_at":"2026-01-01T00:00:00Z"}'
_PICK = b'{"paper_ids":["2401.00001"],"picks":[{"paper_id":"2401.00001","score":0.5,"slot":"top"}],"run_id":"r","date":"2026-01-01"}'
_LETTER = json.dumps({
    "service": "embedder", "subject": "papers.new", "event_id": "a", "paper_id": "2401.00001", "reason": "x", "attempts": 1,
    "died_at": "2026-01-01T00:00:00Z", "body": _EVENT.decode(), "malformed": False,
}).encode()  # fmt: skip
_MODEL = b'{"fields":[{"name":"method","claims":[{"statement":"s","quote":"q"}]}],"tags":["graphs"]}'
_SNAPSHOT = (
    b'{"id":"2401.00001","title":"T","abstract":"A","categories":"cs.LG","authors":"A B, C D","authors_parsed":[["B","A",""]],'
    b'"versions":[{"version":"v1","created":"Mon, 2 Apr 2007 19:18:42 GMT"}],"update_date":"2008-11-26","license":null}\n'
)
TARGETS = (
    Target("events", _events, lambda: (_EVENT, _LABEL, _PICK), _WORDS, _NESTS),
    Target("letters", _letters, lambda: (_LETTER,), _WORDS, _NESTS),
    Target(
        "requests", _requests, lambda: (b'{"paper_ids":["2401.00001"]}', b'{"answer":{"missing":{}}}'), _WORDS, _NESTS
    ),
    Target("model_reply", _model_reply, lambda: (_MODEL, b'{"answer":"a","quotes":[]}'), _WORDS, _NESTS),
    Target("import_json", _import_json, lambda: (_SNAPSHOT, _SNAPSHOT * 2), _WORDS, _NESTS),
)
