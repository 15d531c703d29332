"""What became of the rows of a bundle, counted by dataset."""

from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any, TypeVar

_MOST_TOLD = 1_000

R = TypeVar("R")


@dataclass
class Tally:
    """Rows of one dataset: `new` ones, `newer` ones that replace what is here, those that are here just so (`same`),
    `older` ones that change nothing, and `refused` ones.

    `conflicts` say in words which rating, note or person is told differently here and there, and what counts;
    `problems` why rows were refused.
    """

    dataset: str
    new: int = 0
    newer: int = 0
    same: int = 0
    older: int = 0
    refused: int = 0
    conflicts: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    @property
    def changes(self) -> int:
        return self.new + self.newer

    def count(self, given: R, here: R | None, is_newer: Callable[[R, R], bool]) -> bool:
        """Count a row beside the one that is here under its key; whether it is to be stored.

        `is_newer(given, here)` says which of two that differ counts.
        """
        if here is None:
            self.new += 1
            return True
        if here == given:
            self.same += 1
            return False
        if is_newer(given, here):
            self.newer += 1
            return True
        self.older += 1
        return False

    def count_unknown(self, given: int, unknown: int) -> None:
        """Count rows that are never replaced: the `unknown` ones of them are new, the others here just so."""
        self.new += unknown
        self.same += given - unknown

    def conflict(self, text: str) -> None:
        if len(self.conflicts) < _MOST_TOLD:
            self.conflicts.append(text)

    def refuse(self, text: str, rows: int = 1) -> None:
        self.refused += rows
        if len(self.problems) < _MOST_TOLD:
            self.problems.append(text)

    def add(self, other: "Tally") -> None:
        """Count another file of the same dataset to this one."""
        self.new += other.new
        self.newer += other.newer
        self.same += other.same
        self.older += other.older
        self.refused += other.refused
        self.conflicts += other.conflicts[: _MOST_TOLD - len(self.conflicts)]
        self.problems += other.problems[: _MOST_TOLD - len(self.problems)]

    def facts(self) -> dict[str, Any]:
        return asdict(self)
