"""`papersys missed`: papers that you found and liked although your picks had missed them, and how much is missed."""

import shlex
from typing import TYPE_CHECKING, Annotated

import typer

from services.ranker.settings import Settings
from shared.command_line.context import load
from shared.command_line.output import JsonFlag, console, print_json, say
from shared.command_line.papers import titles_of
from shared.command_line.users import UserOption
from shared.contracts import DEFAULT_USER

if TYPE_CHECKING:
    from shared.store.people.missed import MeasuredClick, MissedPaper, MissedWeek


def missed(
    now: Annotated[
        bool, typer.Option("--now", help="Look now, at the last 90 days; else the last whole week is shown.")
    ] = False,
    user: UserOption = DEFAULT_USER,
    as_json: JsonFlag = False,
) -> None:
    """Show papers that you liked although your picks had missed them, and what one click would mend."""
    week = _look_now(user) if now else _stored(user)
    if as_json:
        print_json(week.model_dump_json(indent=1) if week else "null")
        return
    if week is None:
        say("Nothing is known yet: papersys looks once a week, when it is over. `papersys missed --now` looks now.")
        return
    from shared.text.wording.missed import period_line, rate_lines

    titles = titles_of({*(one.paper_id for one in week.papers), *(one.nearest_like for one in week.papers)} - {""})
    say(f"Liked from {week.since:%Y-%m-%d} until {week.until:%Y-%m-%d}, and missed by your picks: {len(week.papers)}")
    for paper in week.papers:
        _show(paper, titles)
    if week.more:
        say(f"{week.more} more were missed and are not looked into.")
    console.print()
    for line in rate_lines(week.rates):
        say(line)
    for period in week.rates.periods if len(week.rates.periods) > 1 else ():
        say(f"  {period_line(period)}")


def _show(paper: "MissedPaper", titles: dict[str, str]) -> None:
    from shared.text.wording.missed import click_line, found_line, like_line, no_click_line, place_line, unseen_lines

    console.print()
    say(f"{paper.paper_id}  {titles[paper.paper_id]}")
    for line in (place_line(paper), found_line(paper), *unseen_lines(paper, titles)):
        say(f"    {line}")
    for click in paper.clicks:
        say(f"    {_command(click)}")
        say(f"      {click_line(click)}")
    if paper.by_like is not None:
        say(f"    {like_line(paper.by_like)}")
    if not paper.clicks:
        say(f"    {no_click_line(paper)}")


def _command(click: "MeasuredClick") -> str:
    """What to type for it."""
    if click.kind == "boost":
        return f"papersys interests boost {click.value}   ({click.label})"
    return f"papersys follow {click.kind} {shlex.quote(click.value)}"


def _look_now(user: str) -> "MissedWeek":
    from services.ranker import commands

    return commands.look_for_missed(load(Settings), user)


def _stored(user: str) -> "MissedWeek | None":
    from shared.store.files.data_folder import DataFolder
    from shared.store.people.missed import MissedStore

    settings = load(Settings)
    return MissedStore(DataFolder(settings.data.path, settings.data.min_free_mb)).newest(user)
