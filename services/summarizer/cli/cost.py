"""`papersys cost`: what the calls to models cost, from the ledger, and what the caps leave."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from services.summarizer.settings import Settings
from shared.command_line.context import load
from shared.command_line.output import JsonFlag, console, print_json, say
from shared.contracts import now
from shared.settings.settings import LlmSettings
from shared.store.files.data_folder import DataFolder

if TYPE_CHECKING:
    from services.summarizer.cli.spending import Costs
    from shared.store.models.ledger import Ledger

_HEADINGS = ("calls", "tokens in", "cached", "tokens out", "minutes", "cost")


def cost(
    by: Annotated[
        str, typer.Option(help="What to add up by, comma-separated: month, day, model, step, paper, service.")
    ] = "month,model",
    since: Annotated[
        datetime | None, typer.Option("--from", formats=["%Y-%m-%d", "%Y-%m"], help="First day, in UTC.")
    ] = None,
    until: Annotated[datetime | None, typer.Option("--to", formats=["%Y-%m-%d"], help="Last day, in UTC.")] = None,
    plot: Annotated[
        Path | None, typer.Option(help="Also write a picture to this PNG or SVG file; `-` draws in the terminal.")
    ] = None,
    as_json: JsonFlag = False,
) -> None:
    """Show what calls to models cost, by month, day, model, step or paper, and what the caps leave."""
    from services.summarizer.cli.cost_plot import draw_bars, write_picture
    from services.summarizer.cli.spending import costs_by, costs_of
    from shared.store.models.ledger import Ledger

    groupings = _groupings(by)
    settings = load(Settings)
    ledger = Ledger(DataFolder(settings.data.path, settings.data.min_free_mb))
    first, last = since.date() if since else None, until.date() if until else None
    days = ((call.made_at.astimezone(UTC).date(), call) for call in ledger.calls())
    calls = [call for day, call in days if (first is None or day >= first) and (last is None or day <= last)]
    groups, everything = costs_by(calls, groupings), costs_of(calls)
    caps = _caps(settings.llm, ledger)
    if plot is not None and str(plot) != "-":
        write_picture(plot, groups)
    if as_json:
        rows = [{**dict(zip(groupings, group.keys, strict=True)), **_facts(group)} for group in groups]
        print_json(json.dumps({"groups": rows, "total": _facts(everything), "caps": caps}, ensure_ascii=False))
        return
    if not groups:
        say("No calls to models are in the ledger" + (" in that time." if since or until else "."))
    else:
        console.print(_table(groupings, groups, everything))
    if plot is not None and str(plot) == "-" and groups:
        say(draw_bars(groups))
    for cap in caps:
        say(f"Cap per {cap['period']}: {cap['cap']:g}, spent {cap['spent']:.4f}, left {cap['left']:.4f}.")
    if everything.unknown:
        say("Unknown cost: set price_per_million_input and price_per_million_output of the model; 0 if it is yours.")


def _groupings(by: str) -> list[str]:
    from services.summarizer.cli.spending import GROUPINGS

    names = list(dict.fromkeys(name.strip() for name in by.split(",") if name.strip()))
    wrong = [name for name in names if name not in GROUPINGS]
    if wrong or not names:
        what = f"{wrong[0]!r} is none of" if wrong else "Give some of"
        raise typer.BadParameter(f"{what} {', '.join(GROUPINGS)}.", param_hint="--by")
    return names


def _caps(llm: LlmSettings, ledger: "Ledger") -> list[dict[str, str | float]]:
    """The caps of the settings, with what is spent and left of them now."""
    amounts = (("day", llm.daily_cap), ("month", llm.monthly_cap))
    caps: list[dict[str, str | float]] = []
    for period, amount in amounts:
        if amount is not None:
            spent = ledger.spending(now(), "day" if period == "day" else "month").cost
            caps.append({"period": period, "cap": amount, "spent": spent, "left": max(0.0, amount - spent)})
    return caps


def _table(groupings: Sequence[str], groups: "Sequence[Costs]", everything: "Costs") -> Table:
    table = Table(*groupings)
    for heading in _HEADINGS:
        table.add_column(heading, justify="right")
    for group in groups:
        table.add_row(*group.keys, *_cells(group))
    table.add_section()
    table.add_row("all", *[""] * (len(groupings) - 1), *_cells(everything))
    return table


def _cells(group: "Costs") -> tuple[str, ...]:
    tokens = (group.input_tokens, group.cached_tokens, group.output_tokens)
    return (f"{group.calls:,}", *(f"{count:,}" for count in tokens), f"{group.seconds / 60:,.1f}", group.shown_cost)


def _facts(group: "Costs") -> dict[str, object]:
    """For programs: the cost is null where that of every call is unknown."""
    facts = {name: value for name, value in asdict(group).items() if name != "keys"}
    return {**facts, "cost": None if group.calls and group.unknown == group.calls else group.cost}
