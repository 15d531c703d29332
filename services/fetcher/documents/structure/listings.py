"""Code in a paper: taken out of its TeX before anything reads that, and put back as code into the Markdown.

What stands in `\\verb|...|` or a listing is no TeX, whatever it looks like; marks of private characters hold its place.
"""

import re

_OPEN, _CLOSE = "\ue100", "\ue101"
_MARK = re.compile(f"{_OPEN}(\\d+){_CLOSE}")
_LINE = re.compile(
    rf"(?m)^(?P<lead>[ \t>]*)(?P<bullet>(?:[-*+]|\d+[.)]|\(?\w[.)])[ \t]+)?{_OPEN}(?P<number>\d+){_CLOSE}[ \t]*$"
)
_IN_SPAN = re.compile(f"(?<!`)`(?!`)([^`\\n]*{_OPEN}[^`\\n]*)`")
_ENVIRONMENTS = (
    "verbatim", "Verbatim", "BVerbatim", "LVerbatim", "verbatimtab", "lstlisting", "minted", "alltt", "Sinput",
    "Soutput", "CodeInput", "CodeOutput", "pyverbatim", "spverbatim",
)  # fmt: skip
_DECLARED = re.compile(
    r"\\(?:lstnewenvironment|DefineVerbatimEnvironment|newverbatim|newtcblisting)\s*\{(\w+)\}|"
    r"\\newminted\s*(?:\[(\w+)\])?\s*\{(\w+)\}"
)
_SHORT = re.compile(r"\\(?:DefineShortVerb|MakeShortVerb)\s*\*?\s*(?:\[[^\]]*\]\s*)?\{?\s*\\([^a-zA-Z\s{}])\s*\}?")
_INLINE = (
    r"\\verb\*?(?P<mark>[^a-zA-Z\s*])(?P<verb>[^\n]*?)(?P=mark)|\\(?:url|path)(?P<bar>[|!+])(?P<url>[^\n]*?)(?P=bar)|"
    r"\\(?:lstinline|mintinline)(?![a-zA-Z])\*?(?:\[[^\]\n]*\])?(?:\{(?P<language>\w+)\}(?=[^\w\s]))?"
    r"(?:(?P<side>[|!+/\"=@:;'^~])(?P<lst>[^\n]*?)(?P=side)|\{(?P<braced>[^{}\n]*)\})|"
    r"\\string\s*(?P<string>\\(?:[a-zA-Z@]+|.)|[{}#%&_^~$])"
)
_INLINE_NAMES = ("verb", "url", "lst", "braced", "string", "short")
_COMMENT = r"(?P<line>^[ \t]*%[^\n]*\n)|(?P<slashes>(?<!\\)(?:\\\\)*)%[^\n]*(?:\n[ \t]*)?"
_ADDRESS = r"\\(?:href|url|nolinkurl)\s*\{(?P<address>[^{}\n]*%[^{}\n]*)\}"
_CODE_LANGUAGE = re.compile(r"language\s*=\s*\{?(?:\[[^\]]*\])?\s*([A-Za-z+#]+)|^\s*\{([A-Za-z+#-]+)\}")
_OPTIONS = re.compile(r"(?:[ \t]*\[[^\]]*\])?(?:[ \t]*\{[\w+#-]+\})?[ \t]*(?:\n|(?=\S))")


class Listings:
    """The pieces of code of one paper, by number."""

    def __init__(self) -> None:
        self._kept: list[tuple[str, str | None]] = []

    def extract_from(self, tex: str) -> str:
        """The TeX without comments, with marks for its code: one pass, as each may hold what looks like the other."""
        tex = tex.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "").replace(_OPEN, "").replace(_CLOSE, "")
        return _pattern(tex).sub(self._take, tex)

    def restore(self, markdown: str) -> str:
        """Code spans and fenced blocks in place of the marks."""
        if _OPEN not in markdown:
            return markdown
        markdown = _IN_SPAN.sub(lambda match: f"`{self.as_plain_text(match[1])}`", markdown)
        return _MARK.sub(self._span, _LINE.sub(self._block, markdown))

    def as_plain_text(self, text: str) -> str:
        """A plain text with its code as plain text."""
        return _MARK.sub(lambda match: " ".join(self._code(match[1])[0].split()), text)

    def in_formula(self, tex: str) -> str:
        """A formula with its code as typewriter text."""
        return _MARK.sub(lambda match: rf"\texttt{{{_escaped(self._code(match[1])[0])}}}", tex)

    def _take(self, match: re.Match[str]) -> str:
        groups = match.groupdict()
        if groups["line"] is not None:
            return ""
        if groups["address"] is not None:
            return _with_per_cent_signs(match[0])
        if groups["slashes"] is not None:
            return groups["slashes"] + ("\n" if match.string[match.end() : match.end() + 1] in ("\n", "") else "")
        if groups["environment"] is not None:
            return f"\n\n{self._keep(*_of_environment(groups['environment'], groups['block']))}\n\n"
        if all(groups.get(name) is None for name in _INLINE_NAMES):
            return match[0]
        name = next(name for name in _INLINE_NAMES if groups.get(name) is not None)
        is_parameter = name in ("lst", "braced") and re.search(r"#\d", groups[name]) is not None
        return match[0] if is_parameter else self._keep(groups[name] or "", None)

    def _keep(self, code: str, language: str | None) -> str:
        self._kept.append((code, language))
        return f"{_OPEN}{len(self._kept) - 1}{_CLOSE}"

    def _code(self, number: str) -> tuple[str, str | None]:
        return self._kept[int(number)] if int(number) < len(self._kept) else ("", None)

    def _block(self, match: re.Match[str]) -> str:
        code, language = self._code(match["number"])
        if language is None:
            return match[0]
        bullet = match["bullet"] or ""
        fence = "~" * max(3, *(len(run) + 1 for run in re.findall("~+", code)), 3)
        lines = [f"{fence} {language}".rstrip(), *code.strip("\n").split("\n"), fence]
        indent = match["lead"] + " " * len(bullet)
        return match["lead"] + bullet + f"\n{indent}".join(lines)

    def _span(self, match: re.Match[str]) -> str:
        code = " ".join(self._code(match[1])[0].split())
        ticks = "`" * (1 + max((len(run) for run in re.findall("`+", code)), default=0))
        space = " " if code.startswith("`") or code.endswith("`") else ""
        return f"{ticks}{space}{code}{space}{ticks}" if code else ""


def without_comments(tex: str) -> str:
    """As TeX sees it: a comment takes the line's end with it; a line that is only a comment goes whole; code stays."""
    tex = tex.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")

    def comment_end(match: re.Match[str]) -> str:
        groups = match.groupdict()
        if groups["line"] is not None:
            return ""
        if groups["address"] is not None:
            return _with_per_cent_signs(match[0])
        if groups["slashes"] is None:
            return match[0]
        return groups["slashes"] + ("\n" if match.string[match.end() : match.end() + 1] in ("\n", "") else "")

    return _pattern(tex).sub(comment_end, tex)


def _with_per_cent_signs(address: str) -> str:
    """No comment starts within an address."""
    return re.sub(r"(?<!\\)%", r"\\%", address)


def _pattern(tex: str) -> re.Pattern[str]:
    """Comments and code of this text, whichever comes first; the paper may name environments for its code."""
    declared = {match[1] or match[2] or f"{match[3]}code" for match in _DECLARED.finditer(tex)}
    names = "|".join(map(re.escape, sorted({*_ENVIRONMENTS, *declared}, key=len, reverse=True)))
    block = rf"\\begin\s*\{{(?P<environment>(?:{names})\*?)\}}(?P<block>.*?)\\end\s*\{{(?P=environment)\}}"
    marks = {match[1] for match in _SHORT.finditer(tex)}
    short = "".join(rf"|(?<!\\){re.escape(mark)}(?P<short>[^\n]*?){re.escape(mark)}" for mark in sorted(marks)[:1])
    declaring = _SHORT.pattern if marks else r"(?!)"
    return re.compile(rf"{_ADDRESS}|{_COMMENT}|{block}|{_INLINE}|{declaring}{short}", re.S | re.M)


def _of_environment(name: str, block: str) -> tuple[str, str]:
    """The code in an environment, and its language or nothing."""
    options = _OPTIONS.match(block) if name.rstrip("*") not in ("verbatim", "alltt", "Sinput", "Soutput") else None
    language = _CODE_LANGUAGE.search(re.sub(r"^\s*\[[^\]]*\](?=\s*\{)", "", options[0])) if options else None
    code = block[options.end() :] if options else block
    code = code.removeprefix("\n")
    return code.rstrip(), (language[1] or language[2] or "").lower() if language else ""


def _escaped(code: str) -> str:
    return re.sub(r"([_#%&{}$])", r"\\\1", code.replace("\\", r"\textbackslash ")).replace("~", "-").replace("^", "")
