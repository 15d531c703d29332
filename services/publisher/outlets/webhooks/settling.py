"""What a webhook's record comes to before something is sent, and what a person should know of it. Pure decisions."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from services.publisher.outlets.webhooks.deliveries import Delivery, Record
from services.publisher.outlets.webhooks.due import STALE_AFTER
from services.publisher.rendering.dates import clock, long_date

_CUT_OFF = "papersys was stopped while it was sent; whether it was shown is not known"
_TOLD_FOR = timedelta(days=3)


def settled(record: Record, now: datetime, *, is_repeatable: bool) -> Record:
    """Messages that were being sent when papersys was stopped, and those that waited for too long, are decided."""
    for delivery in record.deliveries:
        if delivery.state == "sending":
            again = "waiting" if is_repeatable else "unsure"
            record = record.put(delivery.model_copy(update={"state": again, "problem": _CUT_OFF}))
        elif delivery.state == "waiting" and now - delivery.at > STALE_AFTER:
            record = record.put(delivery.model_copy(update={"state": "failed", "at": now}))
    if not any(delivery.state == "waiting" for delivery in record.deliveries):
        record = record.model_copy(update={"failures": 0, "try_after": None, "problem": ""})
    return record


def remarks(name: str, record: Record, now: datetime, unscored: int = 0) -> Iterator[str]:
    """Sentences on what was not sent, and why."""
    waiting = [delivery for delivery in record.deliveries if delivery.state == "waiting"]
    if waiting and record.problem:
        again = f" It is tried again at {clock(record.try_after)}." if record.try_after else ""
        yield f"Webhook {name}: {record.problem} {_messages(len(waiting))}.{again}"
    for delivery in record.deliveries:
        if now - delivery.at <= _TOLD_FOR and delivery.state in ("unsure", "failed"):
            yield f"Webhook {name}: {_fate(delivery)}"
    if unscored:
        papers = "the newest pick has" if unscored == 1 else f"{unscored} of the newest picks have"
        yield (
            f"Webhook {name}: {papers} no match score yet, so its threshold keeps them back; rate more papers, or set "
            f"webhooks.{name}.threshold to 0."
        )


def _fate(delivery: Delivery) -> str:
    count = len(delivery.paper_ids)
    what = f"the message about {count} {'pick' if count == 1 else 'picks'} of {long_date(delivery.day)}"
    if delivery.state == "failed":
        return f"{what} was given up: {delivery.problem.rstrip('.')}."
    return f"{what} may not have been shown, and is not sent twice: {delivery.problem.rstrip('.')}."


def _messages(count: int) -> str:
    return "1 message waits" if count == 1 else f"{count} messages wait"
