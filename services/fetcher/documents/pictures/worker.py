"""The pictures of a source in a process of their own: whatever a picture does to its decoder ends with that process.

`python -m services.fetcher.documents.pictures.worker OPTIONS` (JSON) writes the pictures as JSON to standard output.
"""

import base64
import json
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from services.fetcher.documents.pictures.source_files import find_picture, picture_folders
from services.fetcher.documents.pictures.webp import is_webp, to_webp
from services.fetcher.documents.sources.eprint import Limits, SourceRefused, open_source
from shared.store.papers.documents import PICTURE_NAME, Picture

MODULE = "services.fetcher.documents.pictures.worker"
_MOST_PICTURES = 60
_MOST_BYTES = 12 * 1024**2
_SECONDS = 30.0


@dataclass(frozen=True)
class PictureJob:
    """The source, and for each figure its number and the names of its pictures."""

    path: str
    seconds: float
    memory_mb: int
    limits: Limits
    figures: Sequence[tuple[int, Sequence[str]]]


class MadePicture(BaseModel):
    """A picture as the worker hands it back; `data` is base64."""

    model_config = ConfigDict(frozen=True)

    number: int
    file: str = Field(pattern=PICTURE_NAME.pattern)
    width: int
    height: int
    data: str

    @property
    def content(self) -> bytes:
        return base64.b64decode(self.data)

    @property
    def picture(self) -> Picture:
        return Picture(number=self.number, file=self.file, width=self.width, height=self.height)


def pictures_of(files: Mapping[str, bytes], figures: Sequence[tuple[int, Sequence[str]]]) -> Iterator[MadePicture]:
    """What could be made, in order: the rest is left out, as is all that comes after there are many or large ones."""
    names, folders = {name.lower(): name for name in files}, picture_folders(files)
    size = count = 0
    for number, wanted in figures:
        for place, name in enumerate(wanted, start=1):
            member = find_picture(name, names, folders)
            made = to_webp(files[member]) if member else None
            if made is None:
                continue
            size += len(made.content)
            count += 1
            if count > _MOST_PICTURES or size > _MOST_BYTES:
                return
            data = base64.b64encode(made.content).decode("ascii")
            yield MadePicture(
                number=number, file=f"figure-{number}-{place}.webp", width=made.width, height=made.height, data=data
            )


def read_pictures(output: bytes) -> list[MadePicture]:
    """What a worker wrote, a line a picture, as far as it came; what is no picture is left out."""
    made: list[MadePicture] = []
    for line in output.splitlines():
        try:
            picture = MadePicture.model_validate_json(line)
            if is_webp(picture.content):
                made.append(picture)
        except (ValidationError, ValueError):
            continue
    return made


def main() -> None:
    content = json.loads(sys.argv[1])
    end = time.monotonic() + min(_SECONDS, content["seconds"])
    try:
        files = open_source(Path(content["path"]).read_bytes(), Limits(**content["limits"])).files
    except SourceRefused:
        return
    for made in pictures_of(files, content["figures"]):
        sys.stdout.write(made.model_dump_json() + "\n")
        sys.stdout.flush()
        if time.monotonic() > end:
            return


if __name__ == "__main__":
    main()
