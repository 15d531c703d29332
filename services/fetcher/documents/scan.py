"""Reading TeX as text: groups, arguments, comments. Nothing here runs TeX, and everything is linear in its input."""

import re
from typing import NamedTuple

_ESCAPED = re.compile(r"\\[\\{}%]")
_BRACE = re.compile(r"\\.|[{}]", re.S)
_CONDITIONAL = re.compile(r"\\(if[a-zA-Z@]*|else|fi)(?![a-zA-Z@])")
_NO_CONDITIONALS = frozenset(
    ("iff", "ifthenelse", "ifx@", "ifmmode@", "iflanguage", "ifstrequal", "ifdefempty", "ifblank")
)


class Argument(NamedTuple):
    """The inside of a group, and the position after it."""

    text: str
    end: int


def read_group(text: str, start: int) -> Argument | None:
    """The `{...}` that begins at `start` after white space; None where there is none or it never ends."""
    start = skip_space(text, start)
    if text[start : start + 1] != "{":
        return None
    depth = 0
    for match in _BRACE.finditer(text, start):
        if match[0] == "{":
            depth += 1
        elif match[0] == "}":
            depth -= 1
            if depth == 0:
                return Argument(text[start + 1 : match.start()], match.end())
    return None


def read_option(text: str, start: int) -> Argument | None:
    """The `[...]` that begins at `start` after white space, brackets inside groups not counted."""
    start = skip_space(text, start)
    if text[start : start + 1] != "[":
        return None
    depth = 0
    for match in re.compile(r"\\.|[{}\]]", re.S).finditer(text, start):
        depth += (match[0] == "{") - (match[0] == "}")
        if match[0] == "]" and depth == 0:
            return Argument(text[start + 1 : match.start()], match.end())
    return None


def skip_space(text: str, start: int) -> int:
    while start < len(text) and text[start] in " \t\r\n":
        start += 1
    return start


def without_false_parts(text: str) -> str:
    """Without `\\iffalse ... \\fi`, of which the `\\else` branch is kept."""
    out: list[str] = []
    position = 0
    while (start := text.find("\\iffalse", position)) >= 0:
        out.append(text[position:start])
        position = start + len("\\iffalse")
        depth, kept_from = 1, None
        for match in _CONDITIONAL.finditer(text, position):
            if match[1] in _NO_CONDITIONALS:
                continue
            depth += (match[1].startswith("if")) - (match[1] == "fi")
            if match[1] == "else" and depth == 1 and kept_from is None:
                kept_from = match.end()
            if depth == 0:
                out.append(text[kept_from : match.start()] if kept_from is not None else "")
                position = match.end()
                break
        else:
            return "".join(out) + text[position:]
    return "".join([*out, text[position:]])


def without_environments(text: str, names: tuple[str, ...]) -> str:
    """Without these environments and all that is in them."""
    for name in names:
        begin, end = f"\\begin{{{name}}}", f"\\end{{{name}}}"
        out: list[str] = []
        position = 0
        while (start := text.find(begin, position)) >= 0:
            stop = text.find(end, start)
            if stop < 0:
                break
            out.append(text[position:start])
            position = stop + len(end)
        text = "".join([*out, text[position:]])
    return text


def command_argument(text: str, name: str) -> Argument | None:
    """The first `\\name[..]{...}`: its argument and the position after it."""
    for match in re.finditer(rf"\\{name}(?![a-zA-Z@])\*?", text):
        option = read_option(text, match.end())
        found = read_group(text, option.end if option else match.end())
        if found is not None:
            return found
    return None
