"""A paper's own commands, environments and switches, replaced by what they stand for.

One pass from left to right, as TeX itself goes, so that a definition holds from where it stands. Nothing is executed;
what is not understood stays as it is. Depth, number and length of what is expanded have limits.
"""

import re
from collections.abc import Mapping

from services.fetcher.documents.formulas.units import chemical
from services.fetcher.documents.macros.conditionals import branch
from services.fetcher.documents.macros.definitions import (
    NAME,
    Definition,
    filled,
    read_arguments,
    read_definition,
    read_environment,
    read_let,
    simple,
)
from services.fetcher.documents.structure.theorems import DECLARING, read_theorem
from services.fetcher.documents.tex.math_mode import MathMode
from services.fetcher.documents.tex.parts import slices
from services.fetcher.documents.tex.scan import read_group

_MAX_DEPTH = 60
_MAX_EXPANSIONS = 60_000
_DEFINING = frozenset((
    "newcommand", "renewcommand", "providecommand", "DeclareRobustCommand", "def", "gdef", "edef", "xdef",
    "DeclareMathOperator", "DeclarePairedDelimiter", "NewDocumentCommand", "RenewDocumentCommand",
    "ProvideDocumentCommand", "DeclareDocumentCommand", "newcommandx",
    "newrobustcmd", "renewrobustcmd", "providerobustcmd",
))  # fmt: skip
_PREFIXES = frozenset(("global", "long", "outer", "protected"))
_PREFIXED = re.compile(rf"\s*\\(?:{'|'.join([*_PREFIXES, *_DEFINING, 'let'])})(?![a-zA-Z@])")
_KEPT_COMMANDS = frozenset((
    "section", "subsection", "subsubsection", "paragraph", "subparagraph", "chapter", "part", "title", "author",
    "date", "abstract", "maketitle", "begin", "end", "item", "label", "ref", "eqref", "cite", "citep", "citet",
    "caption", "footnote", "emph", "textbf", "textit", "document", "input", "include", "appendix", "par", "thanks",
    "left", "right", "frac", "sqrt", "text", "documentclass", "bibitem", "hline", "cr", "verb", "usepackage",
    "textcolor", "color", "url", "href", "bibliography", "bibliographystyle", "mathbf", "mathrm", "mathcal", "mbox",
    "newblock", "ldots", "dots", "boldsymbol", "bm", "[", "]", "(", ")", "$", "&", "%", "#", "_", "{", "}", "\\",
    "bfseries", "itshape", "rmfamily", "large", "small", "normalsize", "tiny", "Large", "bibname", "refname", "fi",
    "else", "or", "newpage", "clearpage", "includegraphics", "centering", "noindent", "cdot", "newline", "ensuremath",
))  # fmt: skip
_KEPT_ENVIRONMENTS = frozenset((
    "document", "abstract", "figure", "figure*", "table", "table*", "equation", "equation*", "align", "align*",
    "eqnarray", "eqnarray*", "itemize", "enumerate", "description", "tabular", "tabular*", "array", "quote",
    "quotation", "center", "thebibliography", "verbatim", "proof", "theorem", "lemma", "corollary", "proposition",
    "definition", "remark", "algorithm", "algorithmic", "multicols", "minipage", "matrix", "cases", "gather",
))  # fmt: skip
_NOT_UNDERSTOOD = re.compile(
    r"\\(?:expandafter|csname|catcode|futurelet|@ifnextchar|@ifstar|@ifundefined|loop|read|write|openin|openout|"
    r"afterassignment|everypar|output|special|directlua|aftergroup|noexpand|halign|@startsection|list|trivlist|ifx|"
    r"ifnum|ifdim|ifcase|ifcat|if|setbox|box|copy|hrule|vrule|pgf[a-z]*|tikz[a-z]*|advance|romannumeral)(?![a-zA-Z@])"
)
_HEADING = re.compile(
    r"\s*\\@startsection\s*\{\s*(?P<name>(?:sub)*section|(?:sub)?paragraph|chapter)\s*\}|\s*\\@startsection\s*\{[^{}]*\}\s*\{\s*(?P<level>[0-5])"
)
_LEVELS = ("chapter", "section", "subsection", "subsubsection", "paragraph", "subparagraph")
_INTERNAL = re.compile(r"\\([a-zA-Z]*@[a-zA-Z@]+)")
"""A command of a class or of LaTeX itself, which no text uses."""
_TOKEN = re.compile(r"\\(?:([a-zA-Z@]+)|(.))|(\$\$?)", re.S)
_BOXES = ("hbox", "mbox", "textnormal", "text", "textrm", "textit", "textbf", "textsf", "textup")
_ARGUMENT_TAKERS = re.compile(
    r"(?:[\^_]|\\(?:[dtc]?frac|sqrt|hat|widehat|bar|overline|underline|tilde|widetilde|vec|dot|ddot|acute|grave|check|"
    r"breve|mathring|overrightarrow|overleftarrow|mathbf|mathrm|mathit|mathsf|mathtt|mathcal|mathbb|mathfrak|mathscr|"
    r"boldsymbol|bm|stackrel|overset|underset|binom|text|operatorname|not|mathop|mathrel|mathbin)"
    r"(?:\s*\[[^\]]{0,9}\])?(?:\s*(?:\{[^{}]{0,40}\}|\\[a-zA-Z]{1,20}|[0-9A-Za-z](?![a-zA-Z])))?)\s*$"
)


class Expander:
    """The definitions met so far. `theorems` are the declarations of theorems, for the converter to keep.

    `room` is how many characters a text may become: at more, `has_outgrown` is set and the text is left as it is.
    """

    def __init__(self, commands: Mapping[str, Definition] | None = None, room: int | None = None) -> None:
        self.commands: dict[str, Definition] = dict(commands or {})
        self.environments: dict[str, tuple[Definition, str]] = {}
        self.switches: dict[str, bool] = {"iftrue": True, "iffalse": False, "ifpdf": True, "ifmmode": False}
        self.hidden: set[str] = set()
        self.theorems: list[str] = []
        self._left = _MAX_EXPANSIONS
        self._room = room
        self.has_outgrown = False
        self._mode = MathMode()
        self._written = 0

    @property
    def is_exhausted(self) -> bool:
        """Whether the limit on expansions was reached: macros that grow without end."""
        return self._left <= 0

    def note(self, preamble: str) -> None:
        """Take in the definitions of a preamble or a style file."""
        self.expand(preamble, defining_only=True)
        self._mode = MathMode()

    def expand(self, text: str, *, defining_only: bool = False) -> str:
        """The text with what is defined replaced; definitions in it are taken in and go."""
        self._written = 0
        return "".join(self._expand(part, defining_only) for part in slices(text))

    def _expand(self, text: str, defining_only: bool) -> str:
        out: list[str] = []
        position = 0
        ends: list[int] = []
        ceiling = 10 * len(text) + 500_000
        grown = 0
        while (match := _TOKEN.search(text, position)) is not None:
            out.append(text[position : match.start()])
            self._written += match.end() - position
            position = match.end()
            left = len(text) - match.start()
            while ends and left <= ends[-1]:
                ends.pop()
            if match[3]:
                out.append(self._mode.toggle(match[3]))
                continue
            word = match[1] or match[2]
            taken = self._definition(text, word, position)
            if taken is not None:
                position = taken
                continue
            self.has_outgrown |= self._room is not None and self._written + left > self._room
            use = None if defining_only or self.has_outgrown else self._use(text, match, position)
            if use is None or self._left <= 0 or len(ends) > _MAX_DEPTH or grown > ceiling:
                self._mode.track(word, text, position)
                out.append(match[0])
                continue
            self._left -= 1
            replacement, end = use
            grown += len(replacement)
            replacement = self._joined(replacement, "".join(out[-3:])[-80:], text[end : end + 1])
            ends.append(len(text) - end)
            text, position = replacement + text[end:], 0
        out.append(text[position:])
        return "".join(out)

    def _definition(self, text: str, word: str, position: int) -> int | None:
        """The position after a definition that begins here; None where none does."""
        if word in _PREFIXES and _PREFIXED.match(text, position):
            return position
        if word in _DEFINING:
            start = position + 1 if text[position : position + 1] == "*" else position
            read = read_definition(text, word, start)
            if read is None:
                return None
            name, definition, end = read
            self._define(name, definition, provided=word.startswith(("provide", "Provide")))
            return end
        if word == "let":
            alias = read_let(text, position)
            if alias is None:
                return None
            self._define(alias[0], self.commands.get(alias[1].lstrip("\\")) or simple(alias[1]))
            return alias[2]
        if word in ("newenvironment", "renewenvironment"):
            return self._environment(text, position)
        if word in DECLARING:
            declared = read_theorem(text, word, position)
            if declared is None:
                return None
            self.theorems.extend(declared.lines)
            return declared.end
        if word == "newif":
            return self._switch(text, position)
        if word.endswith(("true", "false")):
            switch = f"if{word.removesuffix('true').removesuffix('false')}"
            if switch in self.switches and word not in ("iftrue", "iffalse"):
                self.switches[switch] = word.endswith("true")
                return position
        if word == "excludecomment":
            name_group = read_group(text, position)
            if name_group is not None:
                self.hidden.add(name_group.text.strip())
                return name_group.end
        return None

    def _switch(self, text: str, position: int) -> int | None:
        name = NAME.match(text, position)
        if name is None:
            return None
        self.switches[(name[1] or name[2])[1:]] = False
        return name.end()

    def _define(self, name: str, definition: Definition, *, provided: bool = False) -> None:
        if name in _KEPT_COMMANDS or (provided and name in self.commands):
            return
        heading = _HEADING.match(definition.body)
        if heading is not None:
            self.commands[name] = simple("\\" + (heading["name"] or _LEVELS[int(heading["level"])]))
        elif _NOT_UNDERSTOOD.search(definition.body):
            self.commands.pop(name, None)
        else:
            self.commands[name] = definition

    def _environment(self, text: str, position: int) -> int | None:
        start = position + 1 if text[position : position + 1] == "*" else position
        read = read_environment(text, start)
        if read is None:
            return None
        name, begin, finish, end = read
        if name not in _KEPT_ENVIRONMENTS and not _NOT_UNDERSTOOD.search(begin.body + finish):
            self.environments[name] = (begin, finish)
        return end

    def _use(self, text: str, match: re.Match[str], position: int) -> tuple[str, int] | None:
        """What stands here instead, and the position up to which it does; None where nothing is to be replaced."""
        word = match[1] or match[2]
        if word in ("begin", "end"):
            return self._environment_use(text, word, position)
        if word in self.switches:
            return branch(text, position, self._mode.is_math if word == "ifmmode" else self.switches[word])
        if word == "ensuremath" or word == "mathsurround@":
            inner = read_group(text, position)
            if inner is None:
                return None
            return (inner.text if self._mode.is_math else f"${inner.text}$"), inner.end
        if word == "xspace":
            return "", position
        definition = self.commands.get(word)
        if definition is None or self._is_internal(definition.body):
            return self._chemistry_or_box(text, word, position)
        arguments = read_arguments(text, position, definition)
        if arguments is None:
            return None
        values, end = arguments
        return (filled(definition.body, values), end) if self._has_room_for(definition.body, values) else None

    def _chemistry_or_box(self, text: str, word: str, position: int) -> tuple[str, int] | None:
        group = read_group(text, position) if word in ("ce", *_BOXES) else None
        if group is None or (word != "ce" and not self._mode.is_math):
            return None
        if word not in ("ce", "hbox", "mbox", "textnormal") and "$" not in group.text:
            return None
        if word != "ce":
            name = "text" if word in ("hbox", "mbox", "textnormal") else word
            return without_inner_dollars(name, group.text), group.end
        formula = chemical(group.text)
        return formula if self._mode.is_math else f"${formula}$", group.end

    def _environment_use(self, text: str, word: str, position: int) -> tuple[str, int] | None:
        name = read_group(text, position)
        if name is None:
            return None
        if word == "begin" and name.text in self.hidden:
            end = text.find(f"\\end{{{name.text}}}", name.end)
            return ("", end + len(name.text) + 6) if end >= 0 else None
        if name.text not in self.environments:
            return None
        begin, finish = self.environments[name.text]
        if self._is_internal(begin.body + finish):
            return None
        if word == "end":
            return finish, name.end
        arguments = read_arguments(text, name.end, begin)
        if arguments is None or not self._has_room_for(begin.body, arguments[0]):
            return None
        return filled(begin.body, arguments[0]), arguments[1]

    def _has_room_for(self, body: str, arguments: list[str]) -> bool:
        """Whether a replacement may be made at all: one body can name a long argument a thousand times."""
        size = len(body) + sum(body.count(f"#{number}") * len(argument) for number, argument in enumerate(arguments, 1))
        self.has_outgrown |= self._room is not None and size > self._room
        return not self.has_outgrown

    def _is_internal(self, body: str) -> bool:
        """Whether it stands for commands of a class that no paper defines: what those do cannot be read here."""
        return "@" in body and any(name not in self.commands for name in _INTERNAL.findall(body))

    def _joined(self, replacement: str, before: str, after: str) -> str:
        """Kept apart from a letter that follows, and together where a command before it takes it as its argument."""
        is_one = re.fullmatch(r"\s*(?:\{[^{}]*\}|\S)\s*", replacement) is not None
        is_whole = replacement.count("{") == replacement.count("}") and "\\begin" not in replacement
        if self._mode.is_math and is_whole and not is_one and _ARGUMENT_TAKERS.search(before):
            return "{" + replacement + "}"
        is_command = re.search(r"\\[a-zA-Z@]+$", replacement) is not None
        return replacement + " " if is_command and after.isalpha() else replacement


def without_inner_dollars(name: str, inner: str) -> str:
    """`\\text{if $x$ is}` as `\\text{if }x\\text{ is}`: dollars within dollars would end a formula in Markdown."""
    if "$" not in inner:
        return f"\\{name}{{{inner}}}"
    parts = re.split(r"(?<!\\)\$", inner)
    pieces = [part if number % 2 else f"\\{name}{{{part}}}" for number, part in enumerate(parts) if part]
    return "{" + "".join(pieces) + "}"
