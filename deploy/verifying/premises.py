"""What every look at the data needs to know."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from deploy.verifying.known_papers import KnownPapers
from deploy.verifying.lines import read_records
from shared.contracts import AHEAD, DEFAULT_USER, now
from shared.store.files.data_folder import DataFolder
from shared.store.keeping.findings import Findings, counted, some

MONTH_NAME = re.compile(r"[0-9]{4}-(?:0[1-9]|1[0-2])")
LOOKUP = "metadata"
"""The repair that asks arXiv for papers that other datasets name."""


class _Name(BaseModel):
    model_config = ConfigDict(extra="ignore")

    name: str


@dataclass(frozen=True)
class Premises:
    """The folder, how closely to look, the papers and users that are known, and the present."""

    data: DataFolder
    deep: bool
    papers: KnownPapers
    users: frozenset[str]
    moment: datetime

    def place(self, path: Path) -> str:
        """A path as findings name it."""
        return path.relative_to(self.data.root).as_posix()

    def is_to_come(self, moment: datetime | None) -> bool:
        """Whether a time lies in the future, farther than clocks differ."""
        return moment is not None and _aware(moment) > self.moment + AHEAD

    def is_month_to_come(self, name: str) -> bool:
        """Whether a month (`YYYY-MM`) has not begun."""
        return name > f"{self.moment + timedelta(days=1):%Y-%m}"

    def note_unknown_papers(self, findings: Findings, where: str, what: str, paper_ids: Iterable[str]) -> None:
        """Say which of these papers the metadata lack; `what` names them, as `rated paper`."""
        missing = self.papers.missing(paper_ids)
        if missing:
            text = f"{counted(len(missing), what)} without metadata ({some(missing)})"
            findings.gap(where, text, "`papersys reconcile` has arXiv asked for them", LOOKUP, missing)


def premises_of(data: DataFolder, *, deep: bool) -> Premises:
    """The premises of one look at a folder."""
    people = read_records(data.path("users", "users.jsonl"), _Name)
    names = {record.record.name for record in people if record.record is not None}
    return Premises(data, deep, KnownPapers(data), frozenset({DEFAULT_USER, *names}), now())


def _aware(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
