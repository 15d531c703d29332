"""The definitions of a preamble, picked out one by one, because the rest of a preamble is what breaks converters."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from services.fetcher.documents.tex.scan import read_group, read_option, skip_space

_DEFINITION = re.compile(
    r"\\(?P<kind>(?:re|provide)?newcommand|providecommand|renewcommand|DeclareRobustCommand|DeclareMathOperator|"
    r"newenvironment|renewenvironment|newtheorem|def|gdef|let)(?![a-zA-Z@])\*?"
)
_ALIAS = re.compile(
    r"\\(?:newcommand\*?\s*(?:\{\s*\\([a-zA-Z]+)\s*\}|\\([a-zA-Z]+))\s*\{|(?:def|let)\s*\\([a-zA-Z]+)\s*=?\s*\{?)"
    r"\s*(?P<meaning>\\(?:newcommand|renewcommand|providecommand|def|DeclareMathOperator|newtheorem|newenvironment)\*?)"
    r"(?![a-zA-Z@])\s*\}?"
)
_NAME = re.compile(r"\s*(?:\{\s*(\\[a-zA-Z@]+|\\.)\s*\}|(\\[a-zA-Z@]+|\\.))")
_LET = re.compile(r"\s*(\\[a-zA-Z@]+)\s*=?\s*(\\[a-zA-Z@]+)")
_PARAMETERS = re.compile(r"[^{}\n\\]{0,60}(?=\{)")
_UNSAFE = re.compile(
    r"@|\\(?:expandafter|csname|catcode|futurelet|ifx|if[a-z]*|else|fi|loop|read|write|openin|openout|input|afterassignment|"
    r"everypar|output|special|directlua|aftergroup|edef|noexpand|let|def|global)(?![a-zA-Z])"
)
_LONGEST_SHORTHAND = 500
_STRUCTURE = frozenset((
    "section", "subsection", "subsubsection", "paragraph", "chapter", "part", "title", "author", "date", "abstract",
    "maketitle", "begin", "end", "item", "label", "ref", "eqref", "cite", "citep", "citet", "caption", "footnote",
    "emph", "textbf", "textit", "it", "bf", "rm", "em", "sl", "sc", "tt", "document", "input", "include",
    "appendix", "par", "thanks", "section@", "section*", "left", "right", "frac", "sqrt", "mathbf", "mathrm",
    "text", "documentclass", "bibitem", "hline", "cr",
))  # fmt: skip


@dataclass(frozen=True)
class Macro:
    """One definition as it stands in the source; `name` without backslash; `inner` is what it stands for."""

    name: str
    kind: str
    source: str
    inner: str
    takes_arguments: bool

    @property
    def line(self) -> str:
        """The definition in one line, so that a complaint about a line names it."""
        return re.sub(r"\s*\n\s*", " ", self.source)

    @property
    def is_safe(self) -> bool:
        """Plain enough that a converter is hardly ever confused by it."""
        has_delimiters = (
            self.kind in ("def", "gdef") and re.search(r"\\def\\\w+[^{#]*#\d[^#{]", self.source) is not None
        )
        return self.kind != "let" and not has_delimiters and not _UNSAFE.search(self.source)

    @property
    def is_recursive(self) -> bool:
        return re.search(rf"\\{re.escape(self.name)}(?![a-zA-Z@])", self.inner) is not None


def read_macros(tex: str) -> list[Macro]:
    """Every whole definition, the last of each name, that names no structural command and does not call itself."""
    macros: dict[str, Macro] = {}
    for macro in _all_macros(tex):
        if macro.name in _STRUCTURE or macro.is_recursive or (macro.kind == "providecommand" and macro.name in macros):
            continue
        macros.pop(macro.name, None)
        macros[macro.name] = macro
    return list(macros.values())


def expand_aliases(tex: str) -> str:
    """`\\nc{\\R}{...}` after `\\def\\nc{\\newcommand}` as what it means; the alias itself goes."""
    aliases: dict[str, str] = {}

    def note(match: re.Match[str]) -> str:
        aliases[match[1] or match[2] or match[3]] = match["meaning"]
        return ""

    tex = _ALIAS.sub(note, tex)
    for name, meaning in aliases.items():
        tex = re.sub(rf"\\{name}(?![a-zA-Z@])", lambda match, meaning=meaning: meaning, tex)  # type: ignore[misc]
    return tex


def _all_macros(tex: str) -> Iterator[Macro]:
    for match in _DEFINITION.finditer(tex):
        macro = _read(tex, match)
        if macro is not None:
            yield macro


def expand_environment_shorthands(body: str, macros: list[Macro]) -> str:
    """`\\be ... \\ee` for `\\begin{equation} ... \\end{equation}`: spelt out, as converters look for it."""
    shorthands = {
        macro.name: macro.inner
        for macro in macros
        if not macro.takes_arguments
        and re.match(r"\s*\\(?:begin|end)\s*\{", macro.inner)
        and "#" not in macro.inner
        and len(macro.inner) < _LONGEST_SHORTHAND
    }
    if not shorthands:
        return body
    names = "|".join(sorted(map(re.escape, shorthands), key=len, reverse=True))
    return re.sub(rf"\\({names})(?![a-zA-Z@])", lambda match: shorthands[match[1]] + " ", body)


def _read(tex: str, match: re.Match[str]) -> Macro | None:
    kind = match["kind"]
    if kind == "let":
        alias = _LET.match(tex, match.end())
        return Macro(alias[1][1:], kind, tex[match.start() : alias.end()], alias[2], False) if alias else None
    if kind in ("newenvironment", "renewenvironment", "newtheorem"):
        return _read_environment(tex, match, kind)
    name = _NAME.match(tex, match.end())
    if name is None:
        return None
    position, takes = name.end(), False
    if kind in ("def", "gdef"):
        parameters = _PARAMETERS.match(tex, position)
        if parameters is None:
            return None
        position, takes = parameters.end(), "#" in parameters[0]
    while (option := read_option(tex, position)) is not None:
        position, takes = option.end, True
    inner = read_group(tex, position)
    if inner is None:
        return None
    return Macro((name[1] or name[2])[1:], kind, tex[match.start() : inner.end], inner.text, takes)


def _read_environment(tex: str, match: re.Match[str], kind: str) -> Macro | None:
    name = read_group(tex, match.end())
    if name is None:
        return None
    position, parts = name.end, []
    for _ in range(1 if kind == "newtheorem" else 2):
        while (option := read_option(tex, position)) is not None:
            position = option.end
        part = read_group(tex, position)
        if part is None:
            return None
        parts.append(part.text)
        position = part.end
    option = (
        read_option(tex, position) if kind == "newtheorem" and tex[skip_space(tex, position) :][:1] == "[" else None
    )
    end = option.end if option else position
    return Macro(name.text.strip(), kind, tex[match.start() : end], " ".join(parts), True)
