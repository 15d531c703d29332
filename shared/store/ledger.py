"""The ledger: `ledger/<YYYY-MM>.jsonl`, a line for every call to a model that may cost money. Written by who called."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from pydantic import AwareDatetime, BaseModel, ConfigDict

from shared.contracts import now
from shared.store.files.data_folder import DataFolder
from shared.store.files.file_stamps import FileStamp, stamp_of
from shared.store.files.jsonlines import dump_line, read_lines
from shared.store.summaries import Usage


class Call(BaseModel):
    """One call: tokens in and out, and what they cost at the prices of the settings, in their currency.

    `estimated` says that the server did not count and the tokens are a guess.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    made_at: AwareDatetime
    service: str
    purpose: str
    model: str
    input_tokens: int
    output_tokens: int
    cost: float
    estimated: bool = False
    seconds: float = 0.0
    paper_id: str | None = None
    run_id: str | None = None
    event_id: str | None = None


class Ledger:
    """Every call, by month in UTC."""

    def __init__(self, data: DataFolder) -> None:
        self._data = data
        self._spent: dict[Path, tuple[FileStamp, float]] = {}

    def add(self, call: Call) -> None:
        """Append a call, durably; several services may do so."""
        with self._data.lock("ledger"):
            self._data.append_lines(self._path(_month(call.made_at)), dump_line(call))

    def spent(self, moment: datetime) -> float:
        """What the calls of the month of `moment` cost together."""
        path = self._path(_month(moment))
        stamp = stamp_of(path)
        if stamp is None:
            return 0.0
        if path not in self._spent or self._spent[path][0] != stamp:
            self._spent[path] = (stamp, sum(call.cost for call in read_lines(path, Call)))
        return self._spent[path][1]

    def month(self, moment: datetime) -> list[Call]:
        """The calls of the month of `moment`, oldest first."""
        return read_lines(self._path(_month(moment)), Call)

    def of(self, event_id: str, paper_id: str) -> Usage:
        """What the calls of an event for a paper used, this month and the month before."""
        moment = now()
        months = {_month(moment), _month(moment.replace(day=1) - timedelta(days=1))}
        calls = [
            call
            for month in sorted(months)
            for call in read_lines(self._path(month), Call)
            if (call.event_id, call.paper_id) == (event_id, paper_id)
        ]
        return Usage(
            calls=len(calls),
            input_tokens=sum(call.input_tokens for call in calls),
            output_tokens=sum(call.output_tokens for call in calls),
            cost=sum(call.cost for call in calls) if calls else None,
        )

    def _path(self, month: str) -> Path:
        return self._data.path("ledger", f"{month}.jsonl")


def _month(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m")
