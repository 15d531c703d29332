"""`model list|use|compare`, `evaluate`: what the ranker has learned, and how well."""

import importlib
import json
import math
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from deploy.commands.context import JsonFlag, console, print_json, service_settings
from deploy.commands.evaluation_plot import draw_learning_curve, write_png

app = typer.Typer(no_args_is_help=True, help="The models learned from your ratings.")
UserOption = Annotated[str, typer.Option(help="Whose ratings.")]


@app.command("list")
def list_models(user: UserOption = "me", as_json: JsonFlag = False) -> None:
    """The kept models, newest first."""
    found = _ranker("models")(service_settings("ranker"), user)
    if as_json:
        print_json(json.dumps([{"state": one.state, **one.facts} for one in found], ensure_ascii=False))
        return
    for one in found:
        _show_model(one)
    if not found:
        console.print("Nothing was learned yet.")


def _show_model(one: Any) -> None:
    """Two or three lines; the id stands whole on its own, to be copied."""
    facts = one.facts
    state = f"{one.state}, chosen by you" if facts["pinned"] else one.state
    learned = f"{facts['fitted_at'][:16].replace('T', ' ')} UTC"
    rests_on = f"likes {facts['likes']}, dislikes {facts['dislikes']}, {facts['regime']}"
    console.print(f"{one.model_id}  {state}", highlight=False, markup=False)
    console.print(f"    learned {learned} from {rests_on}", highlight=False, markup=False)
    if facts.get("note"):
        console.print(f"    {facts['note']}", highlight=False, markup=False)


@app.command("use")
def use_model(
    model_id: Annotated[str, typer.Argument(help="An id from `model list`, or its beginning; or `newest`.")],
    user: UserOption = "me",
) -> None:
    """Go back to a kept model and stay there; `newest` lets the system learn on."""
    wanted = None if model_id == "newest" else model_id
    one = _ranker("use_model")(service_settings("ranker"), wanted, user)
    stays = "until `papersys model use newest`" if wanted else "and learns on"
    console.print(f"{one.model_id} is in use, {stays}.", highlight=False)


@app.command("compare")
def compare_models(
    older: Annotated[str, typer.Argument(help="An id from `model list`, or its beginning.")],
    newer: Annotated[str | None, typer.Argument(help="Another one; else the model in use.")] = None,
    user: UserOption = "me",
) -> None:
    """How two models judge the papers whose ratings the older one did not know."""
    found = _ranker("compare_models")(service_settings("ranker"), older, newer, user)
    console.print(f"{found}." if found.ratings else "The newer model knows no later ratings.", highlight=False)


def evaluate(
    plot: Annotated[Path | None, typer.Option(help="Write the plot to this PNG as well.")] = None,
    user: UserOption = "me",
    as_json: JsonFlag = False,
) -> None:
    """Backtest your ratings in time order: the prediction accuracy of each method, and what you miss."""
    found = _ranker("evaluate", "evaluation_commands")(service_settings("ranker"), user)
    if plot is not None:
        write_png(plot, found.backtest.learning_curve, found.backtest.metrics, found.backtest.base_brier)
    if as_json:
        print_json(json.dumps(_with_old_names(_plain(asdict(found))), ensure_ascii=False))
        return
    table = Table("method", "AUC", "nDCG@10", "Brier")
    for one in found.backtest.metrics:
        table.add_row(one.method, *(_number(value) for value in (one.auc, one.ndcg, one.brier)))
    table.add_row("base rate", "", "", _number(found.backtest.base_brier))
    console.print(table)
    single_day = "those given before it (from a single day; more days are more reliable)"
    earlier = single_day if found.is_one_day else "earlier days' ones"
    console.print(f"Ratings predicted: {found.backtest.ratings}, each from {earlier}.", highlight=False)
    for slot, (liked, judged) in found.shown.items():
        console.print(f"Of {judged} judged {slot} picks you liked {liked} ({liked / judged:.0%}).", highlight=False)
    console.print(_said_of_misses(found.missed), highlight=False)
    console.print(draw_learning_curve(found.backtest.learning_curve), highlight=False, markup=False)


def _with_old_names(evaluation: dict[str, Any]) -> dict[str, Any]:
    """For programs: what has another name today is there under its old name as well."""
    backtest = evaluation["backtest"]
    figures = [{**metrics, "recipe": metrics["method"]} for metrics in backtest["metrics"]]
    return {**evaluation, "replay": {**backtest, "figures": figures, "course": backtest["learning_curve"]}}


def _said_of_misses(missed: Any) -> str:
    if missed is None:
        return "What you miss is not known yet: rate the picks marked as blind check."
    return (
        f"You would like {missed.rate:.1%} of what is not shown (95 % interval {missed.low:.1%} to {missed.high:.1%}, "
        f"from {missed.answered} rated papers of the blind check): "
        f"{missed.missed_share():.0%} of all you would like is missed "
        f"({missed.missed_share(missed.low):.0%} to {missed.missed_share(missed.high):.0%})."
    )


def _number(value: float) -> str:
    return "" if math.isnan(value) else f"{value:.3f}"


def _plain(value: Any) -> Any:
    """NaN is no JSON."""
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return None if isinstance(value, float) and math.isnan(value) else value


def _ranker(name: str, module: str = "model_commands") -> Any:
    return getattr(importlib.import_module(f"services.ranker.{module}"), name)
