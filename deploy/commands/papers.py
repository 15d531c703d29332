"""`fetch`, `convert`, `embed`, `rank`, `publish`, `why`, `verify`: services' own code in this process."""

import contextlib
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Any, Literal

import typer
from rich.progress import (
    BarColumn,
    DownloadColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    SpinnerColumn,
    Task,
    TextColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)
from rich.table import Table
from rich.text import Text

from deploy.commands.context import JsonFlag, complaints, console, print_json, service_function, service_settings
from deploy.commands.model import show_without
from shared.errors import PapersysError
from shared.paper_ids import parse_paper_id
from shared.store.files import DataFolder
from shared.store.metadata import MetadataStore

DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would be done, change nothing.")]


def fetch(
    from_day: Annotated[datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="First day.")] = None,
    to_day: Annotated[datetime | None, typer.Option("--to", formats=["%Y-%m-%d"], help="Last day.")] = None,
    categories: Annotated[str, typer.Option(help="arXiv categories, with commas; else those of the settings.")] = "",
    limit: Annotated[int | None, typer.Option(min=1, help="At most so many papers.")] = None,
    dry_run: DryRun = False,
    resume: Annotated[bool, typer.Option("--resume", help="Ask arXiv again after it refused us (403).")] = False,
    audit: Annotated[
        bool, typer.Option("--audit", help="Compare arXiv's lists with the store and fetch what is missing.")
    ] = False,
    versions: Annotated[str, typer.Option(help="Ask for the exact versions of these ids, with commas.")] = "",
    as_json: JsonFlag = False,
) -> None:
    """Harvest metadata now; without dates, what the daily harvest would. Run it again to go on after a break."""
    settings = service_settings("fetcher")
    if resume:
        stopped = service_function("fetcher", "resume")(settings)
        console.print("arXiv will be asked again." if stopped else "Nothing was stopped.")
        return
    if versions:
        ids = [parsed(text.strip()) for text in versions.split(",")]
        for paper_id, version in service_function("fetcher", "exact_versions")(settings, ids).items():
            console.print(f"{paper_id}v{version}", highlight=False)
        return
    names = [name.strip() for name in categories.split(",") if name.strip()] or None
    dates = (from_day.date() if from_day else None, to_day.date() if to_day else None)
    if audit:
        found = service_function("fetcher", "audit")(settings, *dates, names)
        console.print(f"{found}.", highlight=False)
        return
    with _spinner("Harvesting") as advance:
        run = service_function("fetcher", "fetch")(
            settings, *dates, categories=names, limit=limit, dry_run=dry_run, progress=lambda step: advance(_said(step))
        )
    if as_json:
        print_json(run.model_dump_json(indent=1))
    else:
        console.print(f"{'Would be: ' if dry_run else ''}{run.verdict or run.problem}", highlight=False)
    raise typer.Exit(0 if run.state == "done" else 1)


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
        print_json(markdown)
    raise typer.Exit(0 if found.grade in ("good", "fair") else 1)


def import_papers(
    files: Annotated[list[Path], typer.Argument(help="JSON lines or CSV, gzipped or not; or arXiv's Kaggle snapshot.")],
) -> None:
    """Bring in metadata from files; what arXiv told us stands. Exit code 1 where some of it cannot be read."""
    with _bytes_bar("Importing") as advance:
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


def embed(
    model: Annotated[str | None, typer.Option(help="Alias of the model; else the one in use.")] = None,
    year: Annotated[int | None, typer.Option(help="Only papers of this year.")] = None,
    backlog: Annotated[bool, typer.Option("--backlog", help="Only papers that are queued in the backlog.")] = False,
    limit: Annotated[int | None, typer.Option(min=1, help="At most so many papers.")] = None,
    sample: Annotated[int | None, typer.Option(min=1, help="Only show the vectors of so many papers.")] = None,
    dry_run: DryRun = False,
) -> None:
    """Give papers without a vector theirs, newest first."""
    settings = service_settings("embedder")
    with _bar("Embedding") as advance:
        report = service_function("embedder", "embed")(
            settings,
            model=model,
            year=year,
            backlog=backlog,
            limit=limit,
            dry_run=dry_run,
            sample=sample,
            progress=advance,
        )
    if report.sample is not None:
        for paper_id, vector in zip(report.sample.ids, report.sample.matrix, strict=True):
            console.print(paper_id, [round(float(number), 4) for number in vector[:6]], "...", f"({len(vector)})")
        return
    for reason, count in report.missing.items():
        console.print(f"{count} papers have no current vector: {reason}", highlight=False)
    console.print(f"{report.embedded} embedded, {report.failed} failed.", highlight=False)
    raise typer.Exit(1 if report.failed else 0)


def rank(
    day: Annotated[
        str | None, typer.Option(help="A day (2026-11-02) or month (2026-11); else the waiting papers.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Also where there is a selection already.")] = False,
    dry_run: DryRun = False,
    labels: Annotated[
        Path | None, typer.Option(help="Rank a table instead: verdicts as CSV, columns paper_id,label.")
    ] = None,
    papers: Annotated[
        Path | None, typer.Option(help="With --labels: papers as CSV, columns paper_id,title,abstract.")
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", "-o", help="With --labels: where paper_id,score go.")] = None,
    data: Annotated[Path | None, typer.Option(help="With --labels: a folder that keeps the vectors.")] = None,
    as_json: JsonFlag = False,
) -> None:
    """Make a selection now; or, with --labels and --papers, score a table of papers by a table of verdicts."""
    if labels is not None or papers is not None:
        _rank_table(labels, papers, out, data)
        return
    ranked = service_function("ranker", "rank")(service_settings("ranker"), day=day, force=force, dry_run=dry_run)
    picked = [one for one in ranked.candidates if one.fate == "picked"]
    if as_json:
        print_json(f"[{', '.join(one.model_dump_json() for one in picked)}]")
        return
    table = Table("rank", "score", "paper", "slot", "title", "because")
    titles = titles_of(one.paper_id for one in picked)
    for one in picked:
        score = "" if one.score is None else f"{one.score:.3f}"
        table.add_row(str(one.rank), score, one.paper_id, one.slot, titles[one.paper_id], "; ".join(one.reasons))
    if picked:
        console.print(table)
    console.print(ranked.message, highlight=False)


def _rank_table(labels: Path | None, papers: Path | None, out: Path | None, data: Path | None) -> None:
    if labels is None or papers is None or out is None:
        raise typer.BadParameter("--labels, --papers and --out (-o) go together.")
    embedder = service_settings("embedder")

    def encode(texts: list[str]) -> Any:
        complaints.print(f"Embedding {len(texts)} texts ...", highlight=False)
        return service_function("embedder", "encode_texts")(embedder, texts)

    recipe = service_function("embedder", "recipe_name")(embedder)
    ranker = service_settings("ranker")
    count = service_function("ranker", "rank_table")(ranker, labels, papers, out, data, recipe, encode)
    console.print(f"{count} papers scored into {out}.", highlight=False)


def publish(
    paper_ids: Annotated[list[str] | None, typer.Argument(help="arXiv ids; none: all that have a summary.")] = None,
) -> None:
    """Write the site's pages again."""
    known = tuple(parsed(text) for text in paper_ids or ())
    count, failures = service_function("publisher", "publish")(service_settings("publisher"), known)
    console.print(f"{count} pages written.", highlight=False)
    if failures:
        raise PapersysError("\n".join(str(error) for error in failures.values()))


def why(
    paper_id: Annotated[str, typer.Argument(help="An arXiv id.")],
    without: Annotated[bool, typer.Option("--without", help="Show the list without your verdict on it.")] = False,
    as_json: JsonFlag = False,
) -> None:
    """Say why a paper was picked, or why not; or what one verdict changes."""
    if without:
        show_without(parsed(paper_id))
        return
    said = service_function("ranker", "why")(service_settings("ranker"), parsed(paper_id))
    if as_json:
        print_json(said.model_dump_json(indent=1))
        return
    score = "no score" if said.score is None else f"score {said.score:.3f}"
    chance = "" if said.probability is None else f", {said.probability:.0%} likely to be liked"
    console.print(f"{said.paper_id}: {score}{chance} ({said.regime})", highlight=False)
    for fate in said.fates:
        console.print(f"  {fate}", highlight=False, markup=False)
    for influence in said.influences:
        console.print(
            f"  {influence.weight:+.3f}  {influence.paper_id}  {influence.title}", highlight=False, markup=False
        )
    for name, some in (("words", said.words), ("tags", said.tags)):
        if some:
            console.print(f"  {name}: {', '.join(f'{one.text} {one.weight:+.1f}' for one in some)}", highlight=False)
    for change in said.changes:
        console.print(f"  would have changed it: {change}", highlight=False, markup=False)


def verify(
    what: Annotated[Literal["embeddings"], typer.Argument(help="What to check.")] = "embeddings",
    model: Annotated[str | None, typer.Option(help="Alias of the model; else the one in use.")] = None,
) -> None:
    """Check the vectors against the metadata; exit code 1 when something is wrong."""
    problems = service_function("embedder", "verify")(service_settings("embedder"), model)
    if problems:
        raise PapersysError("\n".join(problems))
    console.print("All vectors are in order.")


def titles_of(paper_ids: Any) -> dict[str, str]:
    ids = list(paper_ids)
    settings = service_settings("ranker")
    papers = MetadataStore(DataFolder(settings.data.path, settings.data.min_free_mb)).get(ids)
    return {paper_id: papers[paper_id].title if paper_id in papers else "" for paper_id in ids}


def parsed(text: str) -> str:
    try:
        return parse_paper_id(text)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error


@contextlib.contextmanager
def _spinner(what: str) -> Iterator[Callable[[str], None]]:
    """What goes on, where a person looks; nothing elsewhere."""
    with Progress(SpinnerColumn(), TextColumn("{task.description}"), console=complaints, transient=True) as progress:
        task = progress.add_task(what)
        yield lambda text: progress.update(task, description=f"{what}: {text}")


class _Rate(ProgressColumn):
    """Papers a second."""

    def render(self, task: Task) -> Text:
        return Text("" if task.speed is None else f"{task.speed:.1f}/s")


@contextlib.contextmanager
def _bar(what: str) -> Iterator[Callable[[int, int], None]]:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), _Rate(), TimeRemainingColumn())
    with Progress(*columns, console=complaints, transient=True) as progress:
        task = progress.add_task(what, total=None)
        yield lambda done, total: progress.update(task, completed=done, total=total)


@contextlib.contextmanager
def _bytes_bar(what: str) -> Iterator[Callable[[int, int], None]]:
    columns = (
        TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn(), TimeRemainingColumn()
    )  # fmt: skip
    with Progress(*columns, console=complaints, transient=True) as progress:
        task = progress.add_task(what, total=None)
        yield lambda done, total: progress.update(task, completed=done, total=total)
