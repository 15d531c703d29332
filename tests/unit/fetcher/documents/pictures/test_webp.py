"""Pictures are made anew: what a browser gets is never the file that somebody sent."""

import io

import pytest
from PIL import Image

from services.fetcher.documents.pictures.webp import is_webp, to_webp


def image(kind: str, size: tuple[int, int] = (40, 20), mode: str = "RGB") -> bytes:
    out = io.BytesIO()
    Image.new(mode, size).save(out, kind)
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "size"),
    [
        (image("PNG"), (40, 20)),
        (image("PNG", mode="RGBA"), (40, 20)),
        (image("JPEG", (3200, 1600)), (1600, 800)),
        (image("GIF", mode="P"), (40, 20)),
        (image("PDF", (200, 100)), (800, 400)),
    ],
    ids=["PNG", "transparent PNG", "JPEG", "GIF", "PDF"],
)
def test_a_picture_is_made_anew_and_no_larger_than_a_page_needs(content: bytes, size: tuple[int, int]) -> None:
    made = to_webp(content)
    assert made is not None
    assert is_webp(made.content)
    assert (made.width, made.height) == size


def test_what_is_transparent_becomes_white() -> None:
    made = to_webp(image("PNG", mode="RGBA"))
    assert made is not None
    assert Image.open(io.BytesIO(made.content)).convert("RGB").getpixel((1, 1)) == (255, 255, 255)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\nshowpage",
        b"%PDF-1.4 garbage",
        image("PNG")[:40],
        image("BMP"),
    ],
    ids=["nothing", "SVG", "EPS", "torn PDF", "torn PNG", "BMP"],
)
def test_what_is_no_picture_or_a_program_is_left_out(content: bytes) -> None:
    assert to_webp(content) is None
