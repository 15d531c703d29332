"""Titles and abstracts of other servers as plain words: without HTML or JATS, entities, and bioRxiv's marks of layout.

A `<` that begins no element that texts are set with is a sign of the text, and stays.
"""

import html
import re

_BLOCKS = "p|br|div|ul|ol|li|dl|dt|dd|h[1-6]|hr|tr|table|tbody|blockquote|pre|sec|title|abstract|list|list-item|label"
_INLINE = (
    "i|b|u|s|em|strong|italic|bold|underline|sup|sub|sc|span|small|big|tt|code|a|font|monospace|ext-link|xref"
    "|inline-formula|named-content|styled-content"
)
_ATTRIBUTES = r"(?:\s+[\w:-]+\s*=[^<>]{0,300})?"
_BLOCK = re.compile(rf"</?(?:jats:)?(?:{_BLOCKS}){_ATTRIBUTES}\s*/?>", re.I)
_ELEMENT = re.compile(rf"</?(?:jats:)?(?:{_INLINE}){_ATTRIBUTES}\s*/?>|<!--.{{0,2000}}?-->", re.I | re.S)
_ENTITY = re.compile(r"&(?:#\d{1,6}|#x[0-9a-f]{1,6}|[a-z]{2,8}\d?);", re.I)
_FIGURE = re.compile(r"O_(FIG|TBL)(?![a-z]).{0,3000}?C_\1(?![a-z])", re.S)
_MARK = re.compile(r"[OC]_(?:ST_ABS|TEXTBOX|LST|LI|FIG|TBL|QUOTE)")
_CAPITALS = re.compile(r"[OC]_SCP(?:LOW|CAP)")


def plain_words(text: str | None) -> str:
    """On one line; what a repository escaped twice is read, too."""
    plain = _CAPITALS.sub("", _MARK.sub(" ", _FIGURE.sub(" ", text or "")))
    for _ in range(2):
        plain = _ELEMENT.sub("", _BLOCK.sub(" ", plain))
        plain = _ENTITY.sub(lambda match: html.unescape(match[0]), plain)
    return " ".join(_ELEMENT.sub("", _BLOCK.sub(" ", plain)).split())
