"""A list of papers as the ranker's commands print it."""

from collections.abc import Iterable
from typing import Protocol

from shared.command_line.output import say
from shared.contracts import Match


class RankedPaper(Protocol):
    """A pick or a recommendation; `probability` is None and `match` empty where the ratings cannot tell."""

    @property
    def paper_id(self) -> str: ...
    @property
    def probability(self) -> float | None: ...
    @property
    def match(self) -> Match: ...
    @property
    def reasons(self) -> tuple[str, ...]: ...


def show_paper(position: int | None, paper: RankedPaper, title: str, marks: Iterable[str] = ()) -> None:
    """A paper with its position in the list and its reasons, a line each; ids stand whole."""
    likely = "" if paper.probability is None else f"{paper.probability:.0%} likely"
    number = "" if position is None else f"{position}."
    match = f"{paper.match} match" if paper.match else ""
    facts = "  ".join(filter(None, (paper.paper_id, *marks, match, likely)))
    say(f"{number:>4} {facts}  {title}".rstrip())
    for reason in paper.reasons:
        say(f"       {reason}")
