"""`papersys migrate`: takes over what an older system left; no running system is needed."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from deploy.services import RECIPE_AND_HASH, STORE_RATINGS, TAKE_KEYWORDS
from shared.command_line.context import load, open_text_encoder
from shared.command_line.output import DryRun, JsonFlag, print_json, say, warn
from shared.command_line.progress import bytes_bar
from shared.command_line.users import UserOption
from shared.contracts import DEFAULT_USER, now
from shared.errors import PapersysError
from shared.settings.settings import CommonSettings
from shared.store.files.data_folder import DataFolder

if TYPE_CHECKING:
    from deploy.migrating.lent import Encode, Lent
    from deploy.migrating.manifest import MigrationManifest
    from deploy.migrating.sources import Source
    from shared.store.vectors.embeddings import Matrix

_HUB = "hf:"


def migrate(
    source: Annotated[
        str,
        typer.Argument(metavar="SOURCE", help="A folder, a file, or a Hugging Face dataset: hf:OWNER/NAME[@REVISION]."),
    ],
    dry_run: DryRun = False,
    column_map: Annotated[
        list[str] | None,
        typer.Option(
            "--map",
            metavar="COLUMN=MEANING",
            help="What a column is: a field of a paper (id, title, ...), vector:ALIAS, field:NAME or ignore.",
        ),
    ] = None,
    made_by: Annotated[
        list[str] | None,
        typer.Option(
            "--made-by",
            metavar="COLUMN=ALIAS",
            help="These vectors were made by this model of your settings, so that new ones may join them.",
        ),
    ] = None,
    user: UserOption = DEFAULT_USER,
    as_json: JsonFlag = False,
) -> None:
    """Take over papers, vectors, ratings, summaries and keywords of an older system; the same again changes nothing."""
    from deploy.migrating.column_map import read_column_map
    from deploy.migrating.migration import Options
    from deploy.migrating.migration import migrate as run
    from deploy.migrating.report import has_failed

    settings = load(CommonSettings)
    data = DataFolder(settings.data.path, settings.data.min_free_mb)
    options = Options(read_column_map(column_map or ()), _made_by(made_by or ()), user, dry_run)
    opened = _source(source, data)
    started = now()
    with bytes_bar("Reading" if dry_run else "Migrating") as advance:
        manifest = run(data, opened, options, _lent(), started, advance)
    _show(manifest, data, dry_run=dry_run, as_json=as_json)
    if manifest.finished_at and manifest.finished_at < started and not (dry_run or as_json):
        say(f"Nothing in it is new: all of it was taken by {manifest.finished_at:%Y-%m-%d %H:%M} UTC.")
    raise typer.Exit(1 if has_failed(manifest) else 0)


def _show(manifest: "MigrationManifest", data: DataFolder, *, dry_run: bool, as_json: bool) -> None:
    from deploy.migrating.manifest import ManifestFile
    from deploy.migrating.report import lines_of

    if as_json:
        print_json(manifest.model_dump_json(indent=1))
        return
    for line in lines_of(manifest, dry_run=dry_run):
        say(line)
    say("")
    if dry_run:
        say("Nothing was changed.")
        return
    say(f"The manifest is {ManifestFile(data, manifest.source).path}.")
    if any(entry.form == "table" and entry.kept for entry in manifest.files):
        say("Papers without a vector of your own model are found by words; `papersys embed` embeds them.")


def _source(text: str, data: DataFolder) -> "Source":
    from deploy.migrating.sources import FolderSource, check_apart

    if text.startswith(_HUB):
        from deploy.migrating.hub import HubSource

        return HubSource.of(text.removeprefix(_HUB), data)
    path = Path(text).expanduser()
    source = FolderSource(path)
    check_apart(path, data.root)
    return source


def _made_by(texts: Sequence[str]) -> dict[str, str]:
    pairs = [text.partition("=") for text in texts]
    bad = [column + sign + alias for column, sign, alias in pairs if not (column and sign and alias)]
    if bad:
        raise PapersysError(f"--made-by {bad[0]}: write COLUMN=ALIAS, a column and a table of [embedding.models].")
    return {column: alias for column, _, alias in pairs}


def _lent() -> "Lent":
    from deploy.migrating.lent import Lent

    return Lent(STORE_RATINGS.load(), TAKE_KEYWORDS.load(), RECIPE_AND_HASH.load(), _encoder())


def _encoder() -> "Encode":
    """Vectors of keywords by the embedder's model in this process; without it, they are compared by spelling alone."""
    kept: dict[str, Matrix] = {}

    def encode(texts: Sequence[str]) -> "Matrix":
        import numpy as np

        missing = [text for text in dict.fromkeys(texts) if text not in kept]
        if missing:
            try:
                kept.update(zip(missing, open_text_encoder().encode(missing), strict=True))
            except PapersysError as error:
                warn(f"Keywords are compared by spelling alone: {error}")
                kept.update((text, np.zeros(1, np.float32)) for text in missing)
        return np.stack([kept[text] for text in texts]) if texts else np.zeros((0, 1), np.float32)

    return encode
