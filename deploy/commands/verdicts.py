"""`like`, `dislike`, `clear`, `reprocess`: what a person says about papers, as events."""

import asyncio
from typing import Annotated

import typer

from deploy.commands.context import console, system_settings
from deploy.connections import publish
from shared.contracts import FeedbackLabel, Label, PapersNew
from shared.paper_ids import parse_paper_id

Ids = Annotated[list[str], typer.Argument(help="arXiv ids, such as 2403.12345 or hep-th/9901001.")]


def like(paper_ids: Ids) -> None:
    """Say that you like papers."""
    _judge(paper_ids, "like", "Liked")


def dislike(paper_ids: Ids) -> None:
    """Say that you dislike papers."""
    _judge(paper_ids, "dislike", "Disliked")


def clear(paper_ids: Ids) -> None:
    """Take your verdict on papers back."""
    _judge(paper_ids, "clear", "Cleared")


def reprocess(paper_ids: Ids) -> None:
    """Have papers embedded, read, summarised and published again."""
    known = _parse(paper_ids)
    asyncio.run(publish(system_settings().bus, PapersNew(paper_ids=known, force=True, reason="requested")))
    console.print(f"Asked for {', '.join(known)}.", highlight=False)


def _judge(paper_ids: list[str], label: Label, said: str) -> None:
    known = _parse(paper_ids)
    asyncio.run(publish(system_settings().bus, FeedbackLabel(paper_ids=known, label=label, source="cli")))
    console.print(f"{said}: {', '.join(known)}.", highlight=False)


def _parse(paper_ids: list[str]) -> tuple[str, ...]:
    try:
        return tuple(parse_paper_id(text) for text in paper_ids)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error
