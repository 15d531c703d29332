"""`papersys fetch`, `convert` and `import`: harvests, converts and imports in this process."""

import contextlib
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from services.fetcher.settings import Settings
from shared.categories import checked_category
from shared.command_line.context import load
from shared.command_line.output import DryRun, JsonFlag, complaints, print_json, print_text, say
from shared.command_line.papers import paper_id_of
from shared.command_line.progress import bytes_bar, spinner
from shared.errors import PapersysError
from shared.paper_ids import parse_paper_id

if TYPE_CHECKING:  # `papersys --help` imports this module, and need not wait for the converters
    from services.fetcher.documents.conversion import Converted
    from services.fetcher.harvesting.pages import ProgressUpdate
    from shared.store.harvests.runs import HarvestRun
    from shared.store.papers.documents import DocumentRecord

_GOOD_ENOUGH = ("good", "fair")


def fetch(
    from_day: Annotated[
        datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="First day to harvest.")
    ] = None,
    to_day: Annotated[datetime | None, typer.Option("--to", formats=["%Y-%m-%d"], help="Last day to harvest.")] = None,
    categories: Annotated[
        str | None, typer.Option(help="arXiv categories, comma-separated. Default: those in the settings.")
    ] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="Harvest at most this many papers.")] = None,
    dry_run: DryRun = False,
    resume: Annotated[
        bool, typer.Option("--resume", help="Allow requests to arXiv again after it refused them (403).")
    ] = False,
    audit: Annotated[
        bool, typer.Option("--audit", help="Compare arXiv's lists with the stored papers and fetch what is missing.")
    ] = False,
    versions: Annotated[
        str | None, typer.Option(help="Look up the current versions of these arXiv ids, comma-separated.")
    ] = None,
    source: Annotated[
        str | None,
        typer.Option(help="Harvest this server of the settings (fetcher.sources) instead of arXiv."),
    ] = None,
    as_json: JsonFlag = False,
) -> None:
    """Harvest metadata now; without dates, what the daily harvest would. Interrupted harvests are resumed."""
    from services.fetcher.commands import audits
    from services.fetcher.commands.resuming import resume as resumed

    names = _categories(categories)
    ids = _parts(versions, "--versions", "2403.12345,2403.12346")
    settings = load(Settings)
    dates = (from_day.date() if from_day else None, to_day.date() if to_day else None)
    if resume:
        say(resumed(settings))
    elif source is not None:
        _show_source(settings, source, as_json)
    elif ids is not None:
        _show_versions(audits.exact_versions(settings, [paper_id_of(text) for text in ids]))
    elif audit:
        say(f"{audits.audit(settings, *dates, names)}.")
    else:
        run = _harvest(settings, dates, names, limit, dry_run)
        _show_harvest(run, dry_run, as_json)
        raise typer.Exit(0 if run.state == "done" and not run.failed_sets else 1)


def _harvest(
    settings: Settings,
    dates: tuple[date | None, date | None],
    categories: Sequence[str] | None,
    limit: int | None,
    dry_run: bool,
) -> "HarvestRun":
    from services.fetcher.commands import harvests

    with spinner("Harvesting") as advance:
        return harvests.fetch(
            settings, *dates, categories, limit, dry_run, progress=lambda step: advance(_progress_text(step))
        )


def _show_source(settings: Settings, name: str, as_json: bool) -> None:
    from services.fetcher.commands import harvests

    with spinner(f"Harvesting {name}"):
        state = harvests.fetch_source(settings, name)
    if as_json:
        print_json(state.model_dump_json(indent=1))
    else:
        say(state.sentence)


def _show_versions(versions: dict[str, int]) -> None:
    for paper_id, version in versions.items():
        say(f"{paper_id}v{version}")


def _show_harvest(run: "HarvestRun", dry_run: bool, as_json: bool) -> None:
    if as_json:
        print_json(run.model_dump_json(indent=1))
    else:
        say(f"{'Dry run: ' if dry_run else ''}{run.outcome or run.problem}")


def _parts(text: str | None, option: str, example: str) -> list[str] | None:
    """The parts of a comma-separated list; None where the option was not given. An empty list is wrong use."""
    if text is None:
        return None
    parts = [part.strip() for part in text.split(",") if part.strip()]
    if not parts:
        raise typer.BadParameter(f"{option} is empty; write it like {option} {example}")
    return parts


def _categories(text: str | None) -> list[str] | None:
    """Raises PapersysError for a name that is not a category of arXiv."""
    names = _parts(text, "--categories", "cs.CL,hep-th")
    try:
        return names and [checked_category(name) for name in names]
    except ValueError as error:
        raise PapersysError(f"{error}.") from error


def _progress_text(step: "ProgressUpdate") -> str:
    rate = step.papers / step.seconds if step.seconds else 0
    left = f", about {timedelta(seconds=round(step.left_seconds))} left" if step.left_seconds is not None else ""
    return f"{step.papers} papers in {step.pages} pages, {step.new} new, now at {step.day}, {rate:.0f} papers/s{left}"


def convert(
    file: Annotated[
        str,
        typer.Argument(
            metavar="FILE_OR_ID", help="A tar.gz, gzipped TeX, TeX, PDF or HTML file, a folder of TeX, or an arXiv id."
        ),
    ],
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="Write the Markdown to this file. Default: print it.")
    ] = None,
    report: Annotated[
        Path | None, typer.Option("--report", "-r", help="Write the quality report to this JSON file.")
    ] = None,
) -> None:
    """Convert a paper's source to Markdown; exit code 0 if the quality is good or fair."""
    document, markdown = _converted(file, out, report)
    if document.status != "converted":
        raise PapersysError(f"{file}: {document.status}: {document.detail}")
    complaints.print(f"{file}: {document.grade}, by {document.route}, {document.words} words", highlight=False)
    if out is None:
        print_text(markdown)
    raise typer.Exit(0 if document.grade in _GOOD_ENOUGH else 1)


def _converted(file: str, out: Path | None, report: Path | None) -> "tuple[Converted | DocumentRecord, str]":
    """A file where there is one of this name, otherwise a paper from arXiv or from the stored documents."""
    from services.fetcher.commands import conversion

    if not Path(file).exists():
        with contextlib.suppress(ValueError):
            return conversion.convert_paper(load(Settings), parse_paper_id(file), out, report)
    converted = conversion.convert(Path(file), out, report)
    return converted, converted.markdown


def import_papers(
    files: Annotated[
        list[Path],
        typer.Argument(metavar="FILE", help="JSON lines or CSV, optionally gzipped, or arXiv's Kaggle snapshot."),
    ],
) -> None:
    """Import metadata from files, without overwriting what came from arXiv; exit code 1 if a record is unreadable."""
    from services.fetcher.commands import imports

    with bytes_bar("Importing") as advance:
        imported = imports.import_papers(load(Settings), files, advance)
    for problem in imported.problems:
        complaints.print(problem, highlight=False, markup=False)
    say(f"{imported}.")
    if imported.new or imported.revised:
        say("Run `papersys embed` to embed them.")
    raise typer.Exit(1 if imported.unreadable else 0)
