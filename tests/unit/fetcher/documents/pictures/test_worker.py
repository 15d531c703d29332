"""The worker hands back what could be made, and what it hands back is looked at."""

import io

from PIL import Image

from services.fetcher.documents.pictures.webp import is_webp
from services.fetcher.documents.pictures.worker import pictures_of, read_pictures


def png() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (8, 4)).save(out, "PNG")
    return out.getvalue()


def test_pictures_come_in_order_and_those_that_cannot_be_made_are_left_out() -> None:
    files = {"a.png": png(), "b.eps": b"%!PS", "c.png": png()}
    made = list(pictures_of(files, [(1, ["a", "b"]), (3, ["missing", "c"])]))
    assert [(picture.number, picture.file) for picture in made] == [(1, "figure-1-1.webp"), (3, "figure-3-2.webp")]
    assert all(is_webp(picture.content) for picture in made)


def test_of_what_a_worker_wrote_only_pictures_are_taken() -> None:
    (made,) = pictures_of({"a.png": png()}, [(1, ["a"])])
    line = made.model_dump_json()
    hostile = made.model_copy(update={"data": "PHNjcmlwdD4="}).model_dump_json()
    output = "\n".join([line, hostile, "no JSON", line[:50]]).encode()
    assert read_pictures(output) == [made]
