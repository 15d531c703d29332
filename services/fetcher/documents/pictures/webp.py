"""A picture of a paper made anew as WebP, so that nothing of the file that the authors sent reaches a browser."""

import io
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from PIL import Image

_MOST_PIXELS = 60_000_000
_LONGEST_SIDE = 1_600
_MOST_SCALE = 4.0
_QUALITY = 82
_FORMATS = ("PNG", "JPEG", "GIF")
_WHITE = (255, 255, 255)


class Webp(NamedTuple):
    """The bytes of the new picture and its size in pixels."""

    content: bytes
    width: int
    height: int


def is_webp(content: bytes) -> bool:
    return content[:4] == b"RIFF" and content[8:12] == b"WEBP"


def to_webp(content: bytes) -> Webp | None:
    """A PDF's first page, or a PNG, JPEG or GIF. None for other formats, for what is too large, and for what is broken.

    EPS and SVG are programs of a kind, and are left alone.
    """
    from PIL import Image

    image = _first_page(content) if b"%PDF-" in content[:1024] else _opened(content)
    if image is None:
        return None
    image.thumbnail((_LONGEST_SIDE, _LONGEST_SIDE))
    if image.mode not in ("RGB", "L"):
        layer = image.convert("RGBA")
        image = Image.new("RGB", layer.size, _WHITE)
        image.paste(layer, mask=layer.getchannel("A"))
    out = io.BytesIO()
    image.convert("RGB").save(out, "WEBP", quality=_QUALITY, method=4)
    return Webp(out.getvalue(), image.width, image.height)


def _opened(content: bytes) -> "Image.Image | None":
    from PIL import Image

    try:
        image = Image.open(io.BytesIO(content), formats=_FORMATS)
        if image.width * image.height > _MOST_PIXELS:
            return None
        image.load()
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return None
    return image


def _first_page(content: bytes) -> "Image.Image | None":
    import pypdfium2

    try:
        with pypdfium2.PdfDocument(content) as document:
            page = document[0]
            width, height = page.get_size()
            if not (width > 0 and height > 0):
                return None
            scale = min(_MOST_SCALE, _LONGEST_SIDE / max(width, height))
            image: Image.Image = page.render(scale=scale).to_pil()
            return image
    except (pypdfium2.PdfiumError, IndexError, ValueError):
        return None
