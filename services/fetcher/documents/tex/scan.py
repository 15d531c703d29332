"""Reading TeX as text: groups, arguments, comments. Nothing here runs TeX, and everything is linear in its input.

pylatexenc's walker builds a tree of the whole text, which costs seconds a paper and is lost where one brace is missing;
what is rewritten here must keep every other character as it stands.
"""

import re
from collections.abc import Callable
from typing import NamedTuple

_ESCAPED = re.compile(r"\\[\\{}%]")
_BRACE = re.compile(r"\\.|[{}]", re.S)
_CONDITIONAL = re.compile(r"\\(if[a-zA-Z@]*|else|fi)(?![a-zA-Z@])")
_FALSE = re.compile(r"\\iffalse(?![a-zA-Z@])|\\if\s*0(?:\s*1)?(?![0-9])")
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


def read_token_or_group(text: str, position: int) -> Argument | None:
    """One argument as TeX takes it: a group, a command or a character."""
    group = read_group(text, position)
    if group is not None:
        return group
    start = skip_space(text, position)
    if start >= len(text) or text[start] in "{}$" or "\n\n" in text[position:start].replace(" ", ""):
        return None
    token = re.compile(r"\\(?:[a-zA-Z@]+|.)|[^\\]", re.S).match(text, start)
    return Argument(token[0], token.end()) if token else None


def replace_command(tex: str, name: str, count: int, make: Callable[[list[str]], str]) -> str:
    """Every use of a command with its arguments replaced by what `make` says."""
    out: list[str] = []
    position = 0
    for match in re.finditer(rf"\\{name}(?![a-zA-Z@])\*?", tex):
        if match.start() < position:
            continue
        end, values = match.end(), []
        option = read_option(tex, end)
        end = (
            option.end
            if option and name in ("footnote", "SI", "num", "qty", "si", "unit", "ce", "ang", "inferrule", "infer")
            else end
        )
        for _ in range(count):
            argument = read_token_or_group(tex, end)
            if argument is None:
                break
            values.append(argument.text)
            end = argument.end
        if len(values) == count:
            out += [tex[position : match.start()], make(values)]
            position = end
    return "".join([*out, tex[position:]])


def without_false_parts(text: str) -> str:
    """Without `\\iffalse ... \\fi` and `\\if0 ... \\fi`, of which the `\\else` branch is kept."""
    out: list[str] = []
    position = 0
    while (start := _FALSE.search(text, position)) is not None:
        out.append(text[position : start.start()])
        position = start.end()
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
        argument = read_group(text, option.end if option else match.end())
        if argument is not None:
            return argument
    return None
