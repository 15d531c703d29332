"""`papersys like`, `dislike`, `clear`, `reprocess`: events about papers that a person names."""

import asyncio
from collections.abc import Callable
from typing import Annotated

import typer

from deploy.command_context import system_settings
from shared.bus.connections import publish
from shared.command_line.output import complaints, say
from shared.command_line.users import UserOption
from shared.contracts import DEFAULT_USER, MAX_PAPERS_PER_EVENT, Event, FeedbackLabel, Label, PapersNew
from shared.paper_ids import parse_paper_id

Ids = Annotated[list[str], typer.Argument(metavar="ID", help="arXiv ids, such as 2403.12345 or hep-th/9901001.")]


def like(paper_ids: Ids, user: UserOption = DEFAULT_USER) -> None:
    """Like papers."""
    _rate(paper_ids, "like", "Liked", user)


def dislike(paper_ids: Ids, user: UserOption = DEFAULT_USER) -> None:
    """Dislike papers."""
    _rate(paper_ids, "dislike", "Disliked", user)


def clear(paper_ids: Ids, user: UserOption = DEFAULT_USER) -> None:
    """Remove your rating from papers."""
    _rate(paper_ids, "clear", "Rating removed", user)


def reprocess(paper_ids: Ids, user: UserOption = DEFAULT_USER) -> None:
    """Embed, read, summarise and publish papers again."""
    _publish(paper_ids, "Queued", lambda ids: PapersNew(paper_ids=ids, force=True, reason="requested", user=user))


def _rate(paper_ids: list[str], label: Label, done: str, user: str) -> None:
    _publish(paper_ids, done, lambda ids: FeedbackLabel(paper_ids=ids, label=label, source="cli", user=user))


def _publish(texts: list[str], done: str, event_of: Callable[[tuple[str, ...]], Event]) -> None:
    """Publish events about the papers that are named; exit code 1 where some texts are no ids, 2 where none is one."""
    paper_ids, problems = _parse(texts)
    if not paper_ids:
        raise typer.BadParameter("\n".join(problems))
    for start in range(0, len(paper_ids), MAX_PAPERS_PER_EVENT):
        batch = paper_ids[start : start + MAX_PAPERS_PER_EVENT]
        asyncio.run(publish(system_settings().bus, event_of(batch)))
        say(f"{done}: {', '.join(batch)}.")
    for problem in problems:
        complaints.print(problem, style="red", highlight=False, markup=False)
    if problems:
        raise typer.Exit(1)


def _parse(texts: list[str]) -> tuple[tuple[str, ...], list[str]]:
    """The ids among some texts, each once, and what is wrong with the other texts."""
    paper_ids: dict[str, None] = {}
    problems = []
    for text in texts:
        try:
            paper_ids[parse_paper_id(text)] = None
        except ValueError as error:
            problems.append(str(error))
    return tuple(paper_ids), problems
