"""Reads the form of the Setup page: many checkboxes, and a file where somebody has a bibliography."""

from starlette.exceptions import HTTPException
from starlette.requests import Request

from shared.text.safe.encodings import decoded

MOST_BYTES = 8 << 20
_MOST_FIELDS = 600
_LONGEST_NAME = 100


async def read_form(request: Request) -> dict[str, list[str]]:
    """All values of each field; a file's text stands under its field's name with `_text`, its own name with `_file`.

    Raises HTTPException: 411 or 413.
    """
    check_size(request)
    fields: dict[str, list[str]] = {}
    async with request.form(max_files=2, max_fields=_MOST_FIELDS, max_part_size=MOST_BYTES) as form:
        for name, value in form.multi_items():
            if isinstance(value, str):
                fields.setdefault(name, []).append(value)
            elif value.filename:
                fields.setdefault(f"{name}_text", []).append(decoded(await value.read()))
                fields.setdefault(f"{name}_file", []).append(plain_name(value.filename))
    return fields


def check_size(request: Request) -> None:
    """A body that says how long it is cannot be longer: the server cuts it off there."""
    length = request.headers.get("content-length", "")
    if not length.isdigit():
        raise HTTPException(411, "Send the form with its length (Content-Length).")
    if int(length) > MOST_BYTES:
        raise HTTPException(
            413, f"The form is larger than {MOST_BYTES >> 20} MB; paste a part of your papers at a time."
        )


def plain_name(name: str) -> str:
    """The name without folders, short enough to be shown."""
    return name.replace("\\", "/").rpartition("/")[2][:_LONGEST_NAME] or "file"
