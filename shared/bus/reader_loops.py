"""The loops in which FastStream reads messages, kept alive."""

import asyncio

from faststream._internal.endpoint.subscriber.mixins import ConcurrentMixin
from faststream.nats import NatsBroker
from faststream.nats.subscriber.usecases import PullStreamSubscriber


def revive_readers(broker: NatsBroker) -> list[str]:
    """Start each loop again that reads messages and ended; FastStream does so only after an error, not a cancellation.

    Returns the subjects.
    """
    revived = []
    for reader in broker.subscribers:
        tasks: list[asyncio.Task[object]] = getattr(reader, "tasks", [])
        if tasks and all(task.done() for task in tasks):
            tasks.clear()
            if isinstance(reader, PullStreamSubscriber):
                reader.add_task(reader._consume_pull, func_kwargs={"cb": reader.consume})
            elif isinstance(reader, ConcurrentMixin):
                reader.start_consume_task()
            revived.append(str(getattr(reader, "subject", "messages")))
    return revived
