"""`like`, `dislike`, `clear`, `reprocess`: what a person says about papers, as events."""

import asyncio
from collections.abc import Callable
from typing import Annotated

import typer

from deploy.commands.context import complaints, console, system_settings
from deploy.connections import publish
from shared.contracts import MAX_PAPERS_PER_EVENT, Event, FeedbackLabel, Label, PapersNew
from shared.paper_ids import parse_paper_id

Ids = Annotated[list[str], typer.Argument(help="arXiv ids, such as 2403.12345 or hep-th/9901001.")]


def like(paper_ids: Ids) -> None:
    """Say that you like papers."""
    _judge(paper_ids, "like", "Liked")


def dislike(paper_ids: Ids) -> None:
    """Say that you dislike papers."""
    _judge(paper_ids, "dislike", "Disliked")


def clear(paper_ids: Ids) -> None:
    """Take your rating on papers back."""
    _judge(paper_ids, "clear", "Cleared")


def reprocess(paper_ids: Ids) -> None:
    """Have papers embedded, read, summarised and published again."""
    _say(paper_ids, "Asked for", lambda known: PapersNew(paper_ids=known, force=True, reason="requested"))


def _judge(paper_ids: list[str], label: Label, said: str) -> None:
    _say(paper_ids, f"{said}:", lambda known: FeedbackLabel(paper_ids=known, label=label, source="cli"))


def _say(texts: list[str], said: str, event_of: Callable[[tuple[str, ...]], Event]) -> None:
    """Publish what is said of the papers that can be meant; exit code 1 where some cannot, 2 where none can."""
    known, problems = _parse(texts)
    if not known:
        raise typer.BadParameter("\n".join(problems))
    for start in range(0, len(known), MAX_PAPERS_PER_EVENT):
        some = known[start : start + MAX_PAPERS_PER_EVENT]
        asyncio.run(publish(system_settings().bus, event_of(some)))
        console.print(f"{said} {', '.join(some)}.", highlight=False)
    for problem in problems:
        complaints.print(problem, style="red", highlight=False, markup=False)
    if problems:
        raise typer.Exit(1)


def _parse(texts: list[str]) -> tuple[tuple[str, ...], list[str]]:
    """The ids among some texts, each once, and what is wrong with the other texts."""
    known: dict[str, None] = {}
    problems = []
    for text in texts:
        try:
            known[parse_paper_id(text)] = None
        except ValueError as error:
            problems.append(str(error))
    return tuple(known), problems
