r"""The names of TeX and its kin, which TeX spells with commands: `\LaTeX{} in {\TeX}` is "LaTeX in TeX".

Only for showing, finding and exporting: what is stored stays as it came.
"""

import re

_OTHERS = ("METAFONT", "METAPOST", "MetaFont", "MetaPost", "MF", "MP", "AmS", "AMS", "ConTeXt", "TikZ", "PSTricks")
_SPELT = {"LaTeXe": "LaTeX2e", "MF": "METAFONT", "MP": "METAPOST", "AmS": "AMS"}
_NAME = rf"\\(?P<{{}}>[A-Za-z]*TeXe?|{'|'.join(_OTHERS)})(?![A-Za-z])"
_LOGO = re.compile(
    r"(?P<formula>\$\$?[^$]*\$\$?)"
    rf"|\{{\s*{_NAME.format('alone')}(?:\{{\}}|\\(?=\s*\}}))?\s*\}}"
    rf"|{_NAME.format('name')}(?:\{{\}}|\\(?= ))?"
)
_COMMAND_BEFORE = re.compile(r"\\[A-Za-z]{1,30}\*?$|[]}]$")


def with_logos(text: str) -> str:
    """The text with those commands as words, outside of formulas, where KaTeX sets them itself."""
    return _LOGO.sub(_word, text) if "\\" in text else text


def _word(match: re.Match[str]) -> str:
    name = match["alone"] or match["name"]
    if not name:
        return match[0]
    word = _SPELT.get(name, name)
    return f"{{{word}}}" if match["alone"] and is_argument(match) else word


def is_argument(braced: re.Match[str]) -> bool:
    """Whether the braces that were matched belong to a command before them."""
    before = braced.string[max(0, braced.start() - 32) : braced.start()]
    return _COMMAND_BEFORE.search(before) is not None
