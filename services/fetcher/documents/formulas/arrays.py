"""Arrays and alignments in formulas, by the names and with the columns that KaTeX knows."""

import re

from services.fetcher.documents.tex.scan import read_group, read_option, replace_command

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


def with_known_environments(tex: str) -> str:
    """Environments by the names that KaTeX knows; columns of arrays without what it does not."""
    out: list[str] = []
    position = 0
    for match in _ENVIRONMENT.finditer(tex):
        if match.start() < position:
            continue
        name = _ENVIRONMENTS.get(match[2], _ENVIRONMENTS.get(match[2].rstrip("*"), match[2]))
        out.append(tex[position : match.start()])
        position = match.end()
        is_known = name in _ENVIRONMENTS_KATEX_KNOWS
        if is_known:
            out.append(rf"\{match[1]}{{{name}}}")
        if match[1] == "begin":
            position = _columns(tex, position, match[2], name, out)
    return "".join([*out, tex[position:]])


def _columns(tex: str, position: int, environment: str, name: str, out: list[str]) -> int:
    if environment == "tabular*":
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
    if environment.startswith(("IEEEeqnarray", "minipage")):
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


def columns_of(declared: str) -> str:
    """`@{}l*{3}{c}p{3cm}|` as `lcccl|`."""
    for _ in range(3):
        declared = re.sub(r"\*\s*\{\s*(\d{1,2})\s*\}\s*\{([^{}]*)\}", lambda match: match[2] * int(match[1]), declared)[
            :2_000
        ]
    declared = re.sub(r"[@!<>]\s*\{(?:[^{}]|\{[^{}]*\})*\}", "", declared)
    declared = re.sub(r"[pmbX]\s*\{[^{}]*\}|[XLSJ]|[Dd]\s*(?:\{[^{}]*\}){0,3}", "l", declared)
    return re.sub(r"[^lcr|:]", "", declared.replace("C", "c").replace("R", "r"))[:200] or "l"
