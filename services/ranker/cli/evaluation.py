"""`papersys evaluate`: how accurately ratings are predicted, against baselines, and what is missed."""

import json
import math
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from services.ranker.cli.learning_curve import draw_learning_curve, write_png
from services.ranker.settings import Settings
from shared.command_line.context import load
from shared.command_line.output import JsonFlag, console, print_json, say
from shared.command_line.users import UserOption

if TYPE_CHECKING:  # `papersys --help` imports this module, and need not wait for numpy
    from services.ranker.evaluation.backtest import Backtest
    from services.ranker.evaluation.commands import Evaluation
    from services.ranker.selection.blind_check import MissRate

_SLOT_NAMES = {
    "top": "top",
    "facet": "smaller interest",
    "explore": "exploration",
    "audit": "blind check",
    "revised": "new version",
}


def evaluate(
    plot: Annotated[Path | None, typer.Option(help="Also write the plot to this PNG file.")] = None,
    signals: Annotated[
        bool, typer.Option("--signals", help="Only compare predictions with and without saves, skips and opens.")
    ] = False,
    user: UserOption = "me",
    as_json: JsonFlag = False,
) -> None:
    """Backtest on your ratings in time order: prediction accuracy against baselines, and how much you miss."""
    if signals:
        _evaluate_signals(user, as_json=as_json)
        return
    from services.ranker.evaluation import commands

    settings = load(Settings)
    evaluation = commands.evaluate(settings, user)
    backtest = evaluation.backtest
    if plot is not None:
        write_png(plot, backtest.learning_curve, backtest.metrics, backtest.base_brier)
    if as_json:
        print_json(json.dumps(_without_nan(_with_old_names(evaluation)), ensure_ascii=False))
        return
    console.print(_table(backtest))
    say(_rests_on(backtest.ratings, evaluation.is_one_day))
    for slot, (liked, rated) in evaluation.shown.items():
        say(f"You liked {liked} of {rated} rated {_SLOT_NAMES.get(slot, slot)} picks ({liked / rated:.0%}).")
    say(_miss_rate(evaluation.missed))
    say(commands.about_signals(settings, user))
    say(draw_learning_curve(backtest.learning_curve))


def _evaluate_signals(user: str, *, as_json: bool) -> None:
    """Says what was found and what follows from it."""
    from services.ranker.evaluation.signal_evaluation import evaluate_signals
    from services.ranker.features.signal_use import are_used, signal_counts, use_sentence

    settings = load(Settings)
    setting = settings.ranker.use_signals
    evaluation = evaluate_signals(settings, user)
    if as_json:
        used = {"setting": setting, "used": are_used(setting, evaluation)}
        print_json(json.dumps({**used, **evaluation.model_dump(mode="json", exclude={"key"})}, ensure_ascii=False))
        return
    say(signal_counts(evaluation))
    say(use_sentence(setting, evaluation))


def _table(backtest: "Backtest") -> Table:
    table = Table("method", "AUC", "nDCG@10", "Brier")
    for row in backtest.metrics:
        table.add_row(row.method, *(_number(value) for value in (row.auc, row.ndcg, row.brier)))
    table.add_row("base rate", "", "", _number(backtest.base_brier))
    return table


def _rests_on(ratings: int, is_one_day: bool) -> str:
    if is_one_day:
        return (
            f"{ratings} ratings predicted, each from those given before it. "
            "All are from a single day; more days are more reliable."
        )
    return f"{ratings} ratings predicted, each from ratings of earlier days."


def _miss_rate(missed: "MissRate | None") -> str:
    if missed is None:
        return "Miss rate not known yet: rate the picks marked as blind checks."
    return (
        f"You would like {missed.rate:.1%} of the papers that are not shown (95% interval {missed.low:.1%} to "
        f"{missed.high:.1%}, from {missed.answered} blind checks): you miss {missed.missed_share():.0%} of all papers "
        f"you would like ({missed.missed_share(missed.low):.0%} to {missed.missed_share(missed.high):.0%})."
    )


def _number(value: float) -> str:
    return "" if math.isnan(value) else f"{value:.3f}"


def _with_old_names(evaluation: "Evaluation") -> dict[str, object]:
    """For programs: what was renamed is there under its old name (`replay`) as well."""
    backtest = evaluation.backtest
    metrics = [{"method": row.method, "auc": row.auc, "ndcg": row.ndcg, "brier": row.brier} for row in backtest.metrics]
    facts = {"ratings": backtest.ratings, "base_brier": backtest.base_brier}
    figures = [{"recipe": row["method"], **{key: row[key] for key in ("auc", "ndcg", "brier")}} for row in metrics]
    return {
        "backtest": {"metrics": metrics, **facts, "learning_curve": backtest.learning_curve},
        "replay": {"figures": figures, **facts, "course": backtest.learning_curve},
        "shown": evaluation.shown,
        "missed": None if evaluation.missed is None else asdict(evaluation.missed),
        "is_one_day": evaluation.is_one_day,
    }


def _without_nan(value: object) -> object:
    """JSON has no NaN: None stands for it."""
    if isinstance(value, dict):
        return {key: _without_nan(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_without_nan(part) for part in value]
    return None if isinstance(value, float) and math.isnan(value) else value
