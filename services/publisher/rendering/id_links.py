"""Lines that name papers, `(arXiv:2611.00101)`, `(bioRxiv 10.1101/2026.11.02.600101)`, with a link to each page."""

import re
from urllib.parse import quote

from markupsafe import Markup

from services.publisher.rendering.safe_html import tex_html

_ID = re.compile(
    r"\((?P<label>arXiv:(?P<id>\d{4}\.\d{4,5}|[a-z-]+(?:\.[A-Z]{2})?/\d{7})|(?:bioRxiv|medRxiv) (?P<doi>10\.[\d./]+))\)"
)
_LINK = Markup('(<a href="{}">{}</a>)')


def linked_html(text: str) -> Markup:
    """The line as safe HTML, formulas included."""
    pieces: list[Markup] = []
    position = 0
    for match in _ID.finditer(text):
        name = match["id"] or match["doi"]
        pieces += [_kept(text[position : match.start()]), _LINK.format(f"/paper/{quote(name)}", match["label"])]
        position = match.end()
    return Markup().join([*pieces, _kept(text[position:])])


def _kept(text: str) -> Markup:
    """As `tex_html`, with the spaces at both ends."""
    inner = text.strip()
    before, _, after = text.partition(inner) if inner else (text, "", "")
    return Markup() + before + tex_html(inner) + after
