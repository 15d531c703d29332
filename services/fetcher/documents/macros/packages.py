"""Commands of common packages that neither the converter nor KaTeX knows, in terms of those that they know."""

import re

from services.fetcher.documents.macros.definitions import NO_VALUE, Definition, simple

_LOADED = re.compile(r"\\(?:usepackage|RequirePackage)\s*(?:\[[^\]]*\])?\s*\{([^}]*)\}")
_OLD_OPTIONS = re.compile(r"\\document(?:style|class)\s*(?:\[([^\]]*)\])?\s*\{([^}]*)\}")


def _starred(body: str) -> Definition:
    """A command with a star and a size that change nothing for a reader."""
    return Definition(("s", "o", "m"), ("", "", ""), body)


def _derivative(sign: str) -> Definition:
    r"""`\dv{x}`, `\dv{f}{x}`, `\dv[n]{f}{x}`; `\pdv{f}{x}{y}` is of second order."""
    order = r"\IfValueTF{#2}{^{#2}}{}"
    plain = rf"\frac{{{sign}{order}}}{{{sign}#3{order}}}"
    once = rf"\frac{{{sign}{order}#3}}{{{sign}#4{order}}}"
    mixed = rf"\frac{{{sign}^{{2}}#3}}{{{sign}#4{sign}#5}}"
    body = rf"\IfValueTF{{#4}}{{\IfValueTF{{#5}}{{{mixed}}}{{{once}}}}}{{{plain}}}"
    return Definition(("s", "o", "m", "g", "g"), ("", "", "", NO_VALUE, NO_VALUE), body)


_PHYSICS = {
    "abs": _starred(r"\left|#3\right|"), "norm": _starred(r"\left\|#3\right\|"),
    "order": _starred(r"\mathcal{O}\left(#3\right)"),
    "eval": _starred(r"\left.#3\right|"), "comm": Definition(("s", "m", "m"), ("",) * 3, r"\left[#2,#3\right]"),
    "acomm": Definition(("s", "m", "m"), ("",) * 3, r"\left\{#2,#3\right\}"),
    "qty": Definition(("s", "m"), ("", ""), r"{#2}"), "vb": Definition(("s", "m"), ("", ""), r"\mathbf{#2}"),
    "va": Definition(("s", "m"), ("", ""), r"\vec{#2}"), "vu": Definition(("s", "m"), ("", ""), r"\hat{#2}"),
    "dd": Definition(("o", "m"), ("", ""), r"\mathrm{d}^{#1}{#2}"),
    "dv": _derivative(r"\mathrm{d}"),
    "pdv": _derivative(r"\partial "),
    "fdv": _derivative(r"\delta "),
    "ip": Definition(("s", "m", "m"), ("",) * 3, r"\left\langle #2\middle|#3\right\rangle"),
    "op": Definition(("s", "m", "m"), ("",) * 3, r"\left|#2\right\rangle\left\langle #3\right|"),
    "dyad": Definition(("s", "m", "m"), ("",) * 3, r"\left|#2\right\rangle\left\langle #3\right|"),
    "ev": Definition(("s", "m"), ("", ""), r"\left\langle #2\right\rangle"),
    "expval": Definition(("s", "m"), ("", ""), r"\left\langle #2\right\rangle"),
    "mel": Definition(("s", "m", "m", "m"), ("",) * 4, r"\left\langle #2\middle|#3\middle|#4\right\rangle"),
    "matrixel": Definition(("s", "m", "m", "m"), ("",) * 4, r"\left\langle #2\middle|#3\middle|#4\right\rangle"),
    "ketbra": Definition(("s", "m", "m"), ("",) * 3, r"\left|#2\right\rangle\left\langle #3\right|"),
    "grad": simple(r"\nabla"), "curl": simple(r"\nabla\times"), "divergence": simple(r"\nabla\cdot"),
    "laplacian": simple(r"\nabla^2"), "Tr": simple(r"\operatorname{Tr}"), "tr": simple(r"\operatorname{tr}"),
    "rank": simple(r"\operatorname{rank}"), "Res": simple(r"\operatorname{Res}"),
    "qq": Definition(("s", "m"), ("", ""), r"\quad\text{#2}\quad"), "cross": simple(r"\times"),
    "vdot": simple(r"\cdot"), "flatfrac": simple(r"\left.#1\middle/#2\right.", 2), "imat": simple(r"I_{#1}", 1),
    "mqty": Definition(("s", "m"), ("", ""), r"\begin{matrix}#2\end{matrix}"),
    "pmqty": simple(r"\begin{pmatrix}#1\end{pmatrix}", 1), "bmqty": simple(r"\begin{bmatrix}#1\end{bmatrix}", 1),
}  # fmt: skip
_SIUNITX = {
    "SIrange": Definition(("o", "m", "m", "m"), ("",) * 4, r"\SI{#2}{#4} to \SI{#3}{#4}"),
    "numrange": Definition(("o", "m", "m"), ("",) * 3, r"\num{#2} to \num{#3}"),
}


def _line(words: str, count: int = 0) -> Definition:
    return simple(rf"\par {words} ", count)


_PSEUDOCODE = {
    "State": _line(""), "Statex": _line(""), "STATE": _line(""), "Require": _line(r"\textbf{Require:}"),
    "REQUIRE": _line(r"\textbf{Require:}"), "Ensure": _line(r"\textbf{Ensure:}"),
    "ENSURE": _line(r"\textbf{Ensure:}"),
    "Input": _line(r"\textbf{Input:}"), "Output": _line(r"\textbf{Output:}"), "RETURN": _line(r"\textbf{return}"),
    "If": _line(r"\textbf{if} #1 \textbf{then}", 1), "IF": _line(r"\textbf{if} #1 \textbf{then}", 1),
    "ElsIf": _line(r"\textbf{else if} #1 \textbf{then}", 1), "ELSIF": _line(r"\textbf{else if} #1 \textbf{then}", 1),
    "Else": _line(r"\textbf{else}"), "ELSE": _line(r"\textbf{else}"), "For": _line(r"\textbf{for} #1 \textbf{do}", 1),
    "FOR": _line(r"\textbf{for} #1 \textbf{do}", 1), "ForAll": _line(r"\textbf{for all} #1 \textbf{do}", 1),
    "FORALL": _line(r"\textbf{for all} #1 \textbf{do}", 1), "While": _line(r"\textbf{while} #1 \textbf{do}", 1),
    "WHILE": _line(r"\textbf{while} #1 \textbf{do}", 1), "Repeat": _line(r"\textbf{repeat}"),
    "REPEAT": _line(r"\textbf{repeat}"), "Until": _line(r"\textbf{until} #1", 1),
    "UNTIL": _line(r"\textbf{until} #1", 1),
    "Procedure": _line(r"\textbf{procedure} #1(#2)", 2), "Function": _line(r"\textbf{function} #1(#2)", 2),
    "Call": simple("#1(#2)", 2), "Return": simple(r"\textbf{return} "), "Comment": simple("(#1)", 1),
    "COMMENT": simple("(#1)", 1), **{
        f"{word}{name}": _line("") for word, names in (("End", ("If", "For", "While", "Procedure", "Function")),
        ("END", ("IF", "FOR", "WHILE"))) for name in names
    },
}  # fmt: skip
_ALGORITHM2E = {
    "KwData": _line(r"\textbf{Data:} #1", 1), "KwIn": _line(r"\textbf{Input:} #1", 1),
    "KwOut": _line(r"\textbf{Output:} #1", 1), "KwResult": _line(r"\textbf{Result:} #1", 1),
    "KwRet": _line(r"\textbf{return} #1", 1), "Return": _line(r"\textbf{return} #1", 1),
    "While": _line(r"\textbf{while} #1 \textbf{do} #2 \par ", 2),
    "For": _line(r"\textbf{for} #1 \textbf{do} #2 \par ", 2),
    "ForEach": _line(r"\textbf{for each} #1 \textbf{do} #2 \par ", 2),
    "ForAll": _line(r"\textbf{for all} #1 \textbf{do} #2 \par ", 2),
    "lIf": _line(r"\textbf{if} #1 \textbf{then} #2", 2),
    "If": _line(r"\textbf{if} #1 \textbf{then} #2 \par ", 2), "Else": _line(r"\textbf{else} #1 \par ", 1),
    "ElseIf": _line(r"\textbf{else if} #1 \textbf{then} #2 \par ", 2), "lElse": _line(r"\textbf{else} #1", 1),
    "eIf": _line(r"\textbf{if} #1 \textbf{then} #2 \par \textbf{else} #3 \par ", 3),
    "Repeat": _line(r"\textbf{repeat} #2 \textbf{until} #1 \par ", 2), "tcp": Definition(("s", "m"), ("", ""),
    "(#2)"),
    "SetAlgoLined": simple(""), "DontPrintSemicolon": simple(""), "LinesNumbered": simple(""),
    "SetKwInOut": simple("", 2),
    "SetKwInput": simple("", 2), "SetKwFunction": simple("", 2), "SetKwProg": simple("", 4),
    "SetAlgoNoLine": simple(""),
    "tcc": Definition(("s", "m"), ("", ""), "(#2)"), "BlankLine": simple(""), "nl": simple(""),
    "Begin": simple("#1", 1),
}  # fmt: skip
_BY_PACKAGE: dict[str, dict[str, Definition]] = {
    "physics": _PHYSICS,
    "physics2": _PHYSICS,
    "algorithmic": _PSEUDOCODE,
    "algpseudocode": _PSEUDOCODE,
    "algorithmicx": _PSEUDOCODE,
    "algcompatible": _PSEUDOCODE,
    "algorithm2e": _ALGORITHM2E,
    "siunitx": _SIUNITX,
    "slashed": {"slashed": simple(r"\not{#1}", 1)},
    "feynmf": {"fmfreuse": simple("", 1)},
    "dsfont": {"mathds": simple(r"\mathbb{#1}", 1)},
    "bbm": {name: simple(r"\mathbb{#1}", 1) for name in ("mathbbm", "mathbbmss", "mathbbmtt")},
    "bbold": {},
    "units": {
        "unit": Definition(("o", "m"), ("", ""), r"#1\,\ensuremath{\mathrm{#2}}"),
        "unitfrac": Definition(("o", "m", "m"), ("",) * 3, r"#1\,\ensuremath{\mathrm{#2/#3}}"),
        "nicefrac": Definition(("o", "m", "m"), ("",) * 3, r"\ensuremath{#2/#3}"),
    },
    "nicefrac": {"nicefrac": Definition(("o", "m", "m"), ("",) * 3, r"\ensuremath{#2/#3}")},
    "xfrac": {"sfrac": Definition(("o", "m", "m"), ("",) * 3, r"\ensuremath{#2/#3}")},
    "tensor": {
        "tensor": Definition(("s", "o", "m", "m"), ("",) * 4, r"#3{}#4"),
        "indices": simple("#1", 1),
    },
    "leftidx": {"leftidx": simple(r"{}#1#2#3", 3)},
    "accents": {"underaccent": simple(r"\underset{#1}{#2}", 2), "accentset": simple(r"\overset{#1}{#2}", 2)},
    "stackengine": {},
    "bussproofs": {
        **{name: simple(r"\mbox{#1}\quad ", 1) for name in ("AxiomC", "UnaryInfC", "BinaryInfC", "TrinaryInfC")},
        **{name: simple("", 1) for name in ("LeftLabel", "RightLabel")}, "DisplayProof": simple(""),
        "noLine": simple(""), "doubleLine": simple(""), "singleLine": simple(""), "fCenter": simple(r"\vdash"),
    },
    "numprint": {"numprint": Definition(("o", "m"), ("", ""), "#2 #1")},
    "comment": {},
    "soul": {name: simple("#1", 1) for name in ("hl", "ul", "so", "caps")},
    "ulem": {"uline": simple("#1", 1), "uuline": simple("#1", 1), "uwave": simple("#1", 1), "xout": simple("", 1)},
    "changes": {
        "added": Definition(("o", "m"), ("", ""), "#2"), "deleted": Definition(("o", "m"), ("", ""), ""),
        "replaced": Definition(("o", "m", "m"), ("",) * 3, "#2"), "comment": Definition(("o", "m"), ("", ""), ""),
        "highlight": Definition(("o", "m"), ("", ""), "#2"),
    },
    "trackchanges": {
        "add": Definition(("o", "m"), ("", ""), "#2"), "remove": Definition(("o", "m"), ("", ""), ""),
        "change": Definition(("o", "m", "m"), ("",) * 3, "#3"), "note": Definition(("o", "m"), ("", ""), ""),
    },
    "todonotes": {
        "todo": Definition(("s", "o", "m"), ("",) * 3, ""), "missingfigure": Definition(("o", "m"), ("", ""), ""),
        "listoftodos": simple(""),
    },
    "fixme": {name: Definition(("s", "o", "m"), ("",) * 3, "") for name in ("fxnote", "fxwarning", "fxerror",
    "fxfatal")},
    "pdfcomment": {name: Definition(("o", "m"), ("", ""), "") for name in ("pdfcomment", "pdfmargincomment")},
    "easyReview": {"alert": simple("#1", 1), "remove": simple("", 1), "add": simple("#1", 1)},
    "gensymb": {"degree": simple(r"\ensuremath{^\circ}"), "celsius": simple(r"\ensuremath{^\circ\mathrm{C}}"),
                "micro": simple(r"\ensuremath{\mu}"), "ohm": simple(r"\ensuremath{\Omega}")},
    "aas_macros": {},
}  # fmt: skip
_ALWAYS: dict[str, Definition] = {
    "mathds": simple(r"\mathbb{#1}", 1), "mathbbm": simple(r"\mathbb{#1}", 1), "slashed": simple(r"\not{#1}", 1),
    "textcelsius": simple(r"\ensuremath{^\circ}C"), "textdegree": simple(r"\ensuremath{^\circ}"),
    "arcsec": simple(r"\ensuremath{''}"), "arcmin": simple(r"\ensuremath{'}"), "sun": simple(r"\ensuremath{\odot}"),
    "la": simple(r"\ensuremath{\lesssim}"), "ga": simple(r"\ensuremath{\gtrsim}"),
    "ion": simple(r"#1\,\textsc{#2}", 2), "micron": simple(r"\ensuremath{\mu\mathrm{m}}"),
    "fdg": simple(r"\ensuremath{^\circ}."), "farcm": simple(r"\ensuremath{'}."),
    "farcs": simple(r"\ensuremath{''}."), "degr": simple(r"\ensuremath{^\circ}"),
    "onlinecite": simple(r"\cite{#1}", 1), "Ref": simple(r"Ref.~\cite{#1}", 1),
    "texorpdfstring": simple("#1", 2), "hide": simple("", 1), "todo": Definition(("o", "m"), ("", ""), ""),
    "hbox@": simple(""), "case": simple(r"\ensuremath{\frac{#1}{#2}}", 2),
    "slantfrac": simple(r"\ensuremath{#1/#2}", 2),
    "subfloat": Definition(("o", "m"), ("", ""), r"#2 #1"),
    "subfigure": Definition(("o", "m"), ("", ""), r"#2 #1"),
    "foreignlanguage": simple("#2", 2), "selectlanguage": simple("", 1), "mathlarger": simple("#1", 1),
    "subcaptionbox": Definition(("s", "m", "o", "m"), ("",) * 4, r"#4 #2"), "ccaption": simple(r"\caption{#2}", 2),
    "tablecaption": simple(r"\caption{#1}", 1), "figcaption": Definition(("o", "m"), ("", ""), r"\caption{#2}"),
    "captionof": Definition(("s", "m", "o", "m"), ("",) * 4, r"\par #4 \par "),
    "twocolumn@": simple(""), "lefteqn": simple("#1", 1),
}  # fmt: skip
_ONLY_WHERE_LOADED = frozenset((
    "la", "ga", "sun", "ion", "arcsec", "arcmin", "case", "Ref", "hide", "micron", "fdg", "farcm", "farcs", "degr",
))  # fmt: skip
_ASTRONOMY = re.compile(r"aa(?:s|stex)?|mn|mnras|emulateapj|apj|aipproc|raa|pasp|gca", re.I)


def loaded_packages(preamble: str) -> set[str]:
    """The names of packages and, in the old dialect, of style options."""
    names = {name.strip() for match in _LOADED.finditer(preamble) for name in match[1].split(",")}
    for match in _OLD_OPTIONS.finditer(preamble):
        names |= {name.strip() for name in f"{match[1] or ''},{match[2]}".split(",")}
    return names - {""}


def commands_of(packages: set[str]) -> dict[str, Definition]:
    """Definitions of the commands that these packages bring; the paper's own ones come after them."""
    is_astronomy = any(_ASTRONOMY.match(name) for name in packages)
    commands = {
        name: definition for name, definition in _ALWAYS.items() if name not in _ONLY_WHERE_LOADED or is_astronomy
    }
    for name in ("Ref", "hide"):
        commands.pop(name, None)
    for package in packages:
        commands.update(_BY_PACKAGE.get(package, {}))
    return commands
