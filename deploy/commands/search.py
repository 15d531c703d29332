"""`search`: papers by words and meaning, here or at arXiv."""

from datetime import date, datetime
from typing import Annotated

import typer
from rich.text import Text

from deploy.commands.context import JsonFlag, asked, complaints, console, print_json, service_function, service_settings
from deploy.commands.papers import parsed, titles_of
from shared.contracts import MARK_END, MARK_START, Hit, HitsReply, Search

_Day = ["%Y-%m-%d"]


def search(
    query: Annotated[
        str, typer.Argument(help='Words or a sentence; knows "a phrase", -without, title:word, author:name.')
    ] = "",
    limit: Annotated[int, typer.Option(min=1, max=200)] = 20,
    category: Annotated[
        list[str] | None, typer.Option(help="Only of this category or archive; may be repeated.")
    ] = None,
    since: Annotated[
        datetime | None, typer.Option("--from", formats=_Day, help="First submitted then or later.")
    ] = None,
    until: Annotated[
        datetime | None, typer.Option("--to", formats=_Day, help="First submitted then or earlier.")
    ] = None,
    author: Annotated[str, typer.Option(help="Only with these names among the authors.")] = "",
    seen: Annotated[
        bool | None, typer.Option("--seen/--unseen", help="Only what you were shown or judged, or not.")
    ] = None,
    liked: Annotated[bool | None, typer.Option("--liked/--not-liked", help="Only what you liked, or not.")] = None,
    like: Annotated[list[str] | None, typer.Option(help="More like this paper; may be repeated.")] = None,
    arxiv: Annotated[bool, typer.Option("--arxiv", help="Ask arXiv's own search and rank what it finds.")] = False,
    as_json: JsonFlag = False,
) -> None:
    """Find papers by words and meaning, among all that were harvested."""
    request = Search(
        query=query,
        limit=limit,
        categories=tuple(category or ()),
        since=_day(since),
        until=_day(until),
        author=author,
        seen=seen,
        liked=liked,
        like=tuple(map(parsed, like or ())),
        where="arxiv" if arxiv else "library",
    )
    if request == Search(limit=limit, where=request.where):
        raise typer.BadParameter("Say what to look for: words, a filter, or --like ID.")
    found = asked(request) or service_function("ranker", "search")(service_settings("ranker"), request)
    if as_json:
        print_json(f"[{', '.join(hit.model_dump_json() for hit in found.hits)}]")
    else:
        _show(found)
    if found.note:
        complaints.print(found.note, style="yellow", highlight=False, markup=False)


def _show(found: HitsReply) -> None:
    titles = titles_of(hit.paper_id for hit in found.hits)
    for hit in found.hits:
        line = Text(f"{hit.paper_id:<18} ")
        line.append_text(_marked(hit.title or titles[hit.paper_id] or _arxivs_title(hit)))
        console.print(line, highlight=False)
    if not found.hits:
        console.print("Nothing found.")


def _arxivs_title(hit: Hit) -> str:
    return " ".join(hit.unknown.title.split()) if hit.unknown else ""


def _marked(text: str) -> Text:
    """What was sought in bold."""
    shown = Text()
    for number, piece in enumerate(text.split(MARK_START)):
        inside, _, after = piece.rpartition(MARK_END) if number else ("", "", piece)
        shown.append(inside, style="bold").append(after)
    return shown


def _day(moment: datetime | None) -> date | None:
    return moment.date() if moment else None
