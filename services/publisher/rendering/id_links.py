"""Lines that name papers by their ids, `(arXiv:2611.00101)`, with a link to each paper's page."""

import re
from urllib.parse import quote

from markupsafe import Markup

from services.publisher.rendering.safe_html import tex_html

_ID = re.compile(r"\(arXiv:(?P<id>\d{4}\.\d{4,5}|[a-z-]+(?:\.[A-Z]{2})?/\d{7})\)")
_LINK = Markup('(<a href="{}">arXiv:{}</a>)')


def linked_html(text: str) -> Markup:
    """The line as safe HTML, formulas included."""
    pieces: list[Markup] = []
    position = 0
    for match in _ID.finditer(text):
        pieces += [_kept(text[position : match.start()]), _LINK.format(f"/paper/{quote(match['id'])}", match["id"])]
        position = match.end()
    return Markup().join([*pieces, _kept(text[position:])])


def _kept(text: str) -> Markup:
    """As `tex_html`, with the spaces at both ends."""
    inner = text.strip()
    before, _, after = text.partition(inner) if inner else (text, "", "")
    return Markup() + before + tex_html(inner) + after
