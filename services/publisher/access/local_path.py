"""Where a form leads back to: never to another site."""


def local_path(text: str) -> str:
    """A path of this reader; anything that leads elsewhere becomes the first page."""
    is_local = text.startswith("/") and not text.startswith("//") and "\\" not in text and text.isprintable()
    return text if is_local else "/"
