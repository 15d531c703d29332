"""What is read from a file of ratings: a row a paper, and what could not be read with its line."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

Said = Literal["like", "dislike", "clear", "neutral", "unknown"]
"""`neutral`: seen, no opinion; `unknown`: the file has a place for a rating and says nothing there."""


@dataclass(frozen=True, slots=True)
class StoredAs:
    """A rating as papersys itself had stored it, from an export of its own."""

    event_id: str
    user: str
    source: str
    actor: str
    weight: float


@dataclass(frozen=True, slots=True)
class RatedRow:
    """One row. `said` is None where the file is a mere list of papers; whoever imports it says what they are.

    Of `paper_id`, `preprint_id` (a paper of another server, which counts where it is stored), `damaged_id` (an id that
    was stored as a number, as it is written) and `title` the first that is not empty counts. `rated_at` is aware.
    """

    line: int
    said: Said | None = None
    paper_id: str = ""
    damaged_id: str = ""
    title: str = ""
    rated_at: datetime | None = None
    stored: StoredAs | None = None
    preprint_id: str = ""


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a line, and what became of it."""

    line: int
    text: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.text}"


@dataclass(frozen=True)
class RatingFile:
    """A file as it was read; `form` is the name of its format."""

    name: str
    form: str
    rows: tuple[RatedRow, ...] = ()
    problems: tuple[Problem, ...] = ()


@dataclass
class Reading:
    """Rows and problems while a file is read; there are never more than `most` rows."""

    most: int
    rows: list[RatedRow] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def add(self, row: RatedRow) -> None:
        if len(self.rows) < self.most:
            self.rows.append(row)
        elif len(self.rows) == self.most and not any("and on" in problem.text for problem in self.problems[-1:]):
            self.problem(row.line, f"from here and on nothing was read: more than {self.most:,} rows")

    def problem(self, line: int, text: str) -> None:
        self.problems.append(Problem(line, text))
