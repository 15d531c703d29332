"""`papersys model list|use|compare`: the models fitted to your ratings."""

import json
from typing import TYPE_CHECKING, Annotated

import typer

from services.ranker.settings import Settings
from shared.command_line.context import load
from shared.command_line.output import JsonFlag, print_json, say
from shared.command_line.users import UserOption

if TYPE_CHECKING:  # `papersys --help` imports this module, and need not wait for numpy
    from services.ranker.models.files import ModelRecord

app = typer.Typer(no_args_is_help=True, help="List, switch and compare the models fitted to your ratings.")
ModelId = Annotated[str, typer.Argument(metavar="MODEL", help="An id from `papersys model list`, or the start of one.")]


@app.command("list")
def list_models(user: UserOption = "me", as_json: JsonFlag = False) -> None:
    """List the stored models, newest first."""
    from services.ranker.models import commands

    records = commands.models(load(Settings), user)
    if as_json:
        print_json(json.dumps([{"state": record.state, **record.facts} for record in records], ensure_ascii=False))
        return
    for record in records:
        _show_model(record)
    if not records:
        say("No model has been fitted yet.")


def _show_model(record: "ModelRecord") -> None:
    """Two or three lines; the id stands whole on its own, to be copied."""
    facts = record.facts
    state = f"{record.state}, chosen by you" if facts["pinned"] else record.state
    fitted = f"{facts['fitted_at'][:16].replace('T', ' ')} UTC"
    say(f"{record.model_id}  {state}")
    ratings = f"{_counted(facts['likes'], 'like')} and {_counted(facts['dislikes'], 'dislike')}"
    say(f"    fitted {fitted} to {ratings} ({facts['regime']})")
    if facts.get("note"):
        say(f"    {facts['note']}")


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


@app.command("use")
def use_model(
    model_id: Annotated[
        str, typer.Argument(metavar="MODEL", help="An id from `papersys model list`, the start of one, or `newest`.")
    ],
    user: UserOption = "me",
) -> None:
    """Switch to a stored model and keep it; `newest` switches back to the model that keeps learning."""
    from services.ranker.models import commands

    is_newest = model_id == "newest"
    record = commands.use_model(load(Settings), None if is_newest else model_id, user)
    duration = "which keeps learning from new ratings" if is_newest else "until you run `papersys model use newest`"
    say(f"Now using {record.model_id}, {duration}.")


@app.command("compare")
def compare_models(
    older: ModelId,
    newer: Annotated[
        str | None,
        typer.Argument(metavar="MODEL", help="The id of another model, or its start. Default: the model in use."),
    ] = None,
    user: UserOption = "me",
) -> None:
    """Compare two models on the ratings given after the older one was fitted."""
    from services.ranker.models import commands

    comparison = commands.compare_models(load(Settings), older, newer, user)
    say(f"{comparison}." if comparison.ratings else "No ratings were given after the older model was fitted.")
