"""Tables as the converter understands them: plain columns, rows, and no rules or colours of journals and packages."""

import re

from services.fetcher.documents.structure.table_cells import is_a_cell, on_one_line, with_whole_cells
from services.fetcher.documents.tex.scan import read_group, read_option

_TABLES = {
    "tabular": 0, "tabular*": 1, "tabularx": 1, "tabulary": 1, "longtable": 0, "longtable*": 0, "xltabular": 1,
    "tabu": 0, "longtabu": 0, "supertabular": 0, "supertabular*": 1, "mpsupertabular": 0, "xtabular": 0, "xtabular*": 1,
    "NiceTabular": 0, "NiceTabular*": 1, "NiceTabularX": 1, "tblr": 0, "longtblr": 0, "talltblr": 0, "ctabular": 0,
}  # fmt: skip
_MAX_DEPTH = 8
_MAX_COLUMNS = 200
_LONGEST_COLUMNS = 20_000
_LONG = ("longtable", "longtable*", "longtabu", "longtblr", "xltabular")
_BEGIN = re.compile(rf"\\begin\s*\{{({'|'.join(map(re.escape, sorted(_TABLES, key=len, reverse=True)))})\}}")
_END = re.compile(rf"\\end\s*\{{({'|'.join(map(re.escape, sorted(_TABLES, key=len, reverse=True)))})\}}")
_RULES = re.compile(
    r"\\(?:toprule|midrule|bottomrule|colrule|tableline|botrule|toptablerule|hline|Hline|thickhline|br|mr|frstrut|"
    r"headrow|topline|midline|bottomline|firsthline|lasthline)(?![a-zA-Z@])\s*(?:\[[^\[\]]{0,40}\])?|"
    r"\\(?:cline|hhline|Xhline|crule|cdashline|arrayrulecolor|rowcolor|cellcolor|columncolor)(?![a-zA-Z@])\*?\s*"
    r"(?:\[[^\[\]]{0,60}\]\s*)?\{[^{}]{0,200}\}(?:\s*\[[^\[\]]{0,40}\]){0,2}|"
    r"\\c?midrule\s*(?:\[[^\[\]]{0,40}\])?\s*(?:\([^()]{0,40}\))?\s*\{[^{}]{0,40}\}|"
    r"\\(?:rowcolors)\*?\s*(?:\[[^\[\]]*\])?(?:\s*\{[^{}]{0,60}\}){3}|\\specialrule(?:\s*\{[^{}]{0,60}\}){3}|"
    r"\\(?:addlinespace|hdashline|morecmidrules|extracolsep)(?![a-zA-Z@])\s*(?:\[[^\[\]]{0,60}\])?(?:\{[^{}]{0,40}\})?"
)
_STRUT = re.compile(
    r"\\rule\s*(?:\[[^\[\]]{0,40}\])?\s*\{\s*0(?:\.0*)?\s*[a-z]{2}\s*\}\s*\{[^{}]{0,40}\}|\\[TB]?strut(?![a-zA-Z@])"
)
_LAYOUT = re.compile(
    r"\\\\\*?(?:\s*\[[^\[\]]{0,20}\])?|&|~|\\(?:[hv]space\*?\s*\{[^{}]{0,40}\}|q?quad|hfill|[,;!])(?![a-zA-Z])|[{}]"
)
_LONG_SPAN = re.compile(r"(\\multirow\s*(?:\[[^\]]*\]\s*)?)\{\s*-?\s*\d{3,}\s*\}")
_WRAPPED = re.compile(
    r"\\(?:begin|end)\s*\{(?:threeparttable|measuredfigure|ruledtabular|adjustbox|adjustwidth|footnotesize|scriptsize|small|"
    r"tiny|normalsize|large|center|indented|specialtable|tablehere|spacing|singlespace|doublespace|onehalfspace|rotatetable)"
    r"\*?\}(?:\s*\[[^\[\]]{0,200}\])?(?:\s*\{[^{}]{0,200}\}){0,2}"
)


def with_plain_tables(body: str, depth: int = 0) -> str:
    """Every table with columns of `l`, `c` and `r`, rules gone."""
    out: list[str] = []
    position = 0
    while depth < _MAX_DEPTH and (match := _BEGIN.search(body, position)) is not None:
        head = _head(body, match.end(), match[1])
        out.append(body[position : match.start()])
        if head is None:
            out.append(match[0])
            position = match.end()
            continue
        columns, start = head
        end = _matching_end(body, start)
        name = "longtable" if match[1] in _LONG else "tabular"
        if end is None:
            out.append(f"\\begin{{{name}}}{{{columns}}}")
            position = start
            continue
        inner = with_plain_tables(body[start : end.start()], depth + 1)
        if depth and len(columns) == 1 and is_a_cell(inner):
            out.append(f"{{{on_one_line(_rows(inner))}}}")  # a cell that its authors broke into lines
        elif alone := _tables_alone(inner):
            out.append("\n\n".join(alone))
        else:
            out.append(f"\\begin{{{name}}}{{{columns}}}{_rows(inner)}\\end{{{name}}}")
        position = end.end()
    return "".join([*out, body[position:]])


def plain_columns(declared: str) -> str:
    """`@{}l*{3}{c}p{3cm}d{3.3}|` as `lccclr`: how columns are set matters to no reader of Markdown."""
    for _ in range(3):
        declared = _repeated(declared)[:_LONGEST_COLUMNS]
    out: list[str] = []
    position = 0
    while position < len(declared):
        letter = declared[position]
        position += 1
        if letter in "@!><":
            group = read_group(declared, position)
            position = group.end if group else position
        elif letter.isalpha():
            out.append(letter if letter in "lcr" else "r" if letter in "dDSR" else "c" if letter in "C" else "l")
            while (rest := read_group(declared, position) or read_option(declared, position)) is not None:
                position = rest.end
        elif letter in "[{":
            rest = read_group(declared, position - 1) or read_option(declared, position - 1)
            position = rest.end if rest else position
    return "".join(out[:_MAX_COLUMNS])


def _repeated(declared: str) -> str:
    match = re.search(r"\*\s*(?=\{)", declared)
    count = read_group(declared, match.end()) if match else None
    columns = read_group(declared, count.end) if count else None
    if match is None or count is None or columns is None:
        return declared
    times = _number(count.text, 60)
    return declared[: match.start()] + columns.text * times + declared[columns.end :]


def _number(digits: str, at_most: int) -> int:
    return min(int(digits), at_most) if re.fullmatch(r"\s*[0-9]{1,9}\s*", digits) else 1


def _head(body: str, position: int, name: str) -> tuple[str, int] | None:
    """Plain columns and the position after the arguments of a table's beginning."""
    option = read_option(body, position)
    position = option.end if option and option.end - position < 200 else position
    if name.startswith("tabu"):
        to = re.compile(r"\s*(?:to|spread)\s*[^{]{1,40}").match(body, position) if name == "tabu" else None
        position = to.end() if to else position
    for _ in range(_TABLES[name]):
        width = read_group(body, position)
        position = width.end if width else position
    option = read_option(body, position)
    position = option.end if option and option.end - position < 200 else position
    columns = read_group(body, position)
    if columns is None:
        return None
    declared = columns.text
    if name.endswith("tblr"):
        colspec = re.search(r"colspec\s*=\s*(?=\{)", declared)
        group = read_group(declared, colspec.end()) if colspec else None
        declared = group.text if group else declared if "=" not in declared else ""
    return plain_columns(declared) or "l" * _widest(body, columns.end), columns.end


def _widest(body: str, start: int) -> int:
    """Columns of the first rows, where their declaration says nothing."""
    rows = re.split(r"\\\\|\\tabularnewline", body[start : start + 3_000])[:5]
    return max(len(re.findall(r"(?<!\\)&", row)) for row in rows) + 1


def _tables_alone(inner: str) -> list[str]:
    """The tables that another one only sets side by side; none where it holds anything else."""
    found: list[str] = []
    rest, position = "", 0
    while (begin := _BEGIN.search(inner, position)) is not None and (end := _matching_end(inner, begin.end())):
        rest += inner[position : begin.start()]
        found.append(inner[begin.start() : end.end()])
        position = end.end()
    return found if len(found) > 1 and not _LAYOUT.sub("", rest + inner[position:]).strip() else []


def _matching_end(body: str, start: int) -> re.Match[str] | None:
    depth, position = 1, start
    while (end := _END.search(body, position)) is not None:
        depth += len(_BEGIN.findall(body, position, end.start())) - 1
        if depth == 0:
            return end
        position = end.end()
    return None


def _rows(inner: str) -> str:
    inner = with_whole_cells(inner)
    inner = _STRUT.sub(" ", _RULES.sub(" ", inner))  # beside a strut pandoc loses the text of a cell over several rows
    inner = re.sub(r"\\tabularnewline(?![a-zA-Z])", r"\\\\", _WRAPPED.sub(" ", inner))
    inner = re.sub(r"\\noalign\s*\{[^{}]*(?:\{[^{}]*\}[^{}]*)*\}", " ", inner)
    inner = re.sub(r"\\cr(?:cr)?(?![a-zA-Z])", r"\\\\", inner)
    return _with_plain_spans(_LONG_SPAN.sub(r"\1{99}", inner))


def _with_plain_spans(inner: str) -> str:
    """`\\multicolumn{2}{c|}{text}` with a plain column; one that spans a single column is just its text."""
    out: list[str] = []
    position = 0
    for match in re.finditer(r"\\multicolumn(?![a-zA-Z])", inner):
        count = read_group(inner, match.end())
        columns = read_group(inner, count.end) if count else None
        text = read_group(inner, columns.end) if columns else None
        if match.start() < position or count is None or columns is None or text is None:
            continue
        is_one = count.text.strip() == "1"
        width = _number(count.text, _MAX_COLUMNS)
        cell = (
            text.text
            if is_one
            else f"\\multicolumn{{{width}}}{{{plain_columns(columns.text)[:1] or 'c'}}}{{{text.text}}}"
        )
        out += [inner[position : match.start()], cell]
        position = text.end
    return "".join([*out, inner[position:]])
