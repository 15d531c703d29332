"""`embed`, `verify`: the embedder's own code in this process."""

from typing import Annotated, Literal

import typer

from deploy.commands.context import DryRun, console, service_function, service_settings
from deploy.commands.progress import bar
from shared.errors import PapersysError


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
    with bar("Embedding") as advance:
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


def verify(
    what: Annotated[Literal["embeddings"], typer.Argument(help="What to check.")] = "embeddings",
    model: Annotated[str | None, typer.Option(help="Alias of the model; else the one in use.")] = None,
) -> None:
    """Check the vectors against the metadata; exit code 1 when something is wrong."""
    problems = service_function("embedder", "verify")(service_settings("embedder"), model)
    if problems:
        raise PapersysError("\n".join(problems))
    console.print("All vectors are in order.")
