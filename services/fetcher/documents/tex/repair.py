"""Groups and environments that do not close: TeX forgives many of them, converters none."""

import re

_MARK = re.compile(r"\\(?P<side>begin|end)\s*\{(?P<name>[^{}\n]{1,40})\}|\\.|(?P<brace>[{}])", re.S)
_MOST_ROUNDS = 10


def balanced(tex: str) -> str:
    """Without the braces and the `\\begin` and `\\end` that have no partner.

    What stood around a lonely mark may be a mark once it is gone. Where this goes on and on, no brace stays.
    """
    for _ in range(_MOST_ROUNDS):
        lonely = _lonely(tex)
        if not lonely:
            return tex
        tex = _without(tex, lonely)
    return re.sub(r"[{}]", "", tex)


def _without(tex: str, spans: list[tuple[int, int]]) -> str:
    out: list[str] = []
    position = 0
    for start, end in sorted(spans):
        out.append(tex[position:start])
        position = end
    return "".join([*out, tex[position:]])


def _lonely(tex: str) -> list[tuple[int, int]]:
    open_marks: list[tuple[str, int, int]] = []
    lonely: list[tuple[int, int]] = []
    for match in _MARK.finditer(tex):
        span = match.span()
        if match["brace"] == "{":
            open_marks.append(("{", *span))
        elif match["side"] == "begin":
            open_marks.append((match["name"], *span))
        elif match["brace"] == "}" or match["side"] == "end":
            _close(match["name"] or "{", span, open_marks, lonely)
    return [*lonely, *((start, end) for _, start, end in open_marks)]


def _close(
    name: str, span: tuple[int, int], open_marks: list[tuple[str, int, int]], lonely: list[tuple[int, int]]
) -> None:
    """A closing mark closes the nearest of its kind; an environment's end also ends the groups that it left open."""
    if open_marks and open_marks[-1][0] == name:
        open_marks.pop()
        return
    depth = next((back for back in range(1, len(open_marks) + 1) if open_marks[-back][0] == name), 0)
    if name == "{" or depth == 0:
        lonely.append(span)
        return
    for _, start, end in open_marks[-depth + 1 :]:
        lonely.append((start, end))
    del open_marks[-depth:]
