"""The normal form of a title or an abstract: equal where two texts say the same, however they are written.

arXiv gives accents, letters and Greek as Unicode in the prefix `arXiv` and the query API, and as TeX in `arXivRaw` and
the snapshot (https://github.com/arXiv/arxiv-base, `tex2utf.py`); its conversion also eats spaces and unknown accents.
"""

import html
import re
import unicodedata

from shared.text.tex.signs import tex_signs

_BACKSLASHES = re.compile(r"\\+")
_ACCENT = re.compile(r"""\\['`^"~=.] ?\{? ?(?=\\?[^\W\d_])""")
_LETTER_ACCENT = re.compile(r"\\([Hckruvbdt])(?![A-Za-z]) ?(\{?) ?([A-Za-z])")
_COMMAND = re.compile(r"\\([A-Za-z]+)")
_DASHES = re.compile(r"[-\u2010-\u2015\u2212]+")
_POINT = re.compile(r"[.,](?![0-9])")
_LEFT_OUT = re.compile(r"""[\s{}()\[\]$\\~;:!?"'`´‘’“”„«»\x00-\x1f\x7f\ufeff\ufffd]""")
_STROKE = "\u0338"
_DOTLESS = str.maketrans("ıȷ", "ij")
# arXiv leaves a letter under a letter accent alone where Unicode lacks the pair, and keeps the accent's own letter.
_CONVERTED = {
    "H": "OUou", "c": "CEGKLNRSTceglknrst", "k": "AEIOUaeiou", "r": "AUau", "u": "AEGIOUaegiou",
    "v": "ACDEGHIKLNORSTUZacdeghiklnorstuz",
}  # fmt: skip
_STYLES = frozenset({
    "emph", "textit", "textbf", "textrm", "textsf", "texttt", "textsc", "textup", "text", "mbox", "mathrm", "mathbf",
    "mathit", "mathsf", "mathtt", "mathnormal", "operatorname", "rm", "bf", "it", "sf", "tt", "sc", "em", "sl", "cal",
    "left", "right", "displaystyle", "textstyle", "ensuremath", "protect",
})  # fmt: skip
_LEFT_OUT_SIGNS = {"guillemotleft": "", "guillemotright": ""}


def normal_form(text: str) -> str:
    """The text without what changes no meaning: spaces, case, accents, quotes, braces, ways to write a character."""
    text = " ".join(html.unescape(html.unescape(text)).split())
    if "\\" in text:
        text = _LETTER_ACCENT.sub(_under_accent, _BACKSLASHES.sub(r"\\", text))
        text = _COMMAND.sub(_symbol, _ACCENT.sub("", text))
    text = unicodedata.normalize("NFKD", text).casefold().translate(_DOTLESS)
    text = "".join(char for char in text if char == _STROKE or not unicodedata.combining(char))
    return _LEFT_OUT.sub("", _POINT.sub("", _DASHES.sub("-", text)))


def says_the_same(text: str, other_text: str) -> bool:
    """Whether two texts have one meaning."""
    return text == other_text or normal_form(text) == normal_form(other_text)


def _under_accent(match: re.Match[str]) -> str:
    accent, brace, letter = match.groups()
    is_kept = brace and letter not in _CONVERTED.get(accent, letter)
    return f"{accent}{letter}" if is_kept else letter


def _symbol(match: re.Match[str]) -> str:
    name = match[1]
    if name in _STYLES:
        return ""
    return _LEFT_OUT_SIGNS.get(name, tex_signs().get(name, name))
