"""`papersys interests`: topics that you like; `boost|mute|clear TOPIC` makes its papers rank higher or lower, and
`pause|resume|reset TOPIC` says whether its likes count."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer

from services.ranker.settings import Settings
from shared.command_line.context import ask_running_system, load
from shared.command_line.output import JsonFlag, console, print_json, say
from shared.command_line.papers import titles_of
from shared.command_line.users import UserOption
from shared.contracts import (
    DEFAULT_USER,
    ChangeFacet,
    ChangeFacetReply,
    FacetAction,
    FacetPreference,
    InterestFacet,
    Interests,
    InterestsReply,
    SetFacetPreference,
    SetFacetPreferenceReply,
    now,
)
from shared.errors import PapersysError

app = typer.Typer(help="Show the topics you like; boost, mute, pause or reset one.")
Facet = Annotated[str, typer.Argument(metavar="FACET", help="A topic's name, or its key, such as 3fa90c12.")]
_SHOWN_PAPERS = 5
_SHOWN_CATEGORIES = 6
_MARKS = {"boost": "boosted", "mute": "muted"}


@app.callback(invoke_without_command=True)
def interests(
    context: typer.Context,
    details: Annotated[bool, typer.Option("--details", help="Show p-values and how each topic was found.")] = False,
    user: UserOption = DEFAULT_USER,
    as_json: JsonFlag = False,
) -> None:
    """Show the topics you like, compared with what arXiv offers."""
    if context.invoked_subcommand is not None:
        return
    reply = _interests(user)
    if as_json:
        print_json(reply.model_dump_json(indent=1))
        return
    titles = titles_of(paper_id for facet in reply.facets for paper_id in facet.paper_ids[-_SHOWN_PAPERS:])
    for facet in reply.facets:
        _show(facet, reply.likes, titles, details=details)
    say(reply.note or f"Based on {reply.likes} likes, compared with {reply.sample} random papers.")
    if reply.signals:
        say(reply.signals)


@app.command()
def boost(facet: Facet, user: UserOption = DEFAULT_USER) -> None:
    """Show more papers on a topic."""
    say(f"Boosted: {_prefer(facet, 'boost', user).name}.")


@app.command()
def mute(facet: Facet, user: UserOption = DEFAULT_USER) -> None:
    """Show fewer papers on a topic."""
    say(f"Muted: {_prefer(facet, 'mute', user).name}.")


@app.command()
def clear(facet: Facet, user: UserOption = DEFAULT_USER) -> None:
    """Undo boosting or muting a topic."""
    say(f"Neither boosted nor muted: {_prefer(facet, 'clear', user).name}.")


@app.command()
def pause(
    facet: Facet,
    days: Annotated[int | None, typer.Option("--days", min=1, max=3650, help="For so many days.")] = None,
    until: Annotated[str | None, typer.Option("--until", help="Until a day, such as 2026-12-24.")] = None,
    user: UserOption = DEFAULT_USER,
) -> None:
    """Pause a topic: its likes do not count for picks, until a day or until you resume it."""
    if days is not None and until is not None:
        raise PapersysError("Give --days or --until, not both.")
    end = _day(until) if until is not None else now() + timedelta(days=days) if days is not None else None
    reply = _change(facet, "pause", user, end)
    when = f"until {reply.paused_until:%Y-%m-%d}" if reply.paused_until else "until you resume it"
    say(f"Paused {when}: {reply.name}. {_do_not_count(reply)}")


@app.command()
def resume(facet: Facet, user: UserOption = DEFAULT_USER) -> None:
    """End the pause of a topic."""
    say(f"Resumed: {_change(facet, 'resume', user).name}.")


@app.command()
def reset(
    facet: Facet,
    undo: Annotated[bool, typer.Option("--undo", help="Let its likes count again.")] = False,
    user: UserOption = DEFAULT_USER,
) -> None:
    """Forget what was learned from a topic's likes so far; your ratings stay."""
    reply = _change(facet, "undo_reset" if undo else "reset", user)
    say(f"No longer reset: {reply.name}." if undo else f"Reset: {reply.name}. {_do_not_count(reply)}")


def _do_not_count(reply: ChangeFacetReply) -> str:
    likes = "1 like does" if reply.likes == 1 else f"{reply.likes} likes do"
    return f"Its {likes} not count for picks; likes you give from now on do."


def _day(text: str) -> datetime:
    try:
        return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError as error:
        raise PapersysError(f"{text!r} is not a valid date; write 2026-12-24.") from error


def _change(facet: str, action: FacetAction, user: str, until: datetime | None = None) -> ChangeFacetReply:
    request = ChangeFacet(key=facet, action=action, until=until, user=user)
    reply = ask_running_system(request)
    if reply is None:
        from services.ranker import commands

        return commands.change_facet(load(Settings), request)
    return reply


def _interests(user: str) -> InterestsReply:
    reply = ask_running_system(Interests(user=user))
    if reply is None:
        from services.ranker import commands

        return commands.interests(load(Settings), user)
    return reply


def _prefer(facet: str, preference: FacetPreference, user: str) -> SetFacetPreferenceReply:
    request = SetFacetPreference(key=facet, preference=preference, user=user)
    reply = ask_running_system(request)
    if reply is None:
        from services.ranker import commands

        return commands.set_facet_preference(load(Settings), request)
    return reply


def _show(facet: InterestFacet, likes: int, titles: Mapping[str, str], *, details: bool) -> None:
    paused = f"paused until {facet.paused_until:%Y-%m-%d}" if facet.paused_until else "paused" if facet.paused else ""
    reset_on = f"reset on {facet.reset_at:%Y-%m-%d}" if facet.reset_at else ""
    marks = ("spans fields" if facet.crosses else "", _MARKS.get(facet.preference, ""), paused, reset_on)
    console.print(" · ".join(filter(None, (facet.name, *marks))), style="bold", highlight=False, markup=False)
    for line in _facts(facet, likes, details=details):
        say(f"  {line}")
    for paper_id in reversed(facet.paper_ids[-_SHOWN_PAPERS:]):
        say(f"    {paper_id:<16} {titles[paper_id]}")
    console.print()


def _facts(facet: InterestFacet, likes: int, *, details: bool) -> Iterator[str]:
    yield f"{facet.key} · {len(facet.paper_ids)} of {likes} likes ({facet.share:.0%}), {facet.direction}"
    yield facet.frequency
    categories = ", ".join(f"{name} {count}" for name, count in facet.categories[:_SHOWN_CATEGORIES])
    yield f"in {categories}" + (f" · largely covered by {facet.named_by}" if facet.named_by else "")
    for name, phrases in (("problem", facet.problem), ("method", facet.method), ("tags", facet.tags)):
        if phrases:
            yield f"{name}: {', '.join(phrases)}"
    if details:
        yield f"{facet.significance}; {facet.lift_within:.1f} times within the same categories"
