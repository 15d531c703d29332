"""Whose text may be read by whom: a paper's by everybody, a person's own file by that person alone."""

from services.publisher.pages.addresses import read_paper_id
from services.publisher.pages.components import Components


def readable_id(mine: Components, text: str) -> str:
    """The id of an address, of a paper or of the person's own file. Raises HTTPException 404."""
    return text if mine.library.own_file(text) is not None else read_paper_id(text)
