"""`papersys replay`: a stage again over history beside what stands; see, accept, undo or drop it."""

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from deploy.command_context import system_settings
from deploy.configuration import settings_file
from deploy.services import EMBED_REPLAY, ENCODE_TEXTS, LINK_REPLAY, RANK_REPLAY, SUMMARIZE_REPLAY, TAG_REPLAY
from shared.command_line.output import DryRun, JsonFlag, print_json, say
from shared.command_line.progress import bar
from shared.command_line.users import known_user
from shared.errors import PapersysError
from shared.store.files.data_folder import DataFolder

if TYPE_CHECKING:  # `papersys --help` imports this module, and need not wait for pydantic's models
    from deploy.replaying.replaying import Replaying
    from shared.store.keeping.replays import Progress, ReplayRecord, ReplayReport, ReplayRequest, ReplayStage, Stage

app = typer.Typer(no_args_is_help=True, help="Do a stage again over history beside what stands, and compare.")

First = Annotated[str | None, typer.Option("--from", metavar="DAY", help="First day, as 2026-11-02.")]
Last = Annotated[str | None, typer.Option("--to", metavar="DAY", help="Last day.")]
Users = Annotated[
    list[str] | None, typer.Option("--users", metavar="NAME", help="Whose picks are compared (repeat). Default: all.")
]
Name = Annotated[str, typer.Option("--name", help="Name of the replay. Default: made of what is replayed.")]
Accept = Annotated[bool, typer.Option("--accept", help="Put it in the place of what stands when it is done.")]
Drop = Annotated[bool, typer.Option("--drop", help="Take it away when it is compared.")]
Set = Annotated[
    list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="A changed setting of the stage (repeat).")
]
LanguageModel = Annotated[
    str, typer.Option("--model", help="Name of a language model in the settings. Default: the one in use.")
]
MostCost = Annotated[float | None, typer.Option("--most-cost", min=0, help="Stop before it costs more.")]
TheName = Annotated[str, typer.Argument(metavar="NAME", help="Name of a replay, as `papersys replay list` shows it.")]


@app.command()
def embed(
    model: Annotated[str, typer.Option(help="Alias of a model in the settings that is not in use.")] = "",
    first: First = None,
    last: Last = None,
    users: Users = None,
    name: Name = "",
    dry_run: DryRun = False,
    accept: Accept = False,
    drop: Drop = False,
    as_json: JsonFlag = False,
) -> None:
    """Embed papers of the past with another model, and compare the picks that it would have made."""
    _make(_request("embed", first, last, model=model, users=users), name, dry_run, accept, drop, as_json)


@app.command()
def rank(
    model: Annotated[str, typer.Option(help="Alias of an embedding model whose vectors there are.")] = "",
    changes: Set = None,
    first: First = None,
    last: Last = None,
    users: Users = None,
    name: Name = "",
    dry_run: DryRun = False,
    accept: Accept = False,
    drop: Drop = False,
    as_json: JsonFlag = False,
) -> None:
    """Make the picks of past days again with other settings or vectors, from what was known on each day."""
    request = _request("rank", first, last, model=model, users=users, changes=changes)
    _make(request, name, dry_run, accept, drop, as_json)


@app.command()
def summarize(
    model: LanguageModel = "",
    prompts: Annotated[str, typer.Option(metavar="FOLDER", help="Folder with other prompts.")] = "",
    changes: Set = None,
    most_cost: MostCost = None,
    first: First = None,
    last: Last = None,
    name: Name = "",
    dry_run: DryRun = False,
    accept: Accept = False,
    drop: Drop = False,
    as_json: JsonFlag = False,
) -> None:
    """Summarise papers of the past again with another model, prompt or fields, and compare the summaries."""
    request = _request("summarize", first, last, model=model, changes=changes, most_cost=most_cost, prompts=prompts)
    _make(request, name, dry_run, accept, drop, as_json)


@app.command()
def tags(
    model: LanguageModel = "",
    changes: Set = None,
    most_cost: MostCost = None,
    first: First = None,
    last: Last = None,
    name: Name = "",
    dry_run: DryRun = False,
    accept: Accept = False,
    drop: Drop = False,
    as_json: JsonFlag = False,
) -> None:
    """Tag papers of the past again with another model, vectors or settings; what you decided about tags stands."""
    request = _request("tags", first, last, model=model, changes=changes, most_cost=most_cost)
    _make(request, name, dry_run, accept, drop, as_json)


@app.command()
def links(
    model: LanguageModel = "",
    changes: Set = None,
    most_cost: MostCost = None,
    first: First = None,
    last: Last = None,
    name: Name = "",
    dry_run: DryRun = False,
    accept: Accept = False,
    drop: Drop = False,
    as_json: JsonFlag = False,
) -> None:
    """Link papers of the past again with another model, vectors or settings, to papers that were read before them."""
    request = _request("links", first, last, model=model, changes=changes, most_cost=most_cost)
    _make(request, name, dry_run, accept, drop, as_json)


@app.command("list")
def list_replays(as_json: JsonFlag = False) -> None:
    """List all replays and how far they have come."""
    records = _replaying().store.all()
    if as_json:
        print_json(json.dumps([record.model_dump(mode="json") for record in records]))
        return
    for record in records:
        say(f"{record.name}  {record.state}  {_period(record.request)}  begun {record.begun_at:%Y-%m-%d %H:%M}")
    if not records:
        say("There are no replays.")


@app.command()
def show(name: TheName, as_json: JsonFlag = False) -> None:
    """Show how a replay differs from what stands."""
    replaying = _replaying()
    record, report = replaying.store.open(name).record, replaying.store.report(name)
    if as_json:
        print_json(_as_json(record, report))
        return
    say(f"{record.name}: {record.state}; {_period(record.request)}.")
    for line in report.lines if report else ("It is not done: run it again to go on.",):
        say(line)


@app.command()
def accept(name: TheName) -> None:
    """Put a replay in the place of what stands; what stood is kept."""
    _accept(_replaying(), name)


@app.command()
def undo(name: TheName) -> None:
    """Go back from an accepted replay to what it replaced."""
    say(_replaying().undo(name))


@app.command()
def drop(
    name: TheName,
    force: Annotated[bool, typer.Option("--force", help="Also one that is in use: nobody can go back then.")] = False,
) -> None:
    """Take a replay away with all that it made."""
    _replaying().drop(name, force=force)
    say(f"{name} is dropped.")


def _make(request: "ReplayRequest", name: str, dry_run: bool, accept: bool, drop: bool, as_json: bool) -> None:
    if accept and drop:
        raise typer.BadParameter("--accept and --drop exclude each other.")
    replaying = _replaying()
    forecast = replaying.forecast(request, name)
    if not as_json:
        for line in forecast.lines:
            say(line)
    if dry_run:
        if as_json:
            print_json(forecast.model_dump_json(indent=1))
        return
    name = name or replaying.name_of(request)
    with _bars(request.stage) as progress:
        report = replaying.run(request, name, progress)
    if as_json:
        print_json(_as_json(replaying.store.open(name).record, report))
    else:
        for line in report.lines:
            say(line)
    if accept:
        _accept(replaying, name)
    elif drop:
        replaying.drop(name)
    elif not as_json:
        say(f"Nothing was changed. `papersys replay accept {name}` puts it in place, `... drop {name}` takes it away.")


def _accept(replaying: "Replaying", name: str) -> None:
    with _bars(replaying.store.open(name).request.stage) as progress:
        told = replaying.accept(name, progress)
    say(told)
    say(f"`papersys replay undo {name}` goes back.")


def _request(
    stage: "Stage", first: str | None, last: str | None, changes: Sequence[str] | None = None, **given: Any
) -> "ReplayRequest":
    from shared.store.keeping.replays import ReplayRequest

    users = tuple(known_user(user) for user in given.pop("users", None) or ())
    request = ReplayRequest(
        stage=stage,
        first_day=_day(first),
        last_day=_day(last),
        users=users,
        changes=dict(_change(text, "ranker" if stage == "rank" else "summarizer") for text in changes or ()),
        **given,
    )
    if request.first_day and request.last_day and request.first_day > request.last_day:
        raise typer.BadParameter("--from is after --to.")
    return request


def _day(text: str | None) -> date | None:
    try:
        return datetime.strptime(text, "%Y-%m-%d").date() if text else None
    except ValueError as error:
        raise typer.BadParameter(f"{text!r} is not a valid date; write 2026-11-02.") from error


def _change(text: str, section: str) -> tuple[str, Any]:
    """A setting, with or without its section, and its value: JSON where it is any, else the text itself."""
    key, equals, value = text.partition("=")
    if not equals or not key.strip():
        raise typer.BadParameter(f"{text!r} is no KEY=VALUE, as diversity=0.4.")
    name = key.strip().removeprefix(f"{section}.")
    try:
        return name, json.loads(value)
    except ValueError:
        return name, value


def _period(request: "ReplayRequest") -> str:
    first = f"{request.first_day}" if request.first_day else "the beginning"
    return f"{request.stage} from {first} to {request.last_day or 'today'}"


def _as_json(record: "ReplayRecord", report: "ReplayReport | None") -> str:
    return json.dumps(
        {**record.model_dump(mode="json"), "report": report.model_dump(mode="json") if report else None}, indent=1
    )


@contextmanager
def _bars(stage: "Stage") -> "Iterator[Callable[[int], Progress]]":
    """A bar for each part of a stage, one after the other."""
    of_one = {"rank": "Ranking", "summarize": "Summarising", "tags": "Tagging", "links": "Linking"}
    names = ("Embedding", "Ranking") if stage == "embed" else (of_one[stage],)
    with ExitStack() as stack:

        def progress(number: int) -> "Progress":
            stack.close()
            return stack.enter_context(bar(names[number]))

        yield progress


def _replaying() -> "Replaying":
    from deploy.replaying.replaying import Replaying
    from deploy.replaying.settings_adoption import SettingsFile

    settings = system_settings()
    data = DataFolder(settings.data.path, settings.data.min_free_mb)
    if not data.root.exists():
        raise PapersysError(f"There is no data folder {data.root} yet.")
    return Replaying(data, _stages_of, SettingsFile(settings_file(), settings))


def _stages_of(stage: "Stage") -> "Sequence[ReplayStage]":
    """A new embedding model is judged by the picks that are made with it."""
    if stage == "summarize":
        return (SUMMARIZE_REPLAY.load()(),)
    if stage in ("tags", "links"):
        return ((TAG_REPLAY if stage == "tags" else LINK_REPLAY).load()(ENCODE_TEXTS.load()),)
    ranked = RANK_REPLAY.load()(ENCODE_TEXTS.load())
    return (ranked,) if stage == "rank" else (EMBED_REPLAY.load()(), ranked)
