r"""TeX among the words of titles and abstracts, as people read it: `Schr\"odinger`, `{\mu}m`, `\href{...}{our page}`.

Only for showing, marking and exporting: what is stored stays as it came. Formulas stay TeX, and so do commands that
only the paper's own source explains, such as `\ours`.
"""

import re
import unicodedata

from shared.text.tex.logos import is_argument, with_logos
from shared.text.tex.signs import tex_signs

MONEY = re.compile(r"(?<![^\s(\[/–-])\$(?=\d[\d.,]*[KMBkmb]?(?:\s[A-Za-z]{2,}|\s?[-–/]?\s?\$\d))")
"""A dollar that begins an amount, and no formula."""
_FORMULA = re.compile(r"(?<!\\)\$\$.+?\$\$|(?<!\\)\$[^$]*\$|\\\((?:(?!\\\().)+?\\\)|\\\[(?:(?!\\\[).)+?\\\]", re.DOTALL)
_PLACE = re.compile("\x00(\\d+)\x00")
_MARKS = {
    "'": "\u0301", "`": "\u0300", "^": "\u0302", '"': "\u0308", "~": "\u0303", "=": "\u0304", ".": "\u0307",
    "u": "\u0306", "v": "\u030c", "H": "\u030b", "c": "\u0327", "k": "\u0328", "r": "\u030a", "d": "\u0323",
}  # fmt: skip
_ACCENT = re.compile(
    r"""(\{)?\\(?:(['`^"~=.])(?:\{\s*(\\?[A-Za-z])\s*\}|(\\[ij](?![A-Za-z])|[A-Za-z]))|([uvHckrd])\{\s*(\\?[A-Za-z])\s*\})(?(1)\})"""
)
_SIGN = re.compile(r"\{\s*\\([A-Za-z]+)\s*\}|\\([A-Za-z]+)(?:\{\})?")
_GROUP = r"\{([^{}]*)\}"
_STYLE = re.compile(
    rf"\\(?:emph|text(?:it|bf|tt|sc|rm|sf|sl|up|md|normal)?|mbox|underline|uline|mathrm|url|textcolor\{{[^{{}}]*\}}){_GROUP}"
)
_SWITCH = re.compile(r"\{\s*\\(?:em|bf|it|sc|tt|sf|rm|sl|large|Large|small|bfseries|itshape)(?![A-Za-z])\s*([^{}]*)\}")
_LINK = re.compile(rf"\\(?:href|hyperlink){_GROUP}{_GROUP}")
_RAISED = re.compile(rf"\\textsuperscript{_GROUP}")
_LOWERED = re.compile(rf"\\textsubscript{_GROUP}")
_FOOTNOTE = re.compile(rf"\\footnote{_GROUP}")
_CITATION = re.compile(rf"\s?~?\\cite[pt]?{_GROUP}")
_SPACE = re.compile(r"\\[ ,]|~(?=[\\\x00])")
_NOTHING_DEEPER = 6
_LOWERED_DIGITS = str.maketrans("0123456789+-", "₀₁₂₃₄₅₆₇₈₉₊₋")
_RAISED_DIGITS = str.maketrans("0123456789+-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻")


def in_words(text: str) -> str:
    """The text with its TeX outside of formulas in plain words and letters, as far as it can be read so."""
    if "\\" not in text:
        return text
    formulas: list[str] = []

    def keep(match: re.Match[str]) -> str:
        formulas.append(match[0])
        return f"\x00{len(formulas) - 1}\x00"

    words = _FORMULA.sub(keep, MONEY.sub(keep, with_logos(text.replace("\x00", ""))))
    words = _SIGN.sub(_sign, _ACCENT.sub(_accented, words))
    for _ in range(_NOTHING_DEEPER):
        plainer = _unwrapped(words)
        if plainer == words:
            break
        words = plainer
    return _PLACE.sub(lambda match: _PLACE.sub("$", formulas[int(match[1])]), _SPACE.sub(" ", words))


def _unwrapped(words: str) -> str:
    """Without the innermost commands that style, link or cite what they hold."""
    words = _RAISED.sub(lambda match: match[1].translate(_RAISED_DIGITS), _CITATION.sub("", words))
    words = _LOWERED.sub(lambda match: match[1].translate(_LOWERED_DIGITS), words)
    words = _FOOTNOTE.sub(r" (\1)", _LINK.sub(lambda match: match[2] or match[1], words))
    return _SWITCH.sub(r"\1", _STYLE.sub(r"\1", words))


def _accented(match: re.Match[str]) -> str:
    letter = (match[3] or match[4] or match[6]).removeprefix("\\")
    whole = unicodedata.normalize("NFC", letter + _MARKS[match[2] or match[5]])
    return f"{{{whole}}}" if match[1] and is_argument(match) else whole


def _sign(match: re.Match[str]) -> str:
    sign = tex_signs().get(match[1] or match[2])
    if sign is None:
        return match[0]
    return f"{{{sign}}}" if match[1] and is_argument(match) else sign
