"""A finished call: its answer, and its line in the ledger."""

import uuid
from datetime import datetime

from pydantic import BaseModel, ConfigDict

from services.summarizer.llm.asking import AskContext
from services.summarizer.llm.calls.caller import Completion, ModelCaller
from shared.contracts import now
from shared.store.models.ledger import Call


class Kept(BaseModel):
    """A finished call as a memo keeps it."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    text: str
    problem: str = ""
    cut: bool = False
    call: Call


def ledger_line(
    completion: Completion,
    caller: ModelCaller,
    context: AskContext,
    batch_call_id: str | None = None,
    made_at: datetime | None = None,
) -> Call:
    """The line of a call; one in a batch has an id of its own, so that the batch may be collected twice."""
    tokens, settings = completion.tokens, caller.settings
    cost = settings.cost(tokens.input, tokens.output, tokens.cached)
    if batch_call_id is not None and cost is not None:
        cost *= settings.batch_price_share
    return Call(
        made_at=made_at or now(),
        service="summarizer",
        purpose=context.step,
        name=caller.name,
        model=completion.model,
        input_tokens=tokens.input,
        cached_tokens=tokens.cached,
        output_tokens=tokens.output,
        cost=cost,
        estimated=tokens.estimated,
        finished=completion.finished,
        batch=batch_call_id is not None,
        seconds=completion.seconds,
        paper_id=context.paper_id,
        run_id=context.run_id,
        event_id=context.event_id,
        user=context.user,
        call_id=batch_call_id or uuid.uuid4().hex,
    )
