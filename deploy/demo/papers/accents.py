r"""Turns TeX accents such as `Erd\H{o}s` into Unicode, as arXiv does for the `arXiv` format but not for `arXivRaw`."""

import re
import unicodedata

_COMBINING = {
    "'": "\u0301", "`": "\u0300", "^": "\u0302", '"': "\u0308", "~": "\u0303", "=": "\u0304", ".": "\u0307",
    "u": "\u0306", "v": "\u030c", "H": "\u030b", "c": "\u0327", "k": "\u0328", "r": "\u030a",
}  # fmt: skip
_LETTERS = {
    "ss": "ß", "o": "ø", "O": "Ø", "l": "ł", "L": "Ł", "ae": "æ", "AE": "Æ", "oe": "œ", "OE": "Œ", "aa": "å", "AA": "Å",
}  # fmt: skip
_ACCENT = re.compile(r"""\{?\\(?:(['`^"~=.])\s*\{?(\\?[A-Za-z])\}?|([uvHckr])(?:\{(\\?[A-Za-z])\}|\s+([A-Za-z])))\}?""")
_LETTER = re.compile(r"\{\\(ss|ae|AE|oe|OE|aa|AA|o|O|l|L)\}|\\(ss|ae|AE|oe|OE|aa|AA|o|O|l|L)(?![A-Za-z])(?:\{\}|\s)?")
_MATH = re.compile(r"(\$[^$]*\$)")


def tex_to_unicode(text: str) -> str:
    """Mathematics between dollar signs is left alone."""
    if "\\" not in text:
        return text
    return "".join(part if part.startswith("$") else _convert(part) for part in _MATH.split(text))


def _convert(text: str) -> str:
    return _LETTER.sub(lambda match: _LETTERS[match[1] or match[2]], _ACCENT.sub(_accented, text))


def _accented(match: re.Match[str]) -> str:
    mark = _COMBINING[match[1] or match[3]]
    letter = (match[2] or match[4] or match[5]).removeprefix("\\")
    return unicodedata.normalize("NFC", letter + mark)
