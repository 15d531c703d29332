"""Spans as the code sees them: what was done, for which paper and run, by which service. Without a tracer, nothing.

The tracer at work is found by its context, so that what a handler calls need not be handed one.
"""

import contextlib
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from contextvars import ContextVar
from typing import Any, Literal, Protocol

from pydantic import BaseModel

Kind = Literal["internal", "producer", "consumer", "client", "server"]
Facts = Mapping[str, str | int | float | list[str]]
_MOST_IDS = 50


class Tracer(Protocol):
    """What makes spans; a test's fake counts too."""

    def span(
        self,
        name: str,
        kind: Kind = "internal",
        facts: Facts | None = None,
        *,
        caller: Mapping[str, str] | None = None,
        run_id: str | None = None,
    ) -> AbstractContextManager[None]:
        """A span around a block, below the one at work here, else the `caller`'s of a message's headers.

        One below neither is of the run's own trace, where it belongs to a run. An exception is recorded and passes.
        """

    def headers(self) -> dict[str, str]:
        """What a message carries so that its reader's spans are below the one at work here."""

    def close(self) -> None:
        """Send what is left; blocks for some seconds at most."""


class NoTracer:
    """Makes no spans and costs nothing."""

    def span(
        self,
        name: str,
        kind: Kind = "internal",
        facts: Facts | None = None,
        *,
        caller: Mapping[str, str] | None = None,
        run_id: str | None = None,
    ) -> AbstractContextManager[None]:
        return contextlib.nullcontext()

    def headers(self) -> dict[str, str]:
        return {}

    def close(self) -> None:
        """There is nothing to send."""


NO_TRACER = NoTracer()
_at_work: ContextVar[Tracer] = ContextVar("tracer", default=NO_TRACER)


@contextlib.contextmanager
def traced_by(tracer: Tracer) -> Iterator[None]:
    """Let `span` in this block, and in tasks that it starts, be of this tracer."""
    token = _at_work.set(tracer)
    try:
        yield
    finally:
        _at_work.reset(token)


def span(name: str, kind: Kind = "internal", **facts: str | int | float | None) -> AbstractContextManager[None]:
    """A span of the tracer at work; each fact becomes the attribute `papersys.<name>`."""
    named = {f"papersys.{key}": value for key, value in facts.items() if value is not None}
    return _at_work.get().span(name, kind, named)


def facts_of(message: BaseModel, subject: str) -> dict[str, Any]:
    """What a span tells of an event or request: its subject, run, and papers, never what they hold, nor for whom."""
    facts: dict[str, Any] = {"messaging.system": "nats", "messaging.destination.name": subject}
    facts |= {f"papersys.{name}": value for name in ("event_id", "run_id") if (value := getattr(message, name, None))}
    paper_ids = list(getattr(message, "paper_ids", ())) or [
        paper_id for paper_id in (getattr(message, "paper_id", None),) if paper_id
    ]
    if len(paper_ids) == 1:
        facts["papersys.paper_id"] = paper_ids[0]
    elif paper_ids:
        facts |= {"papersys.paper_ids": paper_ids[:_MOST_IDS], "papersys.papers": len(paper_ids)}
    return facts
