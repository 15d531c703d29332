"""Formulas that an empty line breaks or that never close: TeX forgives both, a reader of Markdown neither."""

import re
from typing import NamedTuple

_ENVIRONMENTS = (
    "equation|align|eqnarray|gather|multline|alignat|flalign|displaymath|math|dmath|subeqnarray|xalignat|xxalignat"
)
_OPENING = re.compile(
    rf"\\begin\s*\{{(?P<environment>(?:{_ENVIRONMENTS})\*?)\}}|\\(?P<bracket>[(\[])|\\.|(?P<dollars>\$\$?)", re.S
)
_INSIDE = re.compile(
    r"(?P<blank>\n[ \t]*\n)|\\(?P<text>chapter|(?:sub)*section|paragraph|item|caption)(?![a-zA-Z])|\\.|(?P<mark>[{}$])",
    re.S,
)
_EMPTY_LINE = re.compile(r"[ \t]*\n(?:[ \t]*\n)+|\\par(?![a-zA-Z])")
_SAID = re.compile(
    r"\\(?:text\w*|mbox|hbox|mathrm|mathit|operatorname|label|mathsf|mathbf)\*?\s*\{[^{}]*\}|\\[a-zA-Z]+"
)
_LONGEST_INLINE = 12_000
_LONGEST_DISPLAY = 40_000


class _Reach(NamedTuple):
    """How far an inline formula may go: its partner (None where it has none), its end at most, its first empty line."""

    partner: int | None
    stop: int
    blank: int | None


def with_whole_formulas(tex: str) -> str:
    """Every formula in one piece; dollars without a partner close where their line of thought does, or are dollars."""
    out: list[str] = []
    position = start = 0
    left = 20 * len(tex) + 1_000_000
    while left > 0 and (match := _OPENING.search(tex, position)) is not None:
        position = match.end()
        if match["dollars"] is None and match["bracket"] is None and match["environment"] is None:
            continue
        formula, end = _inline(tex, match.start()) if match["dollars"] == "$" else _display(tex, match)
        left -= end - match.start() + (_LONGEST_INLINE if end <= position else 0)
        out += [tex[start : match.start()], formula]
        position = start = end
    return "".join([*out, tex[start:]])


def _display(tex: str, match: re.Match[str]) -> tuple[str, int]:
    """A formula between marks that differ from dollars, or between two pairs of those; a pair alone goes."""
    bracket = match["bracket"]
    mark = f"\\end{{{match['environment']}}}" if match["environment"] else {"(": r"\)", "[": r"\]"}.get(bracket, "$$")
    end = tex.find(mark, match.end(), match.end() + _LONGEST_DISPLAY)
    if end < 0:
        return ("" if match["dollars"] or bracket else match[0]), match.end()
    return match[0] + _EMPTY_LINE.sub(_one_line, tex[match.end() : end]) + mark, end + len(mark)


def _inline(tex: str, at: int) -> tuple[str, int]:
    reach = _reach(tex, at + 1)
    if reach.partner is not None:
        inner = tex[at + 1 : reach.partner]
        if reach.blank is None:
            return f"${inner}$" if inner.strip() else " ", reach.partner + 1
        if _is_formula(inner):
            return f"${_EMPTY_LINE.sub(_one_line, inner).strip()}$", reach.partner + 1
    end = reach.stop if reach.blank is None else reach.blank
    inner = tex[at + 1 : end]
    if inner.strip() and len(inner) < 300 and _is_formula(inner):
        return f"${inner.strip()}$", end
    return r"\$", at + 1


def _reach(tex: str, start: int) -> _Reach:
    depth = 0
    blank: int | None = None
    for match in _INSIDE.finditer(tex, start, start + _LONGEST_INLINE):
        if match["blank"]:
            blank = match.start() if blank is None else blank
        elif match["text"] and depth == 0:
            return _Reach(None, match.start(), blank)
        elif match["mark"] == "{":
            depth += 1
        elif match["mark"] == "}":
            if depth == 0:
                return _Reach(None, match.start(), blank)
            depth -= 1
        elif match["mark"] == "$" and depth == 0:
            return _Reach(match.start(), match.start(), blank)
    return _Reach(None, min(len(tex), start + _LONGEST_INLINE), blank)


def _is_formula(inner: str) -> bool:
    """Whether it is mathematics rather than prose between two stray dollars."""
    words = re.findall(r"[a-zA-Z]{3,}", _SAID.sub(" ", inner))
    return len(words) <= 1 + len(inner) // 200


def _one_line(match: re.Match[str]) -> str:
    return "\n" if "\n" in match[0] else " "
