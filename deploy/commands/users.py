"""`papersys users`: the people who read here beside you, their links and their limits."""

import json
from typing import Annotated

import typer

from deploy.command_context import system_settings
from deploy.configuration import SystemSettings
from shared.command_line.output import JsonFlag, print_json, say, warn
from shared.command_line.users import open_users
from shared.contracts import now
from shared.hosts.addresses import is_loopback
from shared.store.files.data_folder import DataFolder
from shared.store.keeping.replays import ReplayStore
from shared.store.models.ledger import Ledger
from shared.store.people.preferences import RatingStore
from shared.store.people.rating_uploads import RatingUploads
from shared.store.people.users import MOST_PICKS, User
from shared.store.research.reading_list import ReadingListStore
from shared.store.research.traces import TraceStore

app = typer.Typer(no_args_is_help=True, help="Let other people read here; each has own picks and ratings.")
Name = Annotated[str, typer.Argument(metavar="NAME", help="A name of a-z, 0-9, - and _.")]
PerDay = Annotated[
    int | None,
    typer.Option("--per-day", min=1, max=MOST_PICKS, help="Picks a day. Default: ranker.per_day of the settings."),
]
MonthlyCost = Annotated[
    float | None,
    typer.Option("--monthly-cost", min=0.0, help="What language models may cost a month for this person."),
]


@app.command()
def add(name: Name, per_day: PerDay = None, monthly_cost: MonthlyCost = None) -> None:
    """Add a person and print the link that opens that person's reader."""
    user, token = open_users().add(name, per_day, monthly_cost)
    _show_link(user, token)


@app.command()
def token(name: Name) -> None:
    """Print a new link for a person; the old one opens nothing any more, and open sessions end."""
    user, made = open_users().renew_token(name)
    _show_link(user, made)


@app.command()
def limit(
    name: Name,
    per_day: PerDay = None,
    monthly_cost: MonthlyCost = None,
    none: Annotated[bool, typer.Option("--none", help="First remove the limits that are set.")] = False,
) -> None:
    """Change how many picks a person has a day, and what they may cost a month; `me` is you."""
    given = {"per_day": per_day, "monthly_cost": monthly_cost}
    limits = given if none else {key: value for key, value in given.items() if value is not None}
    if not limits:
        raise typer.BadParameter("Give --per-day, --monthly-cost or --none.")
    user = open_users().limit(name, **limits)
    say(f"{user.name}: {_limits(user)}.")


@app.command()
def remove(name: Name) -> None:
    """Let a person in no longer. Ratings and picks stay here; uploads, own files, questions and replays do not."""
    user = open_users().remove(name)
    settings = system_settings()
    data = DataFolder(settings.data.path, settings.data.min_free_mb)
    RatingUploads(data).forget(user.name)
    ReplayStore(data).forget(user.name)
    TraceStore(data).remove_of(user.name)
    ReadingListStore(data).forget_files(user.name)
    say(f"{user.name} can no longer read here. Ratings and picks stay in the data folder; adding {user.name} again")
    say("brings them back, with a new link.")


@app.command("list")
def list_users(as_json: JsonFlag = False) -> None:
    """List everybody with their limits, ratings, and what their papers cost this month."""
    settings, users = system_settings(), open_users()
    data = DataFolder(settings.data.path, settings.data.min_free_mb)
    ratings, ledger, moment = RatingStore(data), Ledger(data), now()
    rows = []
    for user in filter(None, map(users.get, users.names())):
        facts = user.model_dump(mode="json", exclude={"token_sha256", "state"})
        spent = ledger.spending(moment, "month", user.name).cost
        count = len(ratings.current(user.name))
        rows.append({**facts, "ratings": count, "spent_this_month": spent})
        if not as_json:
            rated = f"{count} {'rating' if count == 1 else 'ratings'}"
            limits = f"{rated}; {_limits(user)}; {spent:.2f} spent this month"
            say(f"{user.name:<20} {'you; ' if user.is_owner else ''}{limits}")
    if as_json:
        print_json(json.dumps(rows))


def _show_link(user: User, made: str) -> None:
    from deploy.launcher.launcher import addresses_of

    settings = system_settings()
    say(f"{addresses_of(settings).reader}/?token={made}")
    warn(f"Give this link to {user.name} alone: it is shown once, and opens {user.name}'s reader.")
    for remark in remarks(settings):
        warn(remark)


def remarks(settings: SystemSettings) -> list[str]:
    """What keeps a link from being used, or your own pages from being private."""
    reader = settings.reader
    if not is_loopback(reader.host):
        return []
    where = [f"The reader listens on {reader.host}, this machine alone; set publisher.host to let others reach it."]
    if reader.token is None and reader.token_file is None:
        where.append(
            "You have no token, so who opens the reader without a link reads as you; set publisher.token_file."
        )
    return where


def _limits(user: User) -> str:
    picks = "picks a day as in the settings" if user.per_day is None else f"{user.per_day} picks a day"
    return picks + ("" if user.monthly_cost is None else f", at most {user.monthly_cost:g} a month")
