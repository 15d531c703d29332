"""`papersys publish`: writes the site's Markdown, builds and deploys the site; no running system is needed."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from services.publisher.settings import Settings
from shared.command_line.context import load
from shared.command_line.output import say, shown_path, warn
from shared.command_line.papers import paper_id_of
from shared.errors import PapersysError

if TYPE_CHECKING:  # the command line need not wait for what writes pages
    from services.publisher.commands import Written
    from services.publisher.site.building.build import Built

_NAMED = 10
_NOTHING = "No paper has a summary yet, so there is no page to write; `papersys up` summarises its picks."


def publish(
    paper_ids: Annotated[
        list[str] | None, typer.Argument(metavar="ID", help="arXiv ids. Default: all papers with a summary.")
    ] = None,
    build: Annotated[bool, typer.Option("--build", help="Then build the site into site/public.")] = False,
    deploy: Annotated[
        bool, typer.Option("--deploy", help="Then put the built site where publisher.deploy.to says.")
    ] = False,
    preview: Annotated[bool, typer.Option("--preview", help="Then show the built site on this machine.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would change, and go up.")] = False,
) -> None:
    """Rewrite the Markdown of the static site, build it, deploy it, look at it; --deploy alone takes what is built."""
    settings = load(Settings)
    ids = tuple(paper_id_of(text) for text in paper_ids or ())
    failures = {} if deploy and not (build or ids) else _write(settings, ids, is_dry_run=dry_run)
    if build and not dry_run:
        _build(settings)
    if deploy:
        _deploy(settings, is_dry_run=dry_run)
    if preview and not dry_run:
        _show(settings)
    if failures:
        raise PapersysError("\n".join(dict.fromkeys(str(error) for error in failures.values())))


def _write(settings: Settings, paper_ids: Sequence[str], *, is_dry_run: bool) -> Mapping[str, Exception]:
    """Which papers could not be written, and why."""
    from services.publisher import commands

    written = commands.publish(settings, tuple(paper_ids), is_dry_run=is_dry_run)
    _report_written(written, is_dry_run=is_dry_run)
    return written.failures


def _build(settings: Settings) -> None:
    from services.publisher import commands

    _report_built(commands.build_site(settings, say))


def _deploy(settings: Settings, *, is_dry_run: bool) -> None:
    from services.publisher.site.deploying.cli import deploy_site

    deploy_site(settings, dry_run=is_dry_run)


def _report_written(written: "Written", *, is_dry_run: bool) -> None:
    if is_dry_run:
        say(f"{_files(written.changed)} would change.")
        _name(written.changed)
    else:
        say(f"{written.pages} pages written." if written.pages or written.failures else _NOTHING)
    if written.kept:
        how = "as it is (delete it" if len(written.kept) == 1 else "as they are (delete one"
        say(f"{_files(written.kept)} edited by hand, kept {how} to have it written again):")
        _name(written.kept)


def _report_built(built: "Built") -> None:
    for file in built.left_out:
        warn(f"{file.file} was left out: {file.reason}")
    pages = built.made + built.taken_over
    say(
        f"The site is built in {shown_path(built.folder)}: {pages} papers ({built.made} made anew), {built.days} days, "
        f"in {built.seconds:.1f} s."
    )


def _show(settings: Settings) -> None:
    from services.publisher import commands

    with commands.preview_site(settings) as server:
        say(f"The site is at {_address(settings)} (Ctrl+C ends this).")
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            say("The preview has ended.")


def _address(settings: Settings) -> str:
    """The preview has the path of the site's address, so that every link works."""
    from urllib.parse import urlsplit

    site = settings.publisher.site
    path = urlsplit(site.address_in_use()).path
    return f"http://127.0.0.1:{site.preview_port}{path}/"


def _files(paths: Sequence[Path]) -> str:
    return f"{len(paths)} {'file' if len(paths) == 1 else 'files'}"


def _name(paths: Sequence[Path]) -> None:
    for path in paths[:_NAMED]:
        say(f"  {shown_path(path)}")
    if len(paths) > _NAMED:
        say(f"  and {len(paths) - _NAMED} more")
