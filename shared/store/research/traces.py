"""Traces of questions: `traces/<YYYY-MM>/<trace_id>.jsonl`, a line a step, from `asked` to `answered`.

The one who answers a question writes its trace, and whoever wants it to stop; readers see whole lines as it grows.
"""

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from shared.contracts import DEFAULT_USER, ResearchResult
from shared.store.files.data_folder import DataFolder, whole_lines

Step = dict[str, Any]
TraceState = Literal["running", "answered", "partial", "declined", "failed", "cancelled"]
LAST_STEPS = ("answered", "failed", "cancelled")
_TRACE_ID = re.compile(r"(?P<year>\d{4})(?P<month>\d{2})\d{2}T\d{12}-[0-9a-f]{6}", re.ASCII)
_DATASET = "traces"
_OUTCOMES: Mapping[str, TraceState] = {"partial": "partial", "declined": "declined"}


class TraceHead(BaseModel):
    """A question in a list: what was asked, and what became of it."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    trace_id: str
    question: str
    user: str = DEFAULT_USER
    state: TraceState
    asked_at: AwareDatetime
    conversation: str = ""


class TraceStore:
    """The traces of all questions."""

    def __init__(self, data: DataFolder) -> None:
        self._data = data

    def append(self, trace_id: str, step: Step) -> None:
        """Add a line, durably. Raises TemporaryFailure while the disk is full, ValueError for what is no trace's id."""
        with self._data.lock(_DATASET):
            self._data.append_lines(self.path(trace_id), _line_of(step))

    def begin(self, trace_id: str, first: Step) -> str:
        """Begin a trace with its question; returns its id, or that of the trace in which the same question (`user`,
        `ask_id`) stands already: two processes that are asked it at once answer one.

        Raises as `append` does.
        """
        with self._data.lock(_DATASET):
            known = self.of_ask_id(str(first.get("user", DEFAULT_USER)), str(first.get("ask_id")))
            if known is None:
                self._data.append_lines(self.path(trace_id), _line_of(first))
            return known or trace_id

    def put(self, trace_id: str, steps: Iterable[Step]) -> None:
        """Store a whole trace that was written elsewhere. Raises as `append` does."""
        path, text = self.path(trace_id), "".join(map(_line_of, steps))
        with self._data.lock(_DATASET):
            self._data.write_text(path, text)

    def ids(self) -> list[str]:
        """All traces, oldest first."""
        return [path.stem for path in reversed(self._newest())]

    def append_if(self, trace_id: str, step: Step, may: Callable[[list[Step]], bool]) -> bool:
        """Add a line if the steps that are there by then allow it, which no other process changes meanwhile."""
        with self._data.lock(_DATASET):
            if not may(self.steps(trace_id)):
                return False
            self._data.append_lines(self.path(trace_id), _line_of(step))
            return True

    def steps(self, trace_id: str) -> list[Step]:
        """The steps that are there, in order; a line that cannot be read is left out. Empty where there is no trace."""
        return list(_steps_of(self.path(trace_id))) if _TRACE_ID.fullmatch(trace_id) else []

    def result(self, trace_id: str) -> ResearchResult | None:
        """The answer; None where there is none (yet), or none that can be read."""
        for step in reversed(self.steps(trace_id)):
            if step.get("step") == "answered":
                return _result(step)
        return None

    def head(self, trace_id: str) -> TraceHead | None:
        """What was asked, and what became of it; None where there is no such trace."""
        return head_of(trace_id, self.steps(trace_id))

    def recent(self, user: str, limit: int) -> list[TraceHead]:
        """The latest questions of a person, the newest first."""
        heads: list[TraceHead] = []
        for path in self._newest():
            head = self.head(path.stem)
            if head is not None and head.user == user:
                heads.append(head)
            if len(heads) >= limit:
                break
        return heads

    def of_ask_id(self, user: str, ask_id: str) -> str | None:
        """The trace of a question that was asked under this id; the newest, should there be several."""
        wanted = mark_of(user, ask_id)
        for path in self._newest(f"*-{wanted}.jsonl"):
            first = next(_steps_of(path), {})
            if (first.get("user", DEFAULT_USER), first.get("ask_id")) == (user, ask_id):
                return path.stem
        return None

    def unfinished(self, since: datetime) -> list[str]:
        """Questions asked since then whose answer is not there, oldest first."""
        oldest = since.astimezone(UTC).strftime("%Y%m%dT%H%M%S")
        late = [path for path in self._newest() if path.stem >= oldest]
        return [path.stem for path in reversed(late) if state_of(list(_steps_of(path))) == "running"]

    def remove_of(self, user: str) -> int:
        """Remove the questions of a person; returns how many there were."""
        theirs = [path for path in self._newest() if next(_steps_of(path), {}).get("user", DEFAULT_USER) == user]
        with self._data.lock(_DATASET):
            for path in theirs:
                self._data.remove(path)
        return len(theirs)

    def path(self, trace_id: str) -> Path:
        """Raises ValueError for what is no trace's id."""
        match = _TRACE_ID.fullmatch(trace_id)
        if match is None:
            raise ValueError(f"{trace_id!r} is not the id of a trace; ids look like 20260131T120000123456-0a1b2c")
        return self._data.path(_DATASET, f"{match['year']}-{match['month']}", f"{trace_id}.jsonl")

    def _newest(self, pattern: str = "*.jsonl") -> list[Path]:
        paths = self._data.path(_DATASET).glob(f"????-??/{pattern}")
        return sorted((path for path in paths if _TRACE_ID.fullmatch(path.stem)), key=lambda path: path.stem)[::-1]


def new_trace_id(moment: datetime, user: str, ask_id: str) -> str:
    """The id of a question asked now: its end is the mark by which the same question is found again."""
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%S%f}-{mark_of(user, ask_id)}"


def mark_of(user: str, ask_id: str) -> str:
    return hashlib.sha256(f"{user}\0{ask_id}".encode()).hexdigest()[:6]


def state_of(steps: list[Step]) -> TraceState:
    """What became of a question, by its steps."""
    for step in reversed(steps):
        match step.get("step"):
            case "answered":
                return _OUTCOMES.get(str((step.get("result") or {}).get("outcome")), "answered")
            case "failed":
                return "failed"
            case "cancelled":
                return "cancelled"
    return "running"


def head_of(trace_id: str, steps: list[Step]) -> TraceHead | None:
    """What was asked, and what became of it, by its steps; None where they begin with no question."""
    if not steps or steps[0].get("step") != "asked":
        return None
    facts = {"trace_id": trace_id, "state": state_of(steps), "asked_at": steps[0].get("at")}
    try:
        return TraceHead.model_validate({**steps[0], **facts})
    except ValidationError:
        return None


def _line_of(step: Step) -> str:
    line = json.dumps(step, ensure_ascii=False, default=str).encode("utf-8", "replace").decode()
    return f"{line}\n"


def _steps_of(path: Path) -> Iterator[Step]:
    try:
        text = whole_lines(path)
    except OSError:
        return
    for line in text.split("\n"):
        try:
            step = json.loads(line) if line.strip() else None
        except ValueError:
            continue
        if isinstance(step, dict):
            yield step


def _result(step: Step) -> ResearchResult | None:
    try:
        return ResearchResult.model_validate(step.get("result"))
    except ValidationError:
        return None
