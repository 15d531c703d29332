"""`fetch`, `convert`, `import`: the fetcher's own code in this process."""

import contextlib
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

import typer

from deploy.commands.context import (
    DryRun,
    JsonFlag,
    complaints,
    console,
    print_json,
    print_text,
    service_function,
    service_settings,
)
from deploy.commands.papers import parsed
from deploy.commands.progress import bytes_bar, spinner
from shared.categories import checked_category
from shared.errors import PapersysError
from shared.paper_ids import parse_paper_id


def fetch(
    from_day: Annotated[datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="First day.")] = None,
    to_day: Annotated[datetime | None, typer.Option("--to", formats=["%Y-%m-%d"], help="Last day.")] = None,
    categories: Annotated[
        str | None, typer.Option(help="arXiv categories, with commas; else those of the settings.")
    ] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="At most so many papers.")] = None,
    dry_run: DryRun = False,
    resume: Annotated[bool, typer.Option("--resume", help="Ask arXiv again after it refused us (403).")] = False,
    audit: Annotated[
        bool, typer.Option("--audit", help="Compare arXiv's lists with the store and fetch what is missing.")
    ] = False,
    versions: Annotated[str | None, typer.Option(help="Ask for the exact versions of these ids, with commas.")] = None,
    as_json: JsonFlag = False,
) -> None:
    """Harvest metadata now; without dates, what the daily harvest would. Run it again to go on after a break."""
    names = _listed(categories, "--categories", "cs.CL,hep-th")
    names = names and [_category(name) for name in names]
    ids = _listed(versions, "--versions", "2403.12345,2403.12346")
    settings = service_settings("fetcher")
    if resume:
        console.print(service_function("fetcher", "resume")(settings), highlight=False)
        return
    if ids is not None:
        ids = [parsed(text) for text in ids]
        for paper_id, version in service_function("fetcher", "exact_versions")(settings, ids).items():
            console.print(f"{paper_id}v{version}", highlight=False)
        return
    dates = (from_day.date() if from_day else None, to_day.date() if to_day else None)
    if audit:
        found = service_function("fetcher", "audit")(settings, *dates, names)
        console.print(f"{found}.", highlight=False)
        return
    with spinner("Harvesting") as advance:
        run = service_function("fetcher", "fetch")(
            settings, *dates, categories=names, limit=limit, dry_run=dry_run, progress=lambda step: advance(_said(step))
        )
    if as_json:
        print_json(run.model_dump_json(indent=1))
    else:
        console.print(f"{'Would be: ' if dry_run else ''}{run.outcome or run.problem}", highlight=False)
    raise typer.Exit(0 if run.state == "done" and not run.failed_sets else 1)


def _listed(text: str | None, option: str, example: str) -> list[str] | None:
    """The parts of a list with commas; None where the option was not given. An empty list is wrong use."""
    if text is None:
        return None
    parts = [part.strip() for part in text.split(",") if part.strip()]
    if not parts:
        raise typer.BadParameter(f"{option} names nothing; it looks like {option} {example}")
    return parts


def _category(text: str) -> str:
    try:
        return checked_category(text)
    except ValueError as error:
        raise PapersysError(f"{error}.") from error


def _said(step: Any) -> str:
    rate = step.papers / step.seconds if step.seconds else 0
    left = f", about {timedelta(seconds=round(step.left_seconds))} left" if step.left_seconds is not None else ""
    return f"{step.papers} papers in {step.pages} pages, {step.new} new, now at {step.day}, {rate:.0f} papers/s{left}"


def convert(
    file: Annotated[str, typer.Argument(help="tar.gz, gzip TeX, TeX, a folder of TeX, PDF or HTML; or an arXiv id.")],
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="Where to write the Markdown; else it is printed.")
    ] = None,
    report: Annotated[Path | None, typer.Option("--report", "-r", help="Where to write the quality report.")] = None,
) -> None:
    """Turn a paper's source into Markdown; exit code 0 with a good or fair result."""
    found, markdown = _conversion(file, out, report)
    if found.status != "converted":
        raise PapersysError(f"{file}: {found.status}: {found.detail}")
    complaints.print(f"{file}: {found.grade}, by {found.route}, {found.words} words", highlight=False)
    if out is None:
        print_text(markdown)
    raise typer.Exit(0 if found.grade in ("good", "fair") else 1)


def import_papers(
    files: Annotated[list[Path], typer.Argument(help="JSON lines or CSV, gzipped or not; or arXiv's Kaggle snapshot.")],
) -> None:
    """Bring in metadata from files; what arXiv told us stands. Exit code 1 where some of it cannot be read."""
    with bytes_bar("Importing") as advance:
        found = service_function("fetcher", "import_papers")(service_settings("fetcher"), files, advance)
    for problem in found.problems:
        complaints.print(problem, highlight=False, markup=False)
    console.print(f"{found}.", highlight=False)
    if found.new or found.revised:
        console.print("`papersys embed` gives them vectors.", highlight=False)
    raise typer.Exit(1 if found.unreadable else 0)


def _conversion(file: str, out: Path | None, report: Path | None) -> tuple[Any, str]:
    """A file where there is one of this name, otherwise a paper from arXiv or from the documents stored."""
    if not Path(file).exists():
        with contextlib.suppress(ValueError):
            paper_id = parse_paper_id(file)
            found: tuple[Any, str] = service_function("fetcher", "convert_paper")(
                service_settings("fetcher"), paper_id, out, report
            )
            return found
    outcome = service_function("fetcher", "convert")(Path(file), out, report)
    return outcome, outcome.markdown
