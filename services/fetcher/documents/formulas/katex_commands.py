"""Commands in formulas: what KaTeX does not know is renamed, dropped, or becomes an operator of its name.

`katex_commands.txt` lists the commands that KaTeX 0.19 knows (https://katex.org/docs/supported).
"""

import re
from functools import cache
from pathlib import Path

from services.fetcher.documents.tex.scan import replace_command, skip_space

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
_COMMAND = re.compile(r"\\([a-zA-Z@]+)\*?")


@cache
def known_commands() -> frozenset[str]:
    """What KaTeX knows, without backslash."""
    return frozenset(Path(__file__).with_name("katex_commands.txt").read_text("ascii").split())


def with_known_commands(tex: str) -> str:
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
        out += [tex[position : match.start()], _replacement(name, tex, match.end())]
        position = match.end()
    return "".join([*out, tex[position:]])


def _is_escaped(tex: str, at: int) -> bool:
    count = 0
    while at - 1 - count >= 0 and tex[at - 1 - count] == "\\":
        count += 1
    return count % 2 == 1


def _replacement(name: str, tex: str, end: int) -> str:
    if name in _RENAMED:
        new = _RENAMED[name]
        return new + (" " if new[-1:].isalpha() and tex[end : end + 1].isalpha() else "")
    if tex[skip_space(tex, end) :][:1] == "{" or "@" in name:
        return " "
    return rf"\operatorname{{{name}}}"
