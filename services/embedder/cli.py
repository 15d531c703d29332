"""`papersys embed`, `verify embeddings`, and vectors for other commands; all in this process, system or not."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

import typer

from services.embedder.settings import Settings
from shared.command_line.context import TextEncoder, load
from shared.command_line.output import DryRun, console, say, say_loud
from shared.command_line.progress import bar

if TYPE_CHECKING:  # `papersys --help` imports this module, and need not wait for numpy
    from shared.store.papers.rows import Paper
    from shared.store.vectors.embeddings import Recipe, Vectors

ModelAlias = Annotated[str | None, typer.Option(help="Alias of the embedding model. Default: the one in use.")]
_SHOWN_NUMBERS = 6
_REASONS = {
    "no_year_file": "no vectors for their year yet",
    "not_embedded": "not embedded yet",
    "text_changed": "title or abstract changed",
    "failed": "embedding failed",
}


def embed(
    model: ModelAlias = None,
    year: Annotated[int | None, typer.Option(help="Only papers of this year.")] = None,
    backlog: Annotated[bool, typer.Option("--backlog", help="Only papers queued in the backlog.")] = False,
    limit: Annotated[int | None, typer.Option(min=1, help="Embed at most this many papers.")] = None,
    sample: Annotated[
        int | None, typer.Option(min=1, help="Print the vectors of this many papers and store nothing.")
    ] = None,
    dry_run: DryRun = False,
) -> None:
    """Embed papers that have no vector, newest first."""
    from services.embedder import commands

    settings = load(Settings)
    with bar("Embedding") as advance:
        report = commands.embed(
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
        _show_vectors(report.sample)
        return
    for reason, count in report.missing.items():
        say(f"{count} papers without a current vector: {_REASONS.get(reason, reason)}")
    say(f"{report.embedded} embedded, {report.failed} failed.")
    raise typer.Exit(1 if report.failed else 0)


def _show_vectors(vectors: "Vectors") -> None:
    for paper_id, vector in zip(vectors.ids, vectors.matrix, strict=True):
        beginning = [round(float(number), 4) for number in vector[:_SHOWN_NUMBERS]]
        console.print(paper_id, beginning, "...", f"({len(vector)})")


def verify(model: str | None = None) -> None:
    """Check the stored vectors of a model (none: all in use) against the metadata; exit code 1 where they are not."""
    from services.embedder import commands

    problems = commands.verify(load(Settings), model)
    for problem in problems:
        say_loud(problem)
    if problems:
        raise typer.Exit(1)
    say("All vectors are in order.")


def open_text_encoder() -> TextEncoder:
    """The embedding models in use, loaded with the first texts. Raises SettingsError."""
    from services.embedder.commands import LocalTextEncoder

    return LocalTextEncoder(load(Settings))


def recipe_and_hash(alias: str) -> "tuple[Recipe, Callable[[Paper], str]]":
    """The recipe of a model of the settings, and the hash of what it embeds of a paper. Raises SettingsError."""
    from services.embedder.commands import recipe_of_alias
    from services.embedder.papers.text import hash_of, text_of

    return recipe_of_alias(load(Settings), alias), lambda paper: hash_of(text_of(paper))
