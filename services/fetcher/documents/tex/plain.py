"""TeX to plain words, without a converter: for titles and references, for counting, and where pandoc gives up.

By hand and not by pylatexenc, which takes forty times as long over a whole paper, raises IndexError where an argument
is missing, and writes `<cit.>` and `<ref>` among the words that are counted.
"""

import re
import unicodedata

from services.fetcher.documents.tex.scan import read_group, read_option, without_environments

NOT_TEXT = (
    "tikzpicture", "tikzpicture*", "pspicture", "pspicture*", "picture", "pgfpicture", "feynman", "fmffile",
    "fmfgraph*", "filecontents", "filecontents*", "comment", "CCSXML", "asy", "axis", "xy", "overpic", "tikzcd",
    "circuitikz", "forest", "psfrags", "chemfig", "prooftree",
)  # fmt: skip
_MATH_ENVIRONMENTS = (
    "equation", "align", "eqnarray", "gather", "multline", "alignat", "flalign", "displaymath", "math", "dmath",
    "subequations", "array", "split", "aligned", "IEEEeqnarray",
)  # fmt: skip
_INNER_ENVIRONMENTS = ("array", "split", "aligned", "subequations")
_SWALLOWED = re.compile(
    r"\\(?:label|ref|eqref|cref|Cref|autoref|pageref|vref|nameref|cite[a-zA-Z]*|Cite[a-zA-Z]*|parencite|textcite|footcite|"
    r"nocite|bibliography|bibliographystyle|includegraphics|includepdf|epsfig|psfig|epsfbox|epsffile|vspace|hspace|"
    r"setlength|addtolength|setcounter|addtocounter|newcommand|renewcommand|providecommand|newenvironment|"
    r"renewenvironment|newtheorem|usepackage|documentclass|pagestyle|thispagestyle|input|include|hypersetup|"
    r"definecolor|color|graphicspath|addcontentsline|markboth|markright|rule|vskip|hskip|numberwithin|theoremstyle|"
    r"DeclareMathOperator|phantom|hphantom|vphantom|index|glossary|todo|fontsize|selectlanguage|thanks|tag|"
    r"multicolumn|multirow|cline|cmidrule|bibitem|natexlab|urlstyle|pacs|"
    r"email|ead|orcid|tnoteref|corref|fnref|fnmsep|footnotemark|inst|IfFileExists|captionsetup|tikzset|lstset|tcbset|sisetup)(?![a-zA-Z@])\*?"
)
_TWO_ARGUMENTS = frozenset((
    "setlength", "addtolength", "setcounter", "addtocounter", "newcommand", "renewcommand", "providecommand",
    "newtheorem", "rule", "fontsize", "DeclareMathOperator", "numberwithin", "markboth", "IfFileExists",
))  # fmt: skip
_ACCENTS = {
    "'": "\u0301", "`": "\u0300", "^": "\u0302", '"': "\u0308", "~": "\u0303", "=": "\u0304", ".": "\u0307",
    "u": "\u0306", "v": "\u030c", "H": "\u030b", "c": "\u0327", "k": "\u0328", "r": "\u030a", "d": "\u0323",
    "b": "\u0331", "t": "\u0361",
}  # fmt: skip
_LETTERS = {
    "ss": "ß", "ae": "æ", "AE": "Æ", "oe": "œ", "OE": "Œ", "o": "ø", "O": "Ø", "aa": "å", "AA": "Å", "l": "ł",
    "L": "Ł", "i": "ı", "j": "ȷ", "dh": "ð", "th": "þ", "S": "§", "P": "¶", "LaTeX": "LaTeX", "TeX": "TeX",
    "LaTeXe": "LaTeX2e", "BibTeX": "BibTeX", "XeTeX": "XeTeX", "XeLaTeX": "XeLaTeX", "LuaTeX": "LuaTeX",
    "pdfTeX": "pdfTeX", "LuaLaTeX": "LuaLaTeX", "pdfLaTeX": "pdfLaTeX", "ConTeXt": "ConTeXt", "TikZ": "TikZ",
    "METAFONT": "METAFONT",
    "dag": "†", "ldots": "…", "dots": "…", "textendash": "–", "textemdash": "—", "textasciitilde": "~",
    "textbackslash": "\\", "pounds": "£", "copyright": "©", "textregistered": "®", "texttrademark": "™", "euro": "€",
    "etalchar": "",
}  # fmt: skip
_ACCENT = re.compile(
    r"\\(?:(['`^\"~=.])\s*|([uvHckrdbt])(?![a-zA-Z])\s*)(?:\{\s*(\\[ij](?![a-zA-Z])|[A-Za-z])\s*\}|(\\[ij](?![a-zA-Z])|[A-Za-z]))"
)
_LETTER = re.compile(r"\\(" + "|".join(sorted(_LETTERS, key=len, reverse=True)) + r")(?![a-zA-Z])(?:\{\}|[ \t]*)")
_DISPLAY = re.compile(r"\\\[.*?\\\]|\$\$.*?\$\$", re.S)
_INLINE = re.compile(r"\\\(.*?\\\)|(?<!\\)\$[^$]{0,2000}?(?<!\\)\$", re.S)


def plain_text(tex: str, *, keep_math: bool = True) -> str:
    """The words of a TeX text, paragraph by paragraph; mathematics stays TeX between dollars, or goes."""
    text = without_environments(tex.replace("\0", ""), NOT_TEXT)
    kept: list[str] = []

    def store(match: re.Match[str]) -> str:
        kept.append(match[0] if keep_math else " ")
        return f"\0{len(kept) - 1}\0"

    text = _math_environments(text, store)
    text = _INLINE.sub(store, _DISPLAY.sub(store, text))
    text = _without_swallowed(unaccented(text))
    text = re.sub(r"\\(?:begin|end)\s*\{[^{}]*\}(?:\[[^\]]*\])?(?:\{[^{}]*\})?", "\n\n", text)
    text = re.sub(r"\\(?:par|newpage|clearpage|item)(?![a-zA-Z])", "\n\n", text)
    text = re.sub(r"\\\\(?:\[[^\]]*\])?|\\[ ,;:!/>]|~", " ", text)
    text = re.sub(r"[ \t]*(?<!\\)&[ \t]*", " ", text)
    text = re.sub(r"\\([%&_#${}])", r"\1", text)
    text = re.sub(r"\\[a-zA-Z@]+\*?(?:\[[^\]\n]{0,200}\])?|\\.", " ", text)
    text = re.sub(r"---", "—", text.replace("``", "“").replace("''", "”"))
    text = re.sub(r"--", "–", re.sub(r"(?<!\\)[{}]", "", text))
    text = re.sub(r"\0(\d+)\0", lambda match: kept[int(match[1])], text)
    paragraphs = (" ".join(part.split()) for part in re.split(r"\n\s*\n", text))
    return "\n\n".join(part for part in paragraphs if part)


def formulas_in(tex: str) -> int:
    """How many formulas a TeX text has."""
    number = [0]

    def count(match: re.Match[str]) -> str:
        number[0] += 1
        return " "

    outer = "|".join(re.escape(name) for name in _MATH_ENVIRONMENTS if name not in _INNER_ENVIRONMENTS)
    without = re.sub(rf"\\begin\s*\{{((?:{outer})\*?)\}}.*?\\end\s*\{{\1\}}", count, tex, flags=re.S)
    _INLINE.sub(count, _DISPLAY.sub(count, without))
    return number[0]


def unaccented(tex: str) -> str:
    """TeX accents and special letters as Unicode."""

    def compose(match: re.Match[str]) -> str:
        letter = (match[3] or match[4]).removeprefix("\\")
        return unicodedata.normalize("NFC", letter + _ACCENTS[match[1] or match[2]])

    return _LETTER.sub(lambda match: _LETTERS[match[1]], _ACCENT.sub(compose, tex))


def words_of(text: str) -> list[str]:
    """Words for counting: runs of at least two letters, in lower case."""
    return re.findall(r"[^\W\d_]{2,}", text.lower())


def _math_environments(text: str, store: object) -> str:
    names = "|".join(map(re.escape, _MATH_ENVIRONMENTS))
    pattern = re.compile(rf"\\begin\s*\{{((?:{names})\*?)\}}.*?\\end\s*\{{\1\}}", re.S)
    return pattern.sub(store, text)  # type: ignore[call-overload, no-any-return]


def _without_swallowed(text: str) -> str:
    """Without the commands whose arguments nobody reads."""
    out: list[str] = []
    position = 0
    while (match := _SWALLOWED.search(text, position)) is not None:
        out.append(text[position : match.start()])
        position = match.end()
        name = match[0].strip("\\*")
        for _ in range(2 if name in _TWO_ARGUMENTS else 1):
            while (option := read_option(text, position)) is not None and option.end - position < 500:
                position = option.end
            group = read_group(text, position)
            position = group.end if group is not None and group.end - position < 20_000 else position
        out.append(" ")
    return "".join([*out, text[position:]])
