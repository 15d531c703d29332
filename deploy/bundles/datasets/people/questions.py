"""Questions to papers: `questions.jsonl`, a line a question with every step of its answer, as its trace has them.

Only questions that came to an end go along: one under way belongs to the system that works on it, and would be answered
once more, at its price, where it is taken in.
"""

from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from deploy.bundles.archive.package import Resource
from deploy.bundles.archive.reading import Bundle
from deploy.bundles.archive.table_schemas import schema_of_model
from deploy.bundles.archive.writing import BundleWriter
from deploy.bundles.datasets.dataset import Source, Target
from deploy.bundles.datasets.records import records_in
from deploy.bundles.tally import Tally
from deploy.bundles.wording import first_line
from shared.contracts import ResearchResult
from shared.store.files.jsonlines import dump_line
from shared.store.research.traces import LAST_STEPS, Step, TraceStore, head_of

_OF_THE_MACHINE = "owner"
"""Which process of which machine answered; nobody's business elsewhere."""


class _Line(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    user: str
    trace_id: str
    steps: tuple[dict[str, Any], ...]


class Questions:
    name = "questions"
    about = "questions to papers with every step of their answers, the calls of models and what they replied"

    def write(self, source: Source, bundle: BundleWriter) -> None:
        lines = (dump_line(line).encode("utf-8", "replace") for line in _lines(source))
        bundle.add_lines(self.name, f"{self.name}.jsonl", lines, schema_of_model(_Line, ["trace_id"]))

    def merge(self, bundle: Bundle, resource: Resource, target: Target) -> Tally:
        tally, store = Tally(self.name), TraceStore(target.data)
        for line in records_in(bundle, resource, _Line, tally, lambda line: _check(line, target)):
            is_unknown = not store.steps(line.trace_id)
            tally.count_unknown(1, is_unknown)
            if is_unknown and not target.dry_run:
                store.put(line.trace_id, [_of_user(step, target.user(line.user)) for step in line.steps])
        return tally


def _lines(source: Source) -> Iterator[_Line]:
    store = TraceStore(source.data)
    for trace_id in store.ids():
        steps = store.steps(trace_id)
        head = head_of(trace_id, steps)
        if head is not None and head.state != "running" and source.user in ("", head.user):
            shown = tuple({name: fact for name, fact in step.items() if name != _OF_THE_MACHINE} for step in steps)
            yield _Line(user=head.user, trace_id=trace_id, steps=shown)


def _check(line: _Line, target: Target) -> None:
    """Raises ValueError for what is no whole question, or of the future, or of somebody else than the line says."""
    TraceStore(target.data).path(line.trace_id)
    for step in line.steps:
        _check_result(step)
    head = head_of(line.trace_id, list(line.steps))
    if head is None or head.user != line.user:
        raise ValueError(f"{line.trace_id} does not begin with a question of {line.user}")
    if head.state == "running":
        raise ValueError(f"{line.trace_id} has no end ({', '.join(LAST_STEPS)})")
    if head.asked_at > target.latest:
        raise ValueError(f"{line.trace_id} was asked at {head.asked_at:%Y-%m-%d %H:%M}, which lies in the future")


def _check_result(step: Step) -> None:
    try:
        if step.get("step") == "answered":
            ResearchResult.model_validate(step.get("result"))
    except ValidationError as error:
        raise ValueError(f"its answer is none: {first_line(error)}") from error


def _of_user(step: Step, user: str) -> Step:
    """A step under the name that its user has here: question and answer say whose they are."""
    if step.get("step") == "asked":
        return {**step, "user": user}
    if step.get("step") == "answered":
        return {**step, "result": {**step["result"], "user": user}}
    return step
