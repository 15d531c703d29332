"""What the newest day's page says of the last harvest: running, failed, nothing new, papers on their way."""

from dataclasses import dataclass, replace
from datetime import date

from services.publisher.records.records import Records
from services.publisher.rendering.dates import clock
from shared.store.harvests.runs import HarvestRun


@dataclass(frozen=True)
class Notice:
    """A sentence on what the system is doing.

    `waiting`: the page reloads itself; `wrong`: it failed; `is_idle`: nothing new came, which a demo does not tell.
    """

    text: str
    waiting: bool = False
    wrong: bool = False
    is_idle: bool = False


def current_notice(records: Records, newest: date | None) -> Notice | None:
    """The notice for now, with the progress of embedding; `newest` is the newest day with picks."""
    run = records.latest_run()
    selected_runs = records.runs_of(run.day) if run and run.day else []
    notice = harvest_notice(run, newest, selected_runs)
    if run is None or notice is None or not notice.waiting or not run.candidates:
        return notice
    embedded = records.embedded((*run.new_ids[run.past_new :], *run.revised_ids[run.past_revised :]))
    return replace(notice, text=f"{notice.text} {embedded} of {run.candidates} embedded so far.")


def harvest_notice(run: HarvestRun | None, newest: date | None, selected_runs: list[str]) -> Notice | None:
    """The notice on the last harvest; `selected_runs` are the harvests that were selected from on the run's day."""
    if run is None:
        return Notice(
            "Nothing has been harvested yet. The first harvest starts by itself.",
            waiting=True,
        )
    if run.state == "running":
        return Notice(f"A harvest has been running since {clock(run.started_at)}.", waiting=True)
    if run.state == "failed":
        reason = run.problem or run.outcome or "no reason was recorded"
        return Notice(f"The harvest of {clock(run.started_at)} failed: {reason}", waiting=True, wrong=True)
    if not run.candidates:
        outcome = run.outcome or f"{run.size} new papers"
        text = f"Last harvest, {clock(run.finished_at or run.started_at)}: {outcome}"
        return Notice(text, waiting=newest is None, is_idle=newest is not None)
    if run.run_id in selected_runs:
        return None
    if newest is not None and run.day is not None and run.day <= newest:
        return Notice(
            f"{_papers(run.candidates)} arrived after the picks of {run.day} were made and will compete for the next."
        )
    harvest = f"of {run.day}" if run.day else "of the last harvest"
    verb = "is" if run.candidates == 1 else "are"
    return Notice(f"{_papers(run.candidates)} {harvest} {verb} being embedded and ranked.", waiting=True)


def _papers(count: int) -> str:
    return "1 paper" if count == 1 else f"{count} papers"
