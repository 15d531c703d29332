"""`papersys summarize`: has papers read (again) by the running system, or says before what that takes."""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from services.summarizer.settings import Settings
from shared.command_line.context import load
from shared.command_line.output import DryRun, JsonFlag, print_json, say
from shared.command_line.papers import paper_id_of
from shared.errors import PapersysError

if TYPE_CHECKING:
    from services.summarizer.cli.forecast import Forecast


def summarize(
    paper_ids: Annotated[
        list[str], typer.Argument(metavar="ID", help="arXiv ids, such as 2403.12345 or hep-th/9901001.")
    ],
    dry_run: DryRun = False,
    batch: Annotated[
        bool, typer.Option("--batch", help="Ask in a batch: the answers may take a day, at the server's lower price.")
    ] = False,
    as_json: JsonFlag = False,
) -> None:
    """Summarise papers (again), whether they were picked or not; --dry-run shows tokens, cost and seconds before."""
    ids = tuple(dict.fromkeys(paper_id_of(text) for text in paper_ids))
    settings = load(Settings)
    if dry_run:
        _show_forecast(settings, ids, as_json)
        return
    _request(settings, ids, batch)
    if as_json:
        print_json(json.dumps({"queued": ids}))
    else:
        say(f"Queued: {', '.join(ids)}.")


def _request(settings: Settings, ids: Sequence[str], in_a_batch: bool) -> None:
    """Ask the running summarizer for new summaries of these papers. Raises PapersysError."""
    from shared.bus.connections import publish
    from shared.contracts import MAX_PAPERS_PER_EVENT, PapersSelected, Pick

    for start in range(0, len(ids), MAX_PAPERS_PER_EVENT):
        part = tuple(ids[start : start + MAX_PAPERS_PER_EVENT])
        picks = tuple(Pick(paper_id=paper_id, slot="requested", reasons=("requested",)) for paper_id in part)
        event = PapersSelected(paper_ids=part, picks=picks, force=True, batch=in_a_batch)
        try:
            asyncio.run(publish(settings.bus, event))
        except PapersysError as error:
            raise PapersysError(
                f"{error} Start papersys and try again; `papersys summarize ... --dry-run` works without it."
            ) from error


def _show_forecast(settings: Settings, ids: Sequence[str], as_json: bool) -> None:
    from services.summarizer.choosing.reaching import as_served
    from services.summarizer.cli.forecast import forecasts, stored_texts
    from shared.store.files.data_folder import DataFolder

    data = DataFolder(settings.data.path, settings.data.min_free_mb)
    listed = forecasts(settings, data, stored_texts(settings, data, ids))
    llm = as_served(settings.llm)
    step_model = llm.model_of("extract")
    model = llm.usable[step_model].model if step_model else None
    if as_json:
        print_json(json.dumps({"model": model, "papers": [asdict(one) for one in listed]}, ensure_ascii=False))
        return
    say(f"Model: {model or 'none; sentences of the paper'}")
    for one in listed:
        _show(one)
    say(f"Together: {_figures(_sum(listed))}")


def _show(one: "Forecast") -> None:
    say(f"{one.paper_id}  {one.title or '(not harvested: looked up at arXiv first)'}")
    say(f"  reads: {one.text}")
    say(f"  takes: {_figures((one.input_tokens, one.output_tokens, one.cost, one.seconds))}")
    if one.note:
        say(f"  {one.note}")


def _sum(listed: "Sequence[Forecast]") -> tuple[int, int, float | None, float | None]:
    """Unknown where one of them is."""
    costs, seconds = [one.cost for one in listed], [one.seconds for one in listed]
    return (
        sum(one.input_tokens for one in listed),
        sum(one.output_tokens for one in listed),
        None if None in costs else sum(cost for cost in costs if cost is not None),
        None if None in seconds else sum(part for part in seconds if part is not None),
    )


def _figures(figures: tuple[int, int, float | None, float | None]) -> str:
    tokens_in, tokens_out, cost, seconds = figures
    if not tokens_in:
        return "no call to a model"
    shown_cost = "unknown (its prices are not set)" if cost is None else f"about {cost:.4f}"
    time = "time unknown (`papersys llm test` measures it)" if seconds is None else f"about {seconds:.0f} s"
    return f"about {tokens_in:,} tokens in, {tokens_out:,} out; cost {shown_cost}; {time}"
