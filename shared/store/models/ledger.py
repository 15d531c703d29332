"""The ledger: `ledger/<YYYY-MM>.jsonl`, a line for every call to a model that may cost money. Written by who called."""

import logging
import threading
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from shared.contracts import DEFAULT_USER
from shared.store.files.data_folder import DataFolder
from shared.store.files.file_stamps import stamp_of
from shared.store.files.jsonlines import dump_line, read_lines
from shared.store.papers.summaries import Usage

log = logging.getLogger(__name__)

Period = Literal["day", "month"]
_MONTHS_OF_AN_EVENT = 3


class Call(BaseModel):
    """One call: tokens in and out, and what they cost at the prices of the settings, in their currency.

    `name` is the model's name in the settings, `model` the server's. `cached_tokens` are a part of the input.
    `estimated` says that the server did not count, or not credibly, and the tokens are a guess; `finished` that the
    answer came to its end. `cost` is None where a price is unknown. A `call_id` stands in the ledger once. `user`
    is who first asked for the paper.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    made_at: AwareDatetime
    service: str
    purpose: str
    name: str = ""
    model: str
    input_tokens: int
    cached_tokens: int = 0
    output_tokens: int
    cost: float | None
    estimated: bool = False
    finished: bool = True
    batch: bool = False
    seconds: float = 0.0
    paper_id: str | None = None
    run_id: str | None = None
    event_id: str | None = None
    call_id: str | None = None
    user: str = DEFAULT_USER

    @property
    def usage(self) -> Usage:
        return Usage(
            calls=1,
            input_tokens=self.input_tokens,
            cached_tokens=self.cached_tokens,
            output_tokens=self.output_tokens,
            cost=self.cost,
        )


@dataclass(frozen=True)
class Spending:
    """What calls cost together; `unknown` of them at an unknown price, which is not in the sum."""

    cost: float = 0.0
    calls: int = 0
    unknown: int = 0


@dataclass
class _Month:
    """What was read of a file: its calls up to byte `size`, and their ids."""

    inode: int = 0
    size: int = 0
    calls: list[Call] = field(default_factory=list)
    ids: set[str] = field(default_factory=set)

    @cached_property
    def without_id(self) -> frozenset[Call]:
        return frozenset(call for call in self.calls if not call.call_id)


class Ledger:
    """Every call, by month in UTC. A file only grows, so only what is new of it is read."""

    def __init__(self, data: DataFolder) -> None:
        self._data = data
        self._months: dict[Path, _Month] = {}
        self._turn = threading.Lock()

    def add(self, call: Call) -> bool:
        """Append a call, durably; several services may do so. False where its id stands there already."""
        path = self._path(_month_of(call.made_at))
        with self._data.lock("ledger"):
            if call.call_id is not None and call.call_id in self._read(path).ids:
                return False
            self._data.append_lines(path, dump_line(call))
            return True

    def add_all(self, calls: Iterable[Call]) -> int:
        """Append calls that do not stand there yet, by id or, without one, by all they say; returns how many."""
        by_path: dict[Path, list[Call]] = defaultdict(list)
        for call in calls:
            by_path[self._path(_month_of(call.made_at))].append(call)
        added = 0
        with self._data.lock("ledger"):
            for path, of_month in by_path.items():
                fresh = self.unknown(of_month)
                if fresh:
                    self._data.append_lines(path, "".join(map(dump_line, fresh)))
                added += len(fresh)
        return added

    def unknown(self, calls: Iterable[Call]) -> list[Call]:
        """Those of the calls that do not stand in the ledger, each once."""
        fresh: dict[str | Call, Call] = {}
        for call in calls:
            month = self._read(self._path(_month_of(call.made_at)))
            is_known = call.call_id in month.ids if call.call_id else call in month.without_id
            if not is_known:
                fresh.setdefault(call.call_id or call, call)
        return list(fresh.values())

    def spent(self, moment: datetime) -> float:
        """What the calls of the month of `moment` cost together, as far as their prices are known."""
        return self.spending(moment, "month").cost

    def spending(self, moment: datetime, period: Period, user: str | None = None) -> Spending:
        """What was spent in the month or on the day of `moment`, both in UTC; by everybody, or by one person."""
        day = moment.astimezone(UTC).date()
        calls = [call for call in self.month(moment) if user is None or call.user == user]
        return spending_of(call for call in calls if period == "month" or call.made_at.astimezone(UTC).date() == day)

    def of(self, event_id: str, paper_id: str) -> Usage:
        """What the calls for a paper used that an event of the last months asked for."""
        calls = [call for path in self._paths()[-_MONTHS_OF_AN_EVENT:] for call in self._read(path).calls]
        return total(call.usage for call in calls if (call.event_id, call.paper_id) == (event_id, paper_id))

    def month(self, moment: datetime) -> list[Call]:
        """The calls of the month of `moment`, oldest first."""
        return list(self._read(self._path(_month_of(moment))).calls)

    def calls(self) -> Iterator[Call]:
        """Every call there is, oldest month first."""
        for path in self._paths():
            yield from read_lines(path, Call)

    def _read(self, path: Path) -> _Month:
        with self._turn:
            month, stamp = self._months.get(path, _Month()), stamp_of(path)
            if stamp is None or stamp.inode != month.inode or stamp.size < month.size:
                month = _Month(stamp.inode if stamp else 0)
            if stamp is not None and stamp.size > month.size:
                _read_on(path, month)
            self._months[path] = month
            return month

    def _paths(self) -> list[Path]:
        return sorted(self._data.path("ledger").glob("????-??.jsonl"))

    def _path(self, month: str) -> Path:
        return self._data.path("ledger", f"{month}.jsonl")


def _read_on(path: Path, month: _Month) -> None:
    """Take in the whole lines that were appended; one that cannot be read is logged and left out."""
    with path.open("rb") as file:
        file.seek(month.size)
        lines, _, _torn = file.read().rpartition(b"\n")
    for line in lines.split(b"\n"):
        try:
            month.calls.append(Call.model_validate_json(line))
        except ValidationError as error:
            if line.strip():
                text = "%s: a line cannot be read and is left out: %s."
                log.error(text, path, error.errors()[0]["msg"], extra={"action": "line_unreadable"})
    month.__dict__.pop("without_id", None)
    month.ids = {call.call_id for call in month.calls if call.call_id}
    month.size += len(lines) + 1 if lines else 0


def spending_of(calls: Iterable[Call]) -> Spending:
    """The sum over calls."""
    costs = [call.cost for call in calls]
    known = [cost for cost in costs if cost is not None]
    return Spending(sum(known), len(costs), len(costs) - len(known))


def total(usages: Iterable[Usage]) -> Usage:
    """Usages added up; the cost is unknown where one of them is, or where there are none."""
    listed = list(usages)
    costs = [usage.cost for usage in listed]
    return Usage(
        calls=sum(usage.calls for usage in listed),
        input_tokens=sum(usage.input_tokens for usage in listed),
        cached_tokens=sum(usage.cached_tokens for usage in listed),
        output_tokens=sum(usage.output_tokens for usage in listed),
        cost=None if None in costs or not costs else sum(cost for cost in costs if cost is not None),
    )


def _month_of(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m")
