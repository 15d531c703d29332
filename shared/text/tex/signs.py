r"""The characters that TeX's commands stand for: `\alpha` is α, `\o` is ø."""

from collections.abc import Mapping
from functools import cache

_BY_HAND = {
    "P": "¶", "S": "§", "copyright": "©", "pounds": "£", "deg": "°", "textdegree": "°", "dag": "†", "ddag": "‡",
    "DH": "Ð", "ETH": "Ð", "DJ": "Đ", "NG": "Ŋ", "TH": "Þ", "dh": "ð", "eth": "ð", "dj": "đ", "ng": "ŋ", "th": "þ",
    "textless": "<", "textgreater": ">", "textmu": "μ", "textpertenthousand": "‱", "textperthousand": "‰",
    "textemdash": "—", "textendash": "–", "ldots": "…", "dots": "…", "ie": "i.e.", "eg": "e.g.", "etal": "et al.",
}  # fmt: skip


@cache
def tex_signs() -> Mapping[str, str]:
    """What each command of one character stands for, and a few of several."""
    from pylatexenc.latex2text import get_default_latex_context_db

    specs = get_default_latex_context_db().iter_macro_specs()
    replacements = ((spec.macroname, spec.simplify_repl) for spec in specs)
    single = {name: char for name, char in replacements if name.isalpha() and isinstance(char, str) and len(char) == 1}
    return {**single, **_BY_HAND}
