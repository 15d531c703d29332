"""Figures that the site may show: those under Creative Commons licences, each paper's with its attribution."""

from typing import NamedTuple

from services.publisher.records.records import Records
from shared.licences import licence_name
from shared.paper_ids import folder_name
from shared.store.files.data_folder import DataFolder
from shared.store.papers.documents import DocumentRecord
from shared.store.papers.metadata import Paper


class Figure(NamedTuple):
    """`file` is the picture's name; `licence` its name, as in `CC BY 4.0`."""

    number: int
    file: str
    caption: str
    licence: str


def figures_of(paper: Paper, document: DocumentRecord | None, most: int) -> list[Figure]:
    """The first figures that have a picture; none where the licence does not allow it."""
    licence = licence_name(paper.license)
    if licence is None or document is None:
        return []
    captions = {caption.number: caption.text for caption in document.captions if caption.kind == "figure"}
    pictures = sorted(document.pictures, key=lambda picture: picture.number)[:most]
    return [Figure(picture.number, picture.file, captions.get(picture.number, ""), licence) for picture in pictures]


def store_figures(
    data: DataFolder, records: Records, paper_id: str, version: int, figures: list[Figure]
) -> list[Figure]:
    """Copy the pictures into the site's content; returns the figures whose picture is there."""
    stored = []
    for figure in figures:
        content = records.documents.picture(paper_id, version, figure.file)
        if content is not None:
            data.write_bytes(data.path("site", "content", "figures", folder_name(paper_id), figure.file), content)
            stored.append(figure)
    return stored
