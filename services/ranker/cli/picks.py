"""`papersys rank` and `best`: what is picked, and what is recommended."""

from pathlib import Path
from typing import Annotated

import typer

from services.ranker.cli.papers import show_paper
from services.ranker.cli.tables import rank_table
from services.ranker.settings import Settings
from shared.command_line.context import ask_running_system, load
from shared.command_line.output import DryRun, JsonFlag, print_json, say
from shared.command_line.papers import titles_of
from shared.command_line.users import UserOption
from shared.contracts import DEFAULT_USER, HitsReply, Recommend

_RANKED_BY = {
    "typical": "No ratings or seeds yet: the most typical papers come first.",
    "seeds": "Ranked by similarity to your seeds; no probabilities until you have rated more papers.",
    "similarity": "Ranked by similarity to papers you liked; no probabilities until you have rated more papers.",
}
_SLOT_NAMES = {"facet": "smaller interest", "explore": "exploration", "revised": "new version", "audit": "blind check"}


def rank(
    day: Annotated[
        str | None,
        typer.Option(help="A day (2026-11-02) or month (2026-11). Default: papers waiting for a selection."),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Select again where there is a selection already.")] = False,
    dry_run: DryRun = False,
    labels: Annotated[
        Path | None, typer.Option(help="Score a table instead: ratings as CSV with columns paper_id,label.")
    ] = None,
    papers: Annotated[
        Path | None, typer.Option(help="With --labels: papers as CSV with columns paper_id,title,abstract.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="With --labels: write columns paper_id,score to this CSV file.")
    ] = None,
    data: Annotated[Path | None, typer.Option(help="With --labels: keep the vectors in this folder.")] = None,
    user: UserOption = DEFAULT_USER,
    as_json: JsonFlag = False,
) -> None:
    """Select papers now; or, with --labels and --papers, score a table of papers from a table of ratings."""
    from services.ranker import commands

    if any(option is not None for option in (labels, papers, out, data)):
        rank_table(labels, papers, out, data)
        return
    selection = commands.rank(load(Settings), day=day, force=force, dry_run=dry_run, user=user)
    picks = [candidate for candidate in selection.candidates if candidate.outcome == "picked"]
    if as_json:
        print_json(f"[{', '.join(pick.model_dump_json() for pick in picks)}]")
        return
    titles = titles_of(pick.paper_id for pick in picks)
    for pick in picks:
        slot = pick.slot or ""
        show_paper(pick.rank, pick, titles[pick.paper_id], (_SLOT_NAMES.get(slot, slot),))
    say(selection.message)


def best(
    days: Annotated[int, typer.Option(min=1, max=36500, help="Look back N days.")] = 60,
    limit: Annotated[int, typer.Option(min=1, max=200, help="Show at most this many papers.")] = 20,
    user: UserOption = DEFAULT_USER,
    as_json: JsonFlag = False,
) -> None:
    """Recommend recent papers that you have not seen."""
    hits = _best(days, limit, user)
    if as_json:
        print_json(f"[{', '.join(hit.model_dump_json() for hit in hits.hits)}]")
        return
    titles = titles_of(hit.paper_id for hit in hits.hits)
    for position, hit in enumerate(hits.hits, 1):
        show_paper(position, hit, titles[hit.paper_id])
    if not hits.hits:
        say("No papers that you have not seen.")
    elif hits.regime in _RANKED_BY:
        say(_RANKED_BY[hits.regime])


def _best(days: int, limit: int, user: str) -> HitsReply:
    reply = ask_running_system(Recommend(days=days, limit=limit, user=user))
    if reply is None:
        from services.ranker import commands

        return commands.best(load(Settings), days, limit, user)
    return reply
