"""`model list|use|compare`, `evaluate`, `best`: what the ranker has learned, how well, and what it would show."""

import importlib
import json
import math
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from deploy.commands.context import JsonFlag, console, print_json, service_settings
from deploy.commands.evaluation_plot import draw_course, write_png
from shared.paper_ids import parse_paper_id

app = typer.Typer(no_args_is_help=True, help="The models learned from your verdicts.")
UserOption = Annotated[str, typer.Option(help="Whose verdicts.")]


@app.command("list")
def list_models(user: UserOption = "me", as_json: JsonFlag = False) -> None:
    """The kept models, newest first."""
    found = _ranker("models")(service_settings("ranker"), user)
    if as_json:
        print_json(json.dumps([{"state": one.state, **one.facts} for one in found], ensure_ascii=False))
        return
    table = Table("model", "learned", "likes", "dislikes", "regime", "state", "note")
    for one in found:
        facts = one.facts
        state = f"{one.state}, chosen by you" if one.state == "in use" and facts.get("pinned") else one.state
        numbers = (str(facts["likes"]), str(facts["dislikes"]))
        table.add_row(one.model_id, facts["fitted_at"][:16], *numbers, facts["regime"], state, facts.get("note", ""))
    console.print(table if found else "Nothing was learned yet.")


@app.command("use")
def use_model(
    model_id: Annotated[str, typer.Argument(help="An id from `model list`, or `newest`.")], user: UserOption = "me"
) -> None:
    """Go back to a kept model and stay there; `newest` lets the system learn on."""
    wanted = None if model_id == "newest" else model_id
    one = _ranker("use_model")(service_settings("ranker"), wanted, user)
    stays = "until `papersys model use newest`" if wanted else "and learns on"
    console.print(f"{one.model_id} is in use, {stays}.", highlight=False)


@app.command("compare")
def compare_models(
    older: Annotated[str, typer.Argument(help="An id from `model list`.")],
    newer: Annotated[str | None, typer.Argument(help="Another one; else the model in use.")] = None,
    user: UserOption = "me",
) -> None:
    """How two models judge the papers whose verdicts the older one did not know."""
    found = _ranker("compare_models")(service_settings("ranker"), older, newer, user)
    console.print(f"{found}." if found.verdicts else "The newer model knows no later verdicts.", highlight=False)


def best(
    days: Annotated[int, typer.Option(min=1, help="Of the last so many days.")] = 60,
    limit: Annotated[int, typer.Option(min=1, max=200)] = 20,
    as_json: JsonFlag = False,
) -> None:
    """The best papers of the last days that you have not seen."""
    hits = _ranker("best")(service_settings("ranker"), days, limit)
    if as_json:
        print_json(f"[{', '.join(hit.model_dump_json() for hit in hits)}]")
        return
    for hit in hits:
        reasons = "; ".join(hit.reasons)
        console.print(f"{hit.paper_id:<18} {hit.score:.3f}  {reasons}", highlight=False, markup=False)
    if not hits:
        console.print("Nothing that you have not seen.")


def show_without(paper_id: str) -> None:
    """Print what would change had one verdict not been given."""
    found = _ranker("without")(service_settings("ranker"), parse_paper_id(paper_id))
    before, after = ({name: place for place, (name, _) in enumerate(some, 1)} for some in (found.before, found.after))
    console.print(f"Without your verdict on {paper_id}, the best of the last 60 days would be:", highlight=False)
    for place, (name, score) in enumerate(found.after, 1):
        was = f"was {before[name]}" if name in before else "new here"
        console.print(f"  {place:>2}. {name:<18} {score:.3f}  {was}", highlight=False)
    gone = [name for name in before if name not in after]
    if gone:
        console.print(f"  gone: {', '.join(gone)}", highlight=False)


def evaluate(
    plot: Annotated[Path | None, typer.Option(help="Write the plot to this PNG as well.")] = None,
    user: UserOption = "me",
    as_json: JsonFlag = False,
) -> None:
    """Replay your verdicts in time order: how well each recipe would have foretold them, and what you miss."""
    found = _ranker("evaluate")(service_settings("ranker"), user)
    if plot is not None:
        write_png(plot, found.replay.course, found.replay.figures, found.replay.base_brier)
    if as_json:
        print_json(json.dumps(_plain(asdict(found)), ensure_ascii=False))
        return
    table = Table("recipe", "AUC", "nDCG@10", "Brier")
    for one in found.replay.figures:
        table.add_row(one.recipe, *(_number(value) for value in (one.auc, one.ndcg, one.brier)))
    table.add_row("base rate", "", "", _number(found.replay.base_brier))
    console.print(table)
    earlier = (
        "those given before it, all on one day; more days say more" if found.is_one_day else "those of earlier days"
    )
    console.print(f"Verdicts foretold: {found.replay.verdicts}, each from {earlier}.", highlight=False)
    for slot, (liked, judged) in found.shown.items():
        console.print(f"Of {judged} judged {slot} picks you liked {liked} ({liked / judged:.0%}).", highlight=False)
    console.print(_said_of_misses(found.missed), highlight=False)
    console.print(draw_course(found.replay.course), highlight=False, markup=False)


def _said_of_misses(missed: Any) -> str:
    if missed is None:
        return "What you miss is not known yet: judge the picks marked audit."
    return (
        f"You would like {missed.rate:.1%} of what is not shown (95 % interval {missed.low:.1%} to {missed.high:.1%}, "
        f"from {missed.answered} audited papers): {missed.missed_share():.0%} of all you would like is missed "
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


def _ranker(name: str) -> Any:
    return getattr(importlib.import_module("services.ranker.model_commands"), name)
