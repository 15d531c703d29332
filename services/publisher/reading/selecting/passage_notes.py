"""A selected passage at the end of a person's note on its paper, quoted, with a link to its place."""

import re

from pydantic import BaseModel, ConfigDict, Field

from services.publisher.access.local_path import local_path
from shared.paper_ids import AnyPaperId

MOST_PASSAGE, MOST_REMARK = 4_000, 8_000
_BRACKETS = re.compile(r"[\[\]()<>\s]+")


class PassageForm(BaseModel):
    """What the page sends; `address` is where the passage stands, `section` the heading above it."""

    model_config = ConfigDict(extra="forbid")

    paper_id: AnyPaperId
    passage: str = Field(min_length=1, max_length=MOST_PASSAGE)
    section: str = Field("", max_length=300)
    address: str = Field("", max_length=500)
    remark: str = Field("", max_length=MOST_REMARK)


def with_passage(note: str, form: PassageForm) -> str:
    """The note with the passage and the remark below what stands there; the same passage again is not added twice."""
    section = _BRACKETS.sub(" ", form.section).strip() or "in the text"
    address = local_path(form.address) if form.address else ""
    place = f"[{section}]({address})" if address.startswith("/paper/") and not _BRACKETS.search(address) else section
    lines = " ".join(form.passage.split())
    quoted = f"> {lines}\n>\n> — {place}"
    added = "\n\n".join(filter(None, (quoted, form.remark.strip())))
    if added in note:
        return note
    return f"{note.rstrip()}\n\n{added}" if note.strip() else added
