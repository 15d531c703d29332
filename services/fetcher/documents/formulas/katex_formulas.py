"""Formulas as KaTeX reads them: what it does not know, from plain TeX to journal styles, rewritten in what it does.

`katex_commands.txt` lists the commands that KaTeX 0.19 knows (https://katex.org/docs/supported).
"""

import re

from services.fetcher.documents.formulas.arrays import with_arrays, with_known_environments
from services.fetcher.documents.formulas.katex_commands import with_known_commands
from services.fetcher.documents.formulas.units import chemical, number, unit
from services.fetcher.documents.tex.plain import unaccented
from services.fetcher.documents.tex.scan import read_group, replace_command

_MAX_FORMULA = 60_000
_LENGTH = r"-?\s*(?:\d*[.,]?\d*)\s*(?:true\s*)?\\?(?:pt|cm|mm|in|em|ex|mu|bp|pc|sp|[a-z]*width|[a-z]*indent)"
_SKIP = re.compile(
    rf"\\(?:hskip|mskip|vskip|kern|mkern|vglue|hglue)\s*(?:{_LENGTH}(?:\s*(?:plus|minus)\s*[\d.]*\s*\w+)*)?"
)
_BOX = re.compile(rf"\\(?:raise|lower|moveleft|moveright)\s*{_LENGTH}\s*")
_ASSIGNMENT = re.compile(
    rf"\\(?:arraycolsep|baselineskip|jot|tabcolsep|mathindent|delimitershortfall|nulldelimiterspace)\s*=?\s*{_LENGTH}"
)
_BOX_TO = re.compile(rf"\\(hbox|mbox|vbox|vtop|vcenter)\s*(?:to|spread)\s*{_LENGTH}")
_TEXT = re.compile(r"\\(text|hbox|textrm|textit|textbf|textsf|texttt|textup|mbox)(?![a-zA-Z])\s*(?=\{)")
_BRACED = re.compile(
    r"\\(vec|hat|bar|tilde|dot|ddot|widehat|widetilde|overline|underline|sqrt|acute|check|breve|mathring)\s*"
    r"(\\(?:math(?:bf|rm|cal|bb|frak|scr|sf|it|tt)|boldsymbol|bm|operatorname|Bbb|bold|not|text)\s*(?:\{[^{}]*\}|\\[a-zA-Z]+|\w))"
)
_DOUBLE_SCRIPT = re.compile(r"([\^_])(\{(?:[^{}]|\{[^{}]*\})*\}|\\[a-zA-Z]+|[^\s{}\\])(\s*)(?=\1)")
_DELIMITERS = re.compile(r"\\(left|right)(?![a-zA-Z])")


def ready_formula(tex: str, *, is_display: bool) -> str:
    """The inside of a formula, changed only where KaTeX would refuse it."""
    if len(tex) > _MAX_FORMULA:
        return tex
    tex = re.sub(r"\n[ \t]*(?=\n)", "", tex)
    tex = _plain_tex(_ASSIGNMENT.sub("", _BOX.sub("", _BOX_TO.sub(r"\\\1", tex))))
    tex = _without_equation_numbers(tex)
    tex = with_known_environments(tex)
    tex = _texts(re.sub(r"\\(?:mbox|makebox)\s*(?:\[[^\]]*\]\s*){0,2}(?=\{)", r"\\text", tex))
    tex = with_known_commands(tex)
    tex = _BRACED.sub(r"\\\1{\2}", tex)
    tex = _DOUBLE_SCRIPT.sub(r"\1\2{}\3", tex)
    tex = _balanced(_outside_text(tex))
    if re.search(r"(?<!\\)&", tex) and not re.search(r"\\begin\s*\{", tex):
        tex = rf"\begin{{aligned}}{tex}\end{{aligned}}"
    return tex if is_display else " ".join(tex.split())


def _plain_tex(tex: str) -> str:
    """What plain TeX and packages say otherwise."""
    tex = with_arrays(tex)
    tex = re.sub(r"\\buildrel(.{1,80}?)\\over(?![a-zA-Z])", r"\\stackrel{\1}", tex, flags=re.S)
    tex = re.sub(r"\\root\s*(.{1,40}?)\s*\\of(?![a-zA-Z])", r"\\sqrt[\1]", tex, flags=re.S)
    tex = replace_command(_without_diagram_options(tex), "xymatrix", 1, lambda values: _diagram(values[0]))
    tex = replace_command(
        tex, "inferrule", 2, lambda values: rf"\dfrac{{{_premises(values[0])}}}{{{_premises(values[1])}}}"
    )
    tex = replace_command(tex, "infer", 2, lambda values: rf"\dfrac{{{_premises(values[1])}}}{{{values[0]}}}")
    tex = replace_command(tex, "ang", 1, lambda values: rf"{values[0].replace(';', ' ')}^{{\circ}}")
    tex = replace_command(tex, "(?:href|html(?:Class|Id|Style|Data))", 2, lambda values: values[1])
    tex = replace_command(tex, "lefteqn", 1, lambda values: "{" + values[0] + "}")
    tex = replace_command(tex, "multicolumn", 3, lambda values: values[2])
    tex = replace_command(
        tex, "sideset", 2, lambda values: f"{{}}{values[0]}{values[1]}" if "#" not in values[0] else ""
    )
    tex = replace_command(tex, "prescript", 3, lambda values: f"{{}}^{{{values[0]}}}_{{{values[1]}}}{values[2]}")
    tex = replace_command(tex, "resizebox", 3, lambda values: values[2])
    tex = replace_command(tex, "scalebox", 2, lambda values: values[1])
    tex = replace_command(tex, "parbox", 2, lambda values: rf"\text{{{values[1]}}}")
    tex = replace_command(tex, "(?:inter|shortinter)text", 1, lambda values: rf"\\ \text{{{values[0]}}} \\")
    tex = replace_command(tex, "(?:SI|qty)", 2, lambda values: rf"{number(values[0])}\,{unit(values[1])}")
    tex = replace_command(tex, "num", 1, lambda values: number(values[0]))
    tex = replace_command(tex, "(?:si|unit)", 1, lambda values: unit(values[0]))
    tex = replace_command(tex, "(?:ce|cf)", 1, lambda values: chemical(values[0]))
    tex = replace_command(
        tex, "(?:eqref|ref|cref|Cref|cite|citep|citet|autoref)", 1, lambda values: rf"\text{{{_key(values[0])}}}"
    )
    return _SKIP.sub(r"\\ ", tex)


_DIAGRAM_OPTIONS = re.compile(r"\\xymatrix(?:@[^{}@\s]*(?:\{[^{}]*\})?)*\s*(?=\{)")
_ARROW = re.compile(
    r"\\ar(?:@(?:\{[^{}]*(?:\{[^{}]*\})?[^{}]*\}|<[^<>]*>|/[^/]*/|\([^()]*\)|[=-]>?|\*[^\[]*))*\s*(?:\[[^\[\]]*\])?"
    r"(?:\s*[\^_|]-?(?:\{(?:[^{}]|\{[^{}]*\})*\}|\\[a-zA-Z]+|[^\s{}\\]))*"
)


def _without_diagram_options(tex: str) -> str:
    return _DIAGRAM_OPTIONS.sub(r"\\xymatrix", tex)


def _diagram(inner: str) -> str:
    """The objects of a diagram as a matrix; KaTeX draws no arrows between them."""
    return rf"\begin{{matrix}}{_ARROW.sub(' ', inner)}\end{{matrix}}"


def _premises(inner: str) -> str:
    return re.sub(r"\\\\|(?<!\\)&", r"\\quad ", inner)


def _key(text: str) -> str:
    return "(" + re.sub(r"[_#%&^~\\{}$]", " ", text).strip() + ")"


def _without_equation_numbers(tex: str) -> str:
    tex = re.sub(r"\\l?eqno\s*(?:\{([^{}]*)\}|(\([^()$]*(?:\{[^{}]*\})?[^()$]*\))|(\\[a-zA-Z]+))", r"\\qquad \1\2", tex)
    return re.sub(r"\\l?eqno(?![a-zA-Z])", r"\\qquad ", tex)


def _texts(tex: str) -> str:
    """Inside of text in a formula: characters that mean something else there, and commands of text."""
    out: list[str] = []
    position = 0
    while (match := _TEXT.search(tex, position)) is not None:
        group = read_group(tex, match.end())
        if group is None:
            break
        name = "text" if match[1] in ("hbox", "mbox") else match[1]
        out += [tex[position : match.start()], f"\\{name}{{{_text(group.text)}}}"]
        position = group.end
    return "".join([*out, tex[position:]])


def _text(inner: str) -> str:
    parts = re.split(r"((?<!\\)\$[^$]*\$)", unaccented(inner))
    for index in range(0, len(parts), 2):
        part = _texts(
            re.sub(
                r"\\(?:boldmath|unboldmath|displaystyle|small|footnotesize|scriptsize|tiny|large|normalsize|rm|it|bf|sl|sc|em|sf|tt)(?![a-zA-Z])\s*",
                "",
                parts[index],
            )
        )
        part = re.sub(r"(?<!\\)[_^#%&]", lambda match: {"^": ""}.get(match[0], "\\" + match[0]), part)
        parts[index] = re.sub(r"\\([a-zA-Z]+)\s*", lambda match: match[0] if match[1] in _IN_TEXT else " ", part)
    for index in range(1, len(parts), 2):
        parts[index] = f"${ready_formula(parts[index][1:-1], is_display=False)}$"
    return "".join(parts).replace("$$", "")


_IN_TEXT = frozenset((
    "text", "textrm", "textit", "textbf", "textsf", "texttt", "textup", "quad", "qquad", "ldots", "dots", "S", "P",
    "dag", "ddag",
    "AA", "ss", "pounds", "copyright", "_", "enspace", "thinspace", "hspace", "mathrm", "textcolor",
))  # fmt: skip


def _outside_text(tex: str) -> str:
    """Characters that end or spoil a formula."""
    tex = re.sub(r"\\[/@-]|(?<!\\)~(?=\s*$)", "", tex)
    tex = re.sub(r"(?<!\\)%", r"\\%", tex)
    tex = re.sub(r"(?<!\\)#", r"\\#", tex)
    return re.sub(r"\\(?:limits|nolimits)\s*(?=\\(?:limits|nolimits))", "", tex)


def _balanced(tex: str) -> str:
    """With the braces and the right and left delimiters that are missing."""
    tex = re.sub(r"(?<!\\)((?:\\\\)*)\\\s*\Z", r"\1", tex)
    depth = 0
    out: list[str] = []
    position = 0
    for match in re.finditer(r"\\.|[{}]", tex, re.S):
        if match[0] == "{":
            depth += 1
        elif match[0] == "}":
            if depth == 0:
                out.append(tex[position : match.start()])
                position = match.end()
                continue
            depth -= 1
    tex = "".join([*out, tex[position:]]) + "}" * depth
    sides = [match[1] for match in _DELIMITERS.finditer(tex)]
    missing = sides.count("left") - sides.count("right")
    if missing > 0:
        return tex + r"\right." * missing
    return r"\left." * -missing + tex
