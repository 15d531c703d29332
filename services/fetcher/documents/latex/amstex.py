"""AMS-TeX, the dialect of old mathematics: its alignments, rosters and references, rewritten in LaTeX.

Macros: https://ctan.org/pkg/amstex
"""

import re

_ALIGNMENTS = (
    "align|aligned|alignat|alignedat|gather|gathered|multline|split|matrix|pmatrix|bmatrix|vmatrix|Vmatrix|cases|"
    "smallmatrix|CD"
)
_ALIGNMENT = re.compile(
    rf"\\(?P<name>{_ALIGNMENTS})(?![a-zA-Z])(?P<inner>.{{0,8000}}?)\\end(?P=name)(?![a-zA-Z])", re.S
)
_ROSTER = re.compile(r"\\roster(?![a-zA-Z])(.*?)\\endroster(?![a-zA-Z])", re.S)
_REFERENCES = re.compile(
    r"\\Refs(?:nofrills)?(?![a-zA-Z])(.*?)(?:\\endRefs(?![a-zA-Z])|\\enddocument(?![a-zA-Z])|\Z)", re.S
)
_FIELDS = re.compile(
    r"\\(?:no|key|by|paper|paperinfo|jour|vol|yr|pages|page|issue|book|bookinfo|publ|publaddr|inbook|eds?|finalinfo|toappear|"
    r"moreref|manyby|lang|transl|endref|bysame|procinfo|serial|issn|isbn|giventitle|nofrills|inprocs)(?![a-zA-Z])"
)


_FRONT = re.compile(
    r"\\(?P<name>title|author|address|affil|email|thanks|keywords|subjclass|date|dedicatory|curraddr|translator)"
    r"(?![a-zA-Z])(?P<inner>(?:(?!\\endtopmatter).){0,3000}?)\\end(?P=name)(?![a-zA-Z])",
    re.S,
)


def is_used_in(text: str) -> bool:
    return (
        re.search(r"\\(?:topmatter|endproclaim|Refs|endalign|enddemo|endheading|documentstyle\s*\{ams)", text)
        is not None
    )


def to_latex(text: str) -> str:
    """Alignments, rosters and the abstract as environments, the front matter as commands with arguments."""
    text = re.sub(r"\\(?:re)?define(?![a-zA-Z])", r"\\def", text)
    text = _FRONT.sub(lambda match: rf"\{match['name']}{{{match['inner'].strip()}}}", text)
    text = re.sub(r"\\abstract(?![a-zA-Z])(?!\s*\{)", r"\\begin{abstract}", text)
    text = re.sub(r"\\endabstract(?![a-zA-Z])", r"\\end{abstract}", text)
    for _ in range(3):
        text = _ALIGNMENT.sub(_environment, text)
    return _ROSTER.sub(_list, text)


def split_references(text: str) -> tuple[str, str]:
    """The text without its references, and those as a thebibliography."""
    references = _REFERENCES.search(text)
    entries = re.split(r"\\ref(?![a-zA-Z])", references[1])[1:] if references else []
    if references is None or not entries:
        return text, ""
    listed = "\n".join(rf"\bibitem{{{number}}} {_FIELDS.sub(' ', entry)}" for number, entry in enumerate(entries, 1))
    return text[: references.start()] + text[references.end() :], f"\\begin{{thebibliography}}{{9}}\n{listed}"


def _environment(match: re.Match[str]) -> str:
    name = {"align": "aligned", "gather": "gathered", "multline": "gathered"}.get(match["name"], match["name"])
    inner = re.sub(r"\A\s*\\(?:nofrills|format)(?![a-zA-Z]).*?\\\\", "", match["inner"], flags=re.S)
    return rf"\begin{{{name}}}{inner}\end{{{name}}}"


def _list(match: re.Match[str]) -> str:
    items = re.sub(r"\\item(?![a-zA-Z])\s*\"([^\"]*)\"", r"\\item \1 ", match[1])
    return rf"\begin{{itemize}}{items}\end{{itemize}}"
