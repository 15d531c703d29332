"""Cells of tables that their authors broke into lines, as single lines. Pure."""

import re

from services.fetcher.documents.tex.scan import read_group, read_option

_MOST_LINES = 6
_WITH_COLUMNS = ("tabincell", "specialcellc")
_STACKED = re.compile(
    r"\\((?:re)?makecell|thead|shortstack|specialcell|specialcellc|tabincell|Centerstack|Shortstack|Longstack|multilinecell)"
    r"(?![a-zA-Z@])\*?"
)
"""Cells that their authors broke into lines, by makecell, stackengine, or commands of their own as many copy them."""
_DIVIDED = re.compile(r"\\(?:diagbox|(?:back)?slashbox)(?![a-zA-Z@])")
_LINE_END = re.compile(r"\\\\\*?(?:\s*\[[^\[\]]{0,20}\])?|\\(?:tabularnewline|newline)(?![a-zA-Z])")


def with_whole_cells(inner: str) -> str:
    """The lines of `\\makecell{Top-1\\\\Acc.}` and its like as one: a converter takes their ends for ends of rows."""
    inner = _with_whole_corners(inner)
    out: list[str] = []
    position = 0
    for match in _STACKED.finditer(inner):
        if match.start() < position:
            continue
        option = read_option(inner, match.end())
        text = read_group(inner, option.end if option else match.end())
        if text is not None and match[1] in _WITH_COLUMNS:
            text = read_group(inner, text.end) or text
        if text is not None:
            out += [inner[position : match.start()], f"{{{on_one_line(with_whole_cells(text.text))}}}"]
            position = text.end
    return "".join([*out, inner[position:]])


def _with_whole_corners(inner: str) -> str:
    """`\\diagbox{Train}{Test}`, which heads rows and columns at once, as `Train / Test`."""
    while (match := _DIVIDED.search(inner)) is not None:
        option = read_option(inner, match.end())
        one = read_group(inner, option.end if option else match.end())
        other = read_group(inner, one.end) if one else None
        start = match.end() if other is None else other.end
        cell = f"{{{one.text} / {other.text}}}" if one and other else ""
        inner = f"{inner[: match.start()]}{cell}{inner[start:]}"
    return inner


def is_a_cell(inner: str) -> bool:
    """Whether a table of one column within another is a cell of a few lines."""
    return len(_LINE_END.findall(inner)) <= _MOST_LINES


def on_one_line(cell: str) -> str:
    """A cell without its line ends."""
    return " ".join(_LINE_END.sub(" ", cell).split())
