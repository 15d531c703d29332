"""`papersys search`: papers by keywords and meaning, here or at arXiv."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated

import typer
from rich.text import Text

from services.ranker.settings import Settings
from shared.command_line.context import ask_running_system, load
from shared.command_line.output import JsonFlag, console, print_json, say, warn
from shared.command_line.papers import paper_id_of, titles_of
from shared.command_line.users import UserOption
from shared.contracts import DEFAULT_USER, MARK_END, MARK_START, Hit, HitsReply, Search

_DAY = ["%Y-%m-%d"]


class Order(StrEnum):
    """What comes first."""

    relevance = "relevance"
    date = "date"
    match = "match"


def search(
    query: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="QUERY",
            help='Keywords or a sentence; knows "a phrase", -exclude, title:word, author:name, cat:cs.LG, from:2026.',
        ),
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=200, help="Show at most this many papers.")] = 20,
    category: Annotated[list[str] | None, typer.Option(help="Only this category or archive; may be repeated.")] = None,
    since: Annotated[
        datetime | None, typer.Option("--from", formats=_DAY, help="Submitted on or after this day.")
    ] = None,
    until: Annotated[
        datetime | None, typer.Option("--to", formats=_DAY, help="Submitted on or before this day.")
    ] = None,
    author: Annotated[str, typer.Option(help="Only papers by authors with these names.")] = "",
    seen: Annotated[
        bool | None, typer.Option("--seen/--unseen", help="Only papers you have, or have not, been shown or rated.")
    ] = None,
    liked: Annotated[bool | None, typer.Option("--liked/--not-liked", help="Filter by rating.")] = None,
    like: Annotated[
        list[str] | None, typer.Option(help="Find papers similar to this arXiv id; may be repeated.")
    ] = None,
    sort: Annotated[Order, typer.Option(help="What comes first: best, newest, or most likely to be liked.")] = (
        Order.relevance
    ),
    skip: Annotated[int, typer.Option(min=0, max=1000, help="Leave out this many papers from the top.")] = 0,
    arxiv: Annotated[bool, typer.Option("--arxiv", help="Use arXiv's search and re-rank its results for you.")] = False,
    user: UserOption = DEFAULT_USER,
    as_json: JsonFlag = False,
) -> None:
    """Search all harvested papers by keywords and meaning."""
    request = Search(
        query=" ".join(filter(None, map(str.strip, query or ()))),
        limit=limit,
        categories=tuple(category or ()),
        since=_day(since),
        until=_day(until),
        author=author,
        seen=seen,
        liked=liked,
        like=tuple(map(paper_id_of, like or ())),
        where="arxiv" if arxiv else "library",
        order=sort.value,
        offset=skip,
        user=user,
    )
    if request == Search(limit=limit, where=request.where, order=sort.value, offset=skip, user=user):
        raise typer.BadParameter("Give a query, a filter, or --like ID.")
    reply = _hits(request)
    if as_json:
        print_json(f"[{', '.join(hit.model_dump_json() for hit in reply.hits)}]")
    else:
        _show(reply)
    if reply.note:
        warn(reply.note)
    if reply.problem:
        raise typer.BadParameter(reply.problem)


def _hits(request: Search) -> HitsReply:
    reply = ask_running_system(request)
    if reply is None:
        from services.ranker import commands

        return commands.search(load(Settings), request)
    return reply


def _show(reply: HitsReply) -> None:
    titles = titles_of(hit.paper_id for hit in reply.hits)
    for hit in reply.hits:
        line = Text(f"{hit.paper_id:<18} ")
        line.append_text(_highlighted(hit.title or titles[hit.paper_id] or _title_at_arxiv(hit)))
        console.print(line, highlight=False)
    if not reply.hits and not reply.problem:
        say("No papers found.")
    left = reply.total - len(reply.hits)
    if reply.hits and left > 0:
        warn(f"{len(reply.hits)} of {'at least ' if reply.at_least else ''}{reply.total} papers; see more with --skip.")


def _title_at_arxiv(hit: Hit) -> str:
    return " ".join(hit.unknown.title.split()) if hit.unknown else ""


def _highlighted(text: str) -> Text:
    """What matches the query in bold."""
    shown = Text()
    for number, piece in enumerate(text.split(MARK_START)):
        inside, _, after = piece.rpartition(MARK_END) if number else ("", "", piece)
        shown.append(inside, style="bold").append(after)
    return shown


def _day(moment: datetime | None) -> date | None:
    return moment.date() if moment else None
