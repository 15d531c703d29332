"""`papersys zotero status|preview|sync`: Zotero libraries; none needs a running system."""

import asyncio
import json
from typing import TYPE_CHECKING, Annotated

import typer

from services.publisher.settings import Settings
from shared.command_line.context import load
from shared.command_line.output import JsonFlag, print_json, say, warn
from shared.contracts import FeedbackLabel
from shared.errors import PapersysError
from shared.store.keeping.findings import counted

if TYPE_CHECKING:  # `papersys --help` imports this module, and need not wait for the client
    from services.publisher.outlets.zotero.sync import Preview, SyncReport, ZoteroSync

app = typer.Typer(
    help="Take ratings from Zotero libraries, and write picks and saved papers there.", no_args_is_help=True
)

_NONE = "There are no libraries; a table [zotero.NAME] in papersys.toml names one (docs/zotero.md)."
_SHOWN = 20
Name = Annotated[str, typer.Argument(metavar="NAME", help="The library, as its table is called.")]


@app.command()
def status(as_json: JsonFlag = False) -> None:
    """Show each library: when it was read, what was found and written, and conflicts."""
    from services.publisher.outlets.zotero.state import StateFile
    from services.publisher.outlets.zotero.told_state import remarks_of, summary_of
    from shared.store.files.data_folder import DataFolder

    settings = load(Settings)
    data = DataFolder(settings.data.path, settings.data.min_free_mb)
    states = {name: StateFile(data, name, one.library).read() for name, one in settings.zotero.items()}
    if as_json:
        rows = [
            {"name": name, "library": state.library, "state": summary_of(state), "remarks": list(remarks_of(state))}
            for name, state in states.items()
        ]
        print_json(json.dumps(rows, ensure_ascii=False))
        return
    for name, state in states.items():
        say(f"{name} ({state.library}): {summary_of(state)}.")
        for remark in remarks_of(state):
            warn(f"  {remark}")
    if not states:
        say(_NONE)


@app.command()
def preview(name: Name) -> None:
    """Show which ratings would be read and which items written; changes nothing."""
    _show_preview(asyncio.run(_opened(name).preview()))


@app.command()
def sync(name: Name, as_json: JsonFlag = False) -> None:
    """Compare both sides now; exit code 1 where Zotero refused a paper."""
    report = asyncio.run(_opened(name).run())
    _show_report(report, as_json=as_json)
    if report.written.failed:
        raise PapersysError("\n".join(f"{paper_id}: {why}" for paper_id, why in report.written.failed.items()))


def _opened(name: str) -> "ZoteroSync":
    """Raises PapersysError for a name that is none."""
    from services.publisher.outlets.zotero.opening import open_sync
    from services.publisher.records.records import Records
    from shared.store.files.data_folder import DataFolder
    from shared.store.people.preferences import RatingStore, ratings_of

    settings = load(Settings)
    if name not in settings.zotero:
        known = f"there are: {', '.join(settings.zotero)}" if settings.zotero else "there are none"
        raise PapersysError(f"There is no table [zotero.{name}] in papersys.toml; {known}.")
    data = DataFolder(settings.data.path, settings.data.min_free_mb)
    ratings = RatingStore(data)

    async def store(event: FeedbackLabel) -> None:
        """As an import does: a running system looks for new ratings by itself."""
        await asyncio.to_thread(ratings.append, ratings_of(event))

    return open_sync(settings, name, data, Records(data, settings.embedding.model), store)


def _show_preview(found: "Preview") -> None:
    say(f"{counted(found.papers, 'paper')} of arXiv in the library.")
    ratings = [change for change in found.ratings if change.event is not None]
    _list([f"{change.said.label:<8} {change.paper_id}  (weight {change.said.weight:g})" for change in ratings])
    say(f"{counted(len(ratings), 'rating')} would be read.")
    _list([f"create   {content.paper_id}  {content.title}" for content in found.creations])
    _list([f"update   {paper_id}  {', '.join(names)}" for paper_id, names in found.changes.items()])
    say(
        f"{counted(len(found.creations), 'item')} would be created, {len(found.changes)} updated; "
        f"{counted(len(found.present), 'paper')} you have there already and stay as they are. Nothing was written."
    )


def _show_report(report: "SyncReport", *, as_json: bool) -> None:
    written = report.written
    if as_json:
        facts = {**vars(written), "rated": report.rated, "papers": report.papers, "requests": report.requests}
        print_json(json.dumps(facts, ensure_ascii=False))
        return
    say(
        f"{counted(len(report.rated), 'rating')} read; {counted(len(written.created), 'item')} created, "
        f"{len(written.updated)} updated, {len(written.removed)} found removed ({report.requests} requests)."
    )
    for paper_id in written.conflicts:
        warn(f"{paper_id} was changed in Zotero and here; what Zotero has stays.")


def _list(lines: list[str]) -> None:
    for line in lines[:_SHOWN]:
        say(line)
    if len(lines) > _SHOWN:
        say(f"... and {len(lines) - _SHOWN} more")
