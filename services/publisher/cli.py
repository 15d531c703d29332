"""`papersys publish`: writes pages in this process; no running system is needed."""

from typing import Annotated

import typer

from services.publisher.settings import Settings
from shared.command_line.context import load
from shared.command_line.output import DryRun, say
from shared.command_line.papers import paper_id_of
from shared.errors import PapersysError, SettingsError


def publish(
    paper_ids: Annotated[
        list[str] | None, typer.Argument(metavar="ID", help="arXiv ids. Default: all papers with a summary.")
    ] = None,
    deploy: Annotated[
        bool, typer.Option("--deploy", help="Put the built site where publisher.deploy.to says.")
    ] = False,
    dry_run: DryRun = False,
) -> None:
    """Rewrite the pages of the static site, or deploy it."""
    from services.publisher import commands

    if deploy:
        from services.publisher.site.deploying.cli import deploy_site

        deploy_site(load(Settings), dry_run=dry_run)
        return
    if dry_run:
        raise SettingsError("--dry-run goes with --deploy.")
    count, failures = commands.publish(load(Settings), tuple(paper_id_of(text) for text in paper_ids or ()))
    say(f"{count} pages written.")
    if failures:
        raise PapersysError("\n".join(str(error) for error in failures.values()))


def log_out_everybody() -> None:
    """End every session of the reader; `papersys reader --log-out-all` asks for it."""
    from services.publisher import commands

    commands.log_out_everybody(load(Settings))
