"""`papersys verify` and `papersys reconcile`: their reports are results, all on standard output and in order."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from deploy.command_context import system_settings
from deploy.services import LOOKS, REPAIRS, VERIFY_EMBEDDINGS
from shared.command_line.output import DryRun, JsonFlag, print_json, say, say_loud
from shared.errors import PapersysError

if TYPE_CHECKING:  # `papersys --help` imports this module, and need not wait for numpy
    from deploy.verifying.reconciliation import Repair
    from deploy.verifying.verification import Report
    from shared.store.files.data_folder import DataFolder
    from shared.store.keeping.findings import Finding

EMBEDDINGS = "embeddings"
_WORDS = {"damage": "Damaged", "gap": "To make again", "note": "Note"}

Datasets = Annotated[
    list[str] | None, typer.Argument(metavar="[DATASET]...", help="What to check. Default: everything.")
]
Deep = Annotated[
    bool, typer.Option("--deep", help="Also read every row, vector, document and database; takes minutes.")
]
ModelAlias = Annotated[
    str | None, typer.Option(help="With `embeddings`: alias of the embedding model. Default: those in use.")
]
Accepted = Annotated[
    list[Path] | None,
    typer.Option("--accept", metavar="FILE", help="Take a file that you edited as it is now, and do nothing else."),
]


def verify(datasets: Datasets = None, deep: Deep = False, model: ModelAlias = None, as_json: JsonFlag = False) -> None:
    """Check that the data folder is whole; changes nothing. Exit code 1 if something is damaged or missing."""
    if datasets == [EMBEDDINGS] and not as_json:
        VERIFY_EMBEDDINGS.load()(model)
        return
    if model is not None:
        raise typer.BadParameter("--model goes with `papersys verify embeddings`.")
    report = _look(_data(), datasets or [], deep=deep)
    if as_json:
        print_json(report.model_dump_json(indent=1))
    else:
        _show(report)
    raise typer.Exit(0 if report.is_whole else 1)


def reconcile(deep: Deep = False, dry_run: DryRun = False, accepted: Accepted = None) -> None:
    """Make again what can be made (search index, Qdrant, views, missing metadata) and name what cannot."""
    from deploy.verifying.premises import premises_of
    from deploy.verifying.reconciliation import beyond_repair, repairs_for

    data = _data()
    if accepted:
        _accept(data, accepted)
        return
    report = _look(data, [], deep=deep)
    repairs = repairs_for(premises_of(data, deep=deep), report.findings, {n: e.load for n, e in REPAIRS.items()})
    failed = 0
    for name, repair in repairs.items():
        _show_reasons(report, name, dry_run=dry_run)
        failed += 0 if dry_run else _done(repair)
    lost = beyond_repair(report.findings)
    for finding in lost:
        say_loud(f"Cannot be made again: {finding}")
    if not repairs and not lost:
        say("Nothing needs to be made again.")
    raise typer.Exit(1 if lost or failed else 0)


def _look(data: "DataFolder", datasets: list[str], *, deep: bool) -> "Report":
    from deploy.verifying.verification import looks_at
    from deploy.verifying.verification import verify as verify_folder
    from shared.command_line.progress import spinner

    services = {name: entry.load for name, entry in LOOKS.items()}
    names = list(looks_at(services))
    if unknown := [name for name in datasets if name not in names]:
        raise typer.BadParameter(f"There is no dataset {unknown[0]!r}; there are: {', '.join(names)}.")
    if not data.root.is_dir():
        raise PapersysError(f"There is no data folder {data.root} yet; `papersys up` makes it.")
    with spinner("Checking") as tell:
        return verify_folder(data, services, deep=deep, only=datasets, progress=tell)


def _show(report: "Report") -> None:
    for finding in report.findings:
        _show_finding(finding)
    seconds = sum(report.seconds.values())
    looked = "closely at" if report.deep else "at"
    if report.is_whole:
        say(f"Looked {looked} {report.data_folder} for {seconds:.0f} s: everything is whole.")
        return
    damaged, gaps = len(report.of("damage")), len(report.of("gap"))
    say_loud(f"Looked {looked} {report.data_folder} for {seconds:.0f} s: {damaged} damaged, {gaps} to make again.")


def _show_finding(finding: "Finding") -> None:
    line = f"{_WORDS[finding.severity]}: {finding}"
    if finding.severity == "note":
        say(line)
    else:
        say_loud(line)


def _show_reasons(report: "Report", repair: str, *, dry_run: bool) -> None:
    for finding in report.findings:
        if finding.repair == repair:
            say(f"{'Would mend' if dry_run else 'Mending'}: {finding.where}: {finding.what}.")


def _done(repair: "Repair") -> int:
    """Make a repair and say so; 1 where it could not be made."""
    try:
        say(f"  {repair()}")
    except PapersysError as error:
        say_loud(f"  {error}")
        return 1
    return 0


def _accept(data: "DataFolder", paths: list[Path]) -> None:
    from deploy.verifying.files import accept

    for path in paths:
        place = path if path.is_absolute() else data.root / path
        if not place.is_file() or not place.resolve().is_relative_to(data.root.resolve()):
            raise typer.BadParameter(f"{path} is no file in the data folder {data.root}.")
        accept(place)
        say(f"{path} is taken as it is.")


def _data() -> "DataFolder":
    from shared.store.files.data_folder import DataFolder

    settings = system_settings()
    return DataFolder(settings.data.path, settings.data.min_free_mb)
