"""The form of the import page: one file, or text that is pasted, and what papers without a rating are."""

from typing import Literal, NamedTuple

from starlette.datastructures import UploadFile
from starlette.requests import Request

from services.publisher.system.setup.reading_forms import MOST_BYTES, check_size, plain_name
from shared.errors import PapersysError
from shared.text.rating_files.reading import text_of

Label = Literal["like", "dislike"]
PASTED = "pasted text"


class UploadForm(NamedTuple):
    """A file as text, and how its papers count where it says nothing of them."""

    name: str
    text: str
    lists_are: Label


async def read_upload(request: Request) -> UploadForm:
    """Raises PapersysError for no file or one that is no text, HTTPException 411 or 413 for one that is too large."""
    check_size(request)
    async with request.form(max_files=1, max_fields=10, max_part_size=MOST_BYTES) as form:
        lists_are: Label = "dislike" if form.get("lists_are") == "dislike" else "like"
        file, pasted = form.get("file"), form.get("text")
        if isinstance(file, UploadFile) and file.filename:
            name = plain_name(file.filename)
            return UploadForm(name, text_of(await file.read(), name), lists_are)
    if isinstance(pasted, str) and pasted.strip():
        return UploadForm(PASTED, pasted, lists_are)
    raise PapersysError("Choose a file, or paste papers into the field.")


def label_of(text: str | None) -> Label:
    return "dislike" if text == "dislike" else "like"
