"""`papersys rising`: concepts that grow in your fields, and just outside them."""

from collections.abc import Mapping
from typing import Annotated

import typer

from services.ranker.settings import Settings
from shared.command_line.context import ask_running_system, load
from shared.command_line.output import JsonFlag, console, print_json, say
from shared.command_line.papers import titles_of
from shared.command_line.users import UserOption
from shared.contracts import DEFAULT_USER, Rising, RisingConcept, RisingReply


def rising(
    again: Annotated[
        bool, typer.Option("--again", help="Look again now, though the last look is newer than a week.")
    ] = False,
    user: UserOption = DEFAULT_USER,
    as_json: JsonFlag = False,
) -> None:
    """Show concepts that grow in your fields and just outside, by first publication of papers."""
    reply = _rising(user, again=again)
    if as_json:
        print_json(reply.model_dump_json(indent=1))
        return
    titles = titles_of(name for concept in reply.concepts for name in (*concept.earliest, *concept.nearest))
    for heading, is_inside in (("In your fields", True), ("Just outside your fields", False)):
        concepts = [concept for concept in reply.concepts if concept.inside is is_inside]
        if concepts:
            console.print(heading, style="bold underline", highlight=False)
        for concept in concepts:
            _show(concept, titles)
    say(reply.note or _basis(reply))


def _rising(user: str, *, again: bool) -> RisingReply:
    reply = ask_running_system(Rising(user=user, again=again))
    if reply is None:
        from services.ranker import commands

        return commands.rising(load(Settings), user, again=again)
    return reply


def _show(concept: RisingConcept, titles: Mapping[str, str]) -> None:
    also = f" (also: {', '.join(concept.also)})" if concept.also else ""
    console.print(f"{concept.name}{also}", style="bold", highlight=False, markup=False)
    say(f"  {concept.sentence}")
    say(f"  {concept.significance}")
    for heading, papers in (("first papers", concept.earliest), ("new, nearest to your likes", concept.nearest)):
        say(f"  {heading}:")
        for paper_id in papers:
            say(f"    {paper_id:<16} {titles[paper_id]}")
    console.print()


def _basis(reply: RisingReply) -> str:
    day = f"{reply.as_of.day} {reply.as_of:%B %Y}" if reply.as_of else "the newest day"
    return (
        f"From first versions of the {reply.weeks} weeks up to {day}: {reply.inside:,} papers of your fields "
        f"and {reply.outside:,} just outside. Follow a concept: papersys follow phrase WORDS."
    )
