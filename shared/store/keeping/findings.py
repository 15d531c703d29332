"""What a look at the data found: which file, what is wrong with it, what to do. Services lend each other such looks."""

from collections import Counter
from collections.abc import Iterable
from typing import Literal

from pydantic import BaseModel, ConfigDict

Severity = Literal["damage", "gap", "note"]
"""`damage`: something that was written is changed or gone. `gap`: something is missing or out of step that can be made
or fetched again. `note`: worth knowing, nothing is wrong."""

RESTORE = "restore it from a backup"
_SHOWN_IDS = 3
_MOST_OF_A_FILE = 10


class Finding(BaseModel):
    """`where` is a path in the data folder, with a line or row where there is one.

    `repair` names what `papersys reconcile` would run; empty where it can do nothing. `papers` are those to ask for.
    """

    model_config = ConfigDict(frozen=True)

    dataset: str
    severity: Severity
    where: str
    what: str
    remedy: str = ""
    repair: str = ""
    papers: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.where}: {self.what}" + (f"; {self.remedy}" if self.remedy else "") + "."


class Findings:
    """What one look found; of one file no more than a handful of a kind, and how many more there are."""

    def __init__(self, dataset: str) -> None:
        self._dataset = dataset
        self._listed: list[Finding] = []
        self._counts: Counter[tuple[Severity, str, str]] = Counter()

    def damage(self, where: str, what: str, remedy: str = RESTORE, *, line: int | None = None) -> None:
        place = where if line is None else f"{where}, line {line}"
        self._add(where, self._finding("damage", place, what, remedy))

    def gap(self, where: str, what: str, remedy: str, repair: str = "", papers: Iterable[str] = ()) -> None:
        self._add(where, self._finding("gap", where, what, remedy, repair, tuple(papers)))

    def note(self, where: str, what: str, remedy: str = "", repair: str = "", *, line: int | None = None) -> None:
        place = where if line is None else f"{where}, line {line}"
        self._add(where, self._finding("note", place, what, remedy, repair))

    def all(self) -> list[Finding]:
        """Everything, in the order in which it was found."""
        more = [
            self._finding(severity, where, f"{counted(count - _MOST_OF_A_FILE, 'more finding')} of this kind", remedy)
            for (severity, where, remedy), count in self._counts.items()
            if count > _MOST_OF_A_FILE
        ]
        return [*self._listed, *more]

    def _finding(
        self,
        severity: Severity,
        where: str,
        what: str,
        remedy: str,
        repair: str = "",
        papers: tuple[str, ...] = (),
    ) -> Finding:
        return Finding(
            dataset=self._dataset,
            severity=severity,
            where=where,
            what=what,
            remedy=remedy,
            repair=repair,
            papers=papers,
        )

    def _add(self, where: str, finding: Finding) -> None:
        key = (finding.severity, where, finding.remedy)
        self._counts[key] += 1
        if self._counts[key] <= _MOST_OF_A_FILE:
            self._listed.append(finding)


def some(names: Iterable[str]) -> str:
    """A few of many names."""
    listed = list(names)
    return ", ".join(listed[:_SHOWN_IDS]) + (" ..." if len(listed) > _SHOWN_IDS else "")


def counted(count: int, noun: str) -> str:
    """`1 paper`, `2 papers`."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
