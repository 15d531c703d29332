"""Conditionals of TeX: the branch that is taken."""

import re

_CONDITIONAL = re.compile(r"\\(if[a-zA-Z@]*|else|fi)(?![a-zA-Z@])")
_NOT_CONDITIONALS = frozenset(("iff", "ifthenelse", "iflanguage", "ifstrequal", "ifdefempty", "ifblank", "ifbool"))
_DEEPEST = 200
"""Far deeper than anybody nests them; without an end, thousands that never close would each be read to the end."""


def branch(text: str, position: int, is_true: bool) -> tuple[str, int] | None:
    """The branch of a conditional whose condition ends at `position`, and the position after its `\\fi`, if any."""
    depth, middle = 1, None
    for match in _CONDITIONAL.finditer(text, position):
        if match[1] in _NOT_CONDITIONALS:
            continue
        depth += match[1].startswith("if") - (match[1] == "fi")
        if depth > _DEEPEST:
            return None
        if match[1] == "else" and depth == 1 and middle is None:
            middle = match
        if depth == 0:
            first = text[position : middle.start() if middle else match.start()]
            second = text[middle.end() : match.start()] if middle else ""
            return (first if is_true else second).removeprefix(" "), match.end()
    return None
