"""Papers as commands take and print them: ids in any spelling, and titles."""

from collections.abc import Iterable

import typer

from shared.command_line.context import load
from shared.paper_ids import parse_paper_id
from shared.settings.settings import CommonSettings


def paper_id_of(text: str) -> str:
    """An id in its plain spelling. Raises typer.BadParameter."""
    try:
        return parse_paper_id(text)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error


def titles_of(paper_ids: Iterable[str]) -> dict[str, str]:
    """The titles of stored papers on one line each; empty for others."""
    from shared.store.files.data_folder import DataFolder
    from shared.store.papers.metadata import MetadataStore

    ids = list(paper_ids)
    if not ids:
        return {}
    settings = load(CommonSettings)
    papers = MetadataStore(DataFolder(settings.data.path, settings.data.min_free_mb)).get(ids)
    return {paper_id: " ".join(papers[paper_id].title.split()) if paper_id in papers else "" for paper_id in ids}
