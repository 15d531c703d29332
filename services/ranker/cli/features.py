"""`papersys features`: what the ranker knows of a user as of a moment, and how near papers are to it."""

import json
from dataclasses import asdict
from datetime import datetime
from typing import Annotated

import typer

from services.ranker.settings import Settings
from shared.command_line.context import load
from shared.command_line.output import JsonFlag, print_json, say
from shared.command_line.papers import paper_id_of
from shared.command_line.users import UserOption

_NAMES = {
    "saved": "saved, unrated",
    "skipped": "skipped, unrated",
    "opened": "opened, unrated",
    "shown_recently": "picks of the last 30 days",
    "answered": "of these rated, saved, skipped or opened",
    "days_since_rating": "days since the last rating",
}


def features(
    paper_ids: Annotated[list[str] | None, typer.Argument(metavar="ID", help="Papers to look at.")] = None,
    at: Annotated[
        str | None,
        typer.Option(help="What was known before then, as 2026-11-02 or 2026-11-02T09:30 (default: today)."),
    ] = None,
    user: UserOption = "me",
    as_json: JsonFlag = False,
) -> None:
    """Show what is computed from your ratings, signals and picks before a moment (UTC)."""
    from services.ranker.features import commands

    found = commands.features(load(Settings), [paper_id_of(text) for text in paper_ids or ()], _moment(at), user)
    if as_json:
        content = {"at": found.moment.isoformat(), "user": asdict(found.user), "papers": found.papers}
        print_json(json.dumps({**content, "without_vector": found.without_vector}, ensure_ascii=False))
        return
    say(f"Known before {found.moment:%Y-%m-%d %H:%M} UTC:")
    for name, value in asdict(found.user).items():
        say(f"  {_NAMES.get(name, name)}: {'none yet' if value is None else f'{value:.4g}'}")
    for paper_id, values in found.papers.items():
        nearness = ", ".join(f"{kind} {value:+.2f}" for kind, value in values.items())
        say(f"{paper_id}: nearness to papers that were {nearness} (0 is ordinary)")
    for paper_id in found.without_vector:
        say(f"{paper_id}: it has no vector; `papersys embed` embeds all harvested papers")


def _moment(text: str | None) -> datetime | None:
    """Raises BadParameter."""
    if text is None:
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError as error:
        raise typer.BadParameter(f"{text!r} is not a valid time; write 2026-11-02 or 2026-11-02T09:30.") from error
