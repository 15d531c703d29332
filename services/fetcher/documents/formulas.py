"""Formulas as KaTeX reads them: what it does not know, from plain TeX to journal styles, said in what it knows.

`katex_commands.txt` lists the commands that KaTeX 0.19 knows (https://katex.org/docs/supported).
"""

import re
from collections.abc import Callable
from functools import cache
from pathlib import Path

from services.fetcher.documents.definitions import read_token_or_group
from services.fetcher.documents.plain import unaccented
from services.fetcher.documents.scan import read_group, read_option, skip_space

_MAX_FORMULA = 60_000
_GONE = {
    "label": 1, "footnote": 1, "footnotemark": 0, "vspace": 1, "index": 1, "qedhere": 0, "displaybreak": 0,
    "protect": 0,
    "noindent": 0, "leavevmode": 0, "strut": 0, "null": 0, "hfil": 0, "hfill": 0, "par": 0, "break": 0,
    "linebreak": 0,
    "pagebreak": 0, "boldmath": 0, "unboldmath": 0, "setlength": 2, "addtolength": 2, "noalign": 1, "hss": 0,
    "hphantom@": 0,
    "nolinebreak": 0, "nopagebreak": 0, "penalty": 0, "xspace": 0, "mit": 0, "sc": 0, "oldstyle": 0, "upshape": 0,
    "nonumber": 0, "notag": 0, "cline": 1, "cmidrule": 1, "toprule": 0, "midrule": 0, "bottomrule": 0, "hbadness": 0,
    "setcounter": 2, "addtocounter": 2, "thanks": 1, "marginpar": 1, "protectx": 0, "centering": 0, "goodbreak": 0,
    "everymath": 1, "medmuskip": 0, "newline": 0, "nobreak": 0, "allowbreak": 0, "hrulefill": 0, "dotfill": 0,
    "selectfont": 0,
    "mathsurround": 0, "bigskip": 0, "medskip": 0, "smallskip": 0, "multispan": 1, "normalfont": 0, "em": 0,
    "number": 0,
    "begingroup": 0, "endgroup": 0, "bgroup": 0, "egroup": 0, "allowdisplaybreaks": 0, "ignorespaces": 0, "unskip": 0,
}  # fmt: skip
_RENAMED = {
    "mathds": r"\mathbb", "mathbbm": r"\mathbb", "mathbbmss": r"\mathbb", "textsc": r"\text", "emph": r"\textit",
    "textsl": r"\textit", "sl": r"\it", "scr": r"\mathscr", "sp": "^", "sb": "_", "hdots": r"\ldots",
    "mbox": r"\text",
    "slashed": r"\not", "fslash": r"\not", "cr": r"\\", "ensuremath": "", "mathbold": r"\boldsymbol",
    "pmb": r"\boldsymbol",
    "textnormal": r"\text", "textmd": r"\text", "boldsymbol": r"\boldsymbol", "mathversion": "",
    "tabularnewline": r"\\",
    "and": r"\quad",
    "fbox": r"\boxed", "framebox": r"\boxed", "tag": r"\qquad\text", "dotsc": r"\ldots", "textsuperscript": "^",
    "textsubscript": "_",
    "mathpzc": r"\mathcal", "mathbfcal": r"\mathcal", "mathpunct": "", "mathord": r"\mathord", "eth": r"\eth",
    "bma": r"\boldsymbol",
    "ltsim": r"\lesssim", "gtsim": r"\gtrsim", "lsim": r"\lesssim", "gsim": r"\gtrsim", "la": r"\lesssim",
    "ga": r"\gtrsim",
    "sun": r"\odot", "arcsec": "''", "arcmin": "'", "fm": "", "bigtimes": r"\times", "vv": r"\vec",
    "overrightharp": r"\vec",
    "upmu": r"\mu", "micro": r"\mu", "ohm": r"\Omega", "celsius": r"^\circ\mathrm{C}", "textmu": r"\mu",
    "uppi": r"\pi",
    "oiint": r"\oiint", "varoiint": r"\oiint", "fint": r"\int", "dashint": r"\int", "idotsint": r"\int\cdots\int",
    "iiiint": r"\iint\iint",
    "bigboxplus": r"\boxplus", "varmathbb": r"\mathbb", "Bbbk": r"\Bbbk", "lnabla": r"\nabla", "diff": r"\mathrm{d}",
    "openone": r"\mathbb{1}", "leavemode": "", "textquotesingle": "'", "textdegree": r"^\circ", "textbar": "|",
    "textless": "<",
    "textgreater": ">", "textbackslash": r"\backslash", "textunderscore": r"\_", "textendash": "-", "textemdash": "-",
    "textellipsis": r"\ldots", "intercal": r"\intercal", "mathellipsis": r"\ldots", "dotsi": r"\cdots",
    "ss": r"\text{ß}",
    "o": r"\text{ø}", "ae": r"\text{æ}", "oe": r"\text{œ}", "l": r"\text{ł}", "P": r"\text{\P}", "dh": r"\text{ð}",
}  # fmt: skip
_ENVIRONMENTS = {
    "eqnarray": "aligned", "align": "aligned", "flalign": "aligned", "xalignat": "alignedat", "alignat": "alignedat",
    "gather": "gathered", "multline": "gathered", "multlined": "gathered", "IEEEeqnarray": "aligned",
    "tabular": "array",
    "IEEEeqnarraybox": "aligned", "dgroup": "gathered", "subeqnarray": "aligned", "eqnalign": "aligned",
    "lgathered": "gathered",
    "rgathered": "gathered", "darray": "array", "numcases": "cases", "subnumcases": "cases", "tabular*": "array",
    "matrix*": "matrix", "smallarray": "array", "psmallmatrix": "smallmatrix", "bsmallmatrix": "smallmatrix",
    "mathpar": "gathered",
    "align*": "aligned", "eqnarray*": "aligned",
}  # fmt: skip
_ENVIRONMENTS_KATEX_KNOWS = frozenset((
    "array", "aligned", "alignedat", "gathered", "cases", "dcases", "rcases", "drcases", "matrix", "pmatrix",
    "bmatrix",
    "Bmatrix", "vmatrix", "Vmatrix", "smallmatrix", "subarray", "split", "CD", "pmatrix*", "bmatrix*", "Bmatrix*",
    "vmatrix*",
    "Vmatrix*",
))  # fmt: skip
_OLD_ARRAYS = {
    "cases": "cases", "matrix": "matrix", "pmatrix": "pmatrix", "bordermatrix": "pmatrix", "eqalign": "aligned",
    "eqalignno": "aligned", "leqalignno": "aligned", "displaylines": "gathered", "smallmatrix": "smallmatrix",
    "bmatrix": "bmatrix",
    "vmatrix": "vmatrix",
}  # fmt: skip
_ENVIRONMENT = re.compile(r"\\(begin|end)\s*\{\s*([a-zA-Z]+\*?)\s*\}")
_COMMAND = re.compile(r"\\([a-zA-Z@]+)\*?")
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


@cache
def known_commands() -> frozenset[str]:
    """What KaTeX knows, without backslash."""
    return frozenset(Path(__file__).with_name("katex_commands.txt").read_text("ascii").split())


def ready_formula(tex: str, *, is_display: bool) -> str:
    """The inside of a formula, changed only where KaTeX would refuse it."""
    if len(tex) > _MAX_FORMULA:
        return tex
    tex = re.sub(r"\n[ \t]*(?=\n)", "", tex)
    tex = _plain_tex(_ASSIGNMENT.sub("", _BOX.sub("", _BOX_TO.sub(r"\\\1", tex))))
    tex = _without_equation_numbers(tex)
    tex = _environments(tex)
    tex = _texts(re.sub(r"\\(?:mbox|makebox)\s*(?:\[[^\]]*\]\s*){0,2}(?=\{)", r"\\text", tex))
    tex = _known_only(tex)
    tex = _BRACED.sub(r"\\\1{\2}", tex)
    tex = _DOUBLE_SCRIPT.sub(r"\1\2{}\3", tex)
    tex = _balanced(_outside_text(tex))
    if re.search(r"(?<!\\)&", tex) and not re.search(r"\\begin\s*\{", tex):
        tex = rf"\begin{{aligned}}{tex}\end{{aligned}}"
    return tex if is_display else " ".join(tex.split())


def replace_command(tex: str, name: str, count: int, make: Callable[[list[str]], str]) -> str:
    """Every use of a command with its arguments replaced by what `make` says."""
    out: list[str] = []
    position = 0
    for match in re.finditer(rf"\\{name}(?![a-zA-Z@])\*?", tex):
        if match.start() < position:
            continue
        end, values = match.end(), []
        option = read_option(tex, end)
        end = (
            option.end
            if option and name in ("footnote", "SI", "num", "qty", "si", "unit", "ce", "ang", "inferrule", "infer")
            else end
        )
        for _ in range(count):
            found = read_token_or_group(tex, end)
            if found is None:
                break
            values.append(found.text)
            end = found.end
        if len(values) == count:
            out += [tex[position : match.start()], make(values)]
            position = end
    return "".join([*out, tex[position:]])


def with_arrays(tex: str) -> str:
    """Alignments as Knuth wrote them, `\\cases{a\\cr b}`, as environments."""
    tex = re.sub(
        r"\\(?:cases|matrix|pmatrix|bordermatrix|eqalign|eqalignno|leqalignno|displaylines|bmatrix|vmatrix)\s*(?=\{)",
        lambda m: m[0].strip(),
        tex,
    )
    for name, environment in _OLD_ARRAYS.items():
        if f"\\{name}{{" not in tex:
            continue
        tex = replace_command(
            tex,
            name,
            1,
            lambda values, environment=environment, name=name: _old_array(values[0], environment, name),  # type: ignore[misc]
        )
    return tex


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
    tex = replace_command(tex, "(?:SI|qty)", 2, lambda values: rf"{_number(values[0])}\,{_unit(values[1])}")
    tex = replace_command(tex, "num", 1, lambda values: _number(values[0]))
    tex = replace_command(tex, "(?:si|unit)", 1, lambda values: _unit(values[0]))
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


def _old_array(inner: str, environment: str, name: str) -> str:
    rows = re.sub(r"\\cr(?:cr)?(?![a-zA-Z])", r"\\\\", inner)
    if name.endswith("alignno"):
        rows = re.sub(
            r"&([^&\\]*)(?=\\\\|\Z)", lambda m: rf"\qquad {m[1]}" if "(" in m[1] and "=" not in m[1] else m[0], rows
        )
    if name == "cases" and "$" in rows:
        rows = re.sub(r"&\s*(.*?)\s*(?=\\\\|\Z)", lambda m: rf"& \text{{{m[1]}}}", rows, flags=re.S)
    rows = re.sub(r"\\hfill?(?![a-zA-Z])", "", rows)
    rows = re.sub(r"(?:\\\\\s*)+$", "", rows)
    return rf"\begin{{{environment}}}{rows}\end{{{environment}}}"


def chemical(formula: str) -> str:
    """`H2O` of mhchem as roman letters with indices."""
    text = re.sub(r"<=+>+|<-+>", r" \\rightleftharpoons ", formula.replace("$", ""))
    text = re.sub(
        r"-+>(?:\[([^\]]*)\])?", lambda match: rf" \xrightarrow{{{match[1]}}} " if match[1] else r" \rightarrow ", text
    )
    text = re.sub(r"\^\{?([\d]*[+-]|\d+)\}?", r"^{\1}", text)
    text = re.sub(r"(?<=[A-Za-z)\]])(\d+)", r"_{\1}", text)
    return rf"\mathrm{{{text}}}"


def _number(text: str) -> str:
    text = re.sub(r"\s*(?:\+-|\\pm)\s*", r" \\pm ", text)
    return re.sub(r"[eE]\{?([+-]?\d+)\}?", r" \\times 10^{\1}", text).replace("x", r" \times ")


_UNITS = {
    "metre": "m", "meter": "m", "second": "s", "kilogram": "kg", "gram": "g", "ampere": "A", "kelvin": "K",
    "mole": "mol",
    "hertz": "Hz", "newton": "N", "pascal": "Pa", "joule": "J", "watt": "W", "coulomb": "C", "volt": "V",
    "farad": "F",
    "ohm": r"\Omega", "siemens": "S", "weber": "Wb", "tesla": "T", "henry": "H", "celsius": r"^{\circ}C",
    "degreeCelsius": r"^{\circ}C",
    "degree": r"^{\circ}", "percent": r"\%", "electronvolt": "eV", "eV": "eV", "angstrom": "Å", "minute": "min",
    "hour": "h", "day": "d",
    "bar": "bar", "liter": "L", "litre": "L", "radian": "rad", "steradian": "sr", "arcsecond": "''",
    "arcminute": "'", "decibel": "dB",
    "per": "/", "squared": "^{2}", "cubed": "^{3}", "square": "", "cubic": "", "kilo": "k", "mega": "M",
    "giga": "G", "tera": "T",
    "milli": "m", "micro": r"\mu ", "nano": "n", "pico": "p", "femto": "f", "centi": "c", "deci": "d",
    "atto": "a", "peta": "P",
    "byte": "B", "bit": "bit", "parsec": "pc", "GeV": "GeV", "MeV": "MeV", "keV": "keV", "TeV": "TeV", "tothe": "^",
}  # fmt: skip


def _unit(text: str) -> str:
    text = re.sub(r"\\([a-zA-Z]+)\s*", lambda match: _UNITS.get(match[1], match[1]), text)
    return rf"\mathrm{{{text.replace('~', chr(92) + ',')}}}"


def _key(text: str) -> str:
    return "(" + re.sub(r"[_#%&^~\\{}$]", " ", text).strip() + ")"


def _without_equation_numbers(tex: str) -> str:
    tex = re.sub(r"\\l?eqno\s*(?:\{([^{}]*)\}|(\([^()$]*(?:\{[^{}]*\})?[^()$]*\))|(\\[a-zA-Z]+))", r"\\qquad \1\2", tex)
    return re.sub(r"\\l?eqno(?![a-zA-Z])", r"\\qquad ", tex)


def _environments(tex: str) -> str:
    """Environments by the names that KaTeX knows; columns of arrays without what it does not."""
    out: list[str] = []
    position = 0
    for match in _ENVIRONMENT.finditer(tex):
        if match.start() < position:
            continue
        name = _ENVIRONMENTS.get(match[2], _ENVIRONMENTS.get(match[2].rstrip("*"), match[2]))
        out.append(tex[position : match.start()])
        position = match.end()
        known = name in _ENVIRONMENTS_KATEX_KNOWS
        if known:
            out.append(rf"\{match[1]}{{{name}}}")
        if match[1] == "begin":
            position = _columns(tex, position, match[2], name, out)
    return "".join([*out, tex[position:]])


def _columns(tex: str, position: int, said: str, name: str, out: list[str]) -> int:
    if said == "tabular*":
        width = read_group(tex, position)
        position = width.end if width else position
    option = (
        read_option(tex, position)
        if name in ("array", "aligned", "gathered", "alignedat", "split", "cases")
        and tex[position : position + 1] == "["
        else None
    )
    if option is not None and len(option.text) < 12:
        position = option.end
    if said.startswith(("IEEEeqnarray", "minipage")):
        group = read_group(tex, position)
        return group.end if group else position
    if name == "array":
        group = read_group(tex, position)
        if group is None:
            out.append("{" + "c" * 12 + "}")
            return position
        out.append(f"{{{columns_of(group.text)}}}")
        return group.end
    return position


def columns_of(said: str) -> str:
    """`@{}l*{3}{c}p{3cm}|` as `lcccl|`."""
    for _ in range(3):
        said = re.sub(r"\*\s*\{\s*(\d{1,2})\s*\}\s*\{([^{}]*)\}", lambda match: match[2] * int(match[1]), said)
    said = re.sub(r"[@!<>]\s*\{(?:[^{}]|\{[^{}]*\})*\}", "", said)
    said = re.sub(r"[pmbX]\s*\{[^{}]*\}|[XLSJ]|[Dd]\s*(?:\{[^{}]*\}){0,3}", "l", said)
    return re.sub(r"[^lcr|:]", "", said.replace("C", "c").replace("R", "r")) or "l"


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
    for number in range(0, len(parts), 2):
        part = _texts(
            re.sub(
                r"\\(?:boldmath|unboldmath|displaystyle|small|footnotesize|scriptsize|tiny|large|normalsize|rm|it|bf|sl|sc|em|sf|tt)(?![a-zA-Z])\s*",
                "",
                parts[number],
            )
        )
        part = re.sub(r"(?<!\\)[_^#%&]", lambda found: {"^": ""}.get(found[0], "\\" + found[0]), part)
        parts[number] = re.sub(r"\\([a-zA-Z]+)\s*", lambda found: found[0] if found[1] in _IN_TEXT else " ", part)
    for number in range(1, len(parts), 2):
        parts[number] = f"${ready_formula(parts[number][1:-1], is_display=False)}$"
    return "".join(parts).replace("$$", "")


_IN_TEXT = frozenset((
    "text", "textrm", "textit", "textbf", "textsf", "texttt", "textup", "quad", "qquad", "ldots", "dots", "S", "P",
    "dag", "ddag",
    "AA", "ss", "pounds", "copyright", "_", "enspace", "thinspace", "hspace", "mathrm", "textcolor",
))  # fmt: skip


def _known_only(tex: str) -> str:
    """Commands that KaTeX does not know: renamed, dropped, or their name as an operator."""
    for name, count in _GONE.items():
        if f"\\{name}" in tex:
            tex = replace_command(tex, name, count, lambda values: " ")
    known = known_commands()
    out: list[str] = []
    position = 0
    for match in _COMMAND.finditer(tex):
        if match.start() < position or (
            tex[match.start() - 1 : match.start()] == "\\" and _is_escaped(tex, match.start())
        ):
            continue
        name = match[1]
        if name in ("begin", "end") or (name in known and name not in _RENAMED):
            if match[0].endswith("*") and name not in ("operatorname", "hspace", "tag"):
                out += [tex[position : match.end() - 1]]
                out.append("*" if not re.match(r"\s*\{", tex[match.end() :]) else "")
                position = match.end()
            continue
        out += [tex[position : match.start()], _instead(name, tex, match.end())]
        position = match.end()
    return "".join([*out, tex[position:]])


def _is_escaped(tex: str, at: int) -> bool:
    count = 0
    while at - 1 - count >= 0 and tex[at - 1 - count] == "\\":
        count += 1
    return count % 2 == 1


def _instead(name: str, tex: str, end: int) -> str:
    if name in _RENAMED:
        new = _RENAMED[name]
        return new + (" " if new[-1:].isalpha() and tex[end : end + 1].isalpha() else "")
    if tex[skip_space(tex, end) :][:1] == "{" or "@" in name:
        return " "
    return rf"\operatorname{{{name}}}"


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
