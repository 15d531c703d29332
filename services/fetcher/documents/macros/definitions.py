"""Definitions of TeX, LaTeX and packages, read into one form: what a command takes and what it stands for."""

import re
from dataclasses import dataclass

from services.fetcher.documents.tex.scan import Argument, read_group, read_option, read_token_or_group, skip_space

NAME = re.compile(r"\s*(?:\{\s*(\\[a-zA-Z@]+|\\[^a-zA-Z\s])\s*\}|(\\[a-zA-Z@]+|\\[^a-zA-Z\s]))")
_COUNT = re.compile(r"\s*\[\s*(\d)\s*\]")
_STAR = re.compile(r"\s*\*")
_LET = re.compile(r"\s*(\\[a-zA-Z@]+)\s*=?\s*(\\[a-zA-Z@]+|\\[^a-zA-Z]|[^\s\\])")
_DEF_PARAMETERS = re.compile(r"[^{}]{0,80}(?=\{)", re.S)
_PARAMETER = re.compile(r"#(#?\d)")
_XPARSE = re.compile(r"\s*(?:\+|!|>\s*\{[^{}]*\})*([moOsdDrRtvg])")
_IF_ARGUMENT = re.compile(r"\\If(?P<kind>NoValue|Value|Boolean)(?P<branches>TF|T|F)\s*(?=\{)")
NO_VALUE = "-NoValue-"


@dataclass(frozen=True)
class Definition:
    """What a command takes and stands for.

    `parameters` is one word a parameter: `m` a mandatory argument, `o` an optional one with the default in `defaults`,
    `s` a star, `g` an argument in braces that may be missing, `d` anything up to the text in `defaults` (a delimiter
    of `\\def`). `lead` must come before them all.
    """

    parameters: tuple[str, ...]
    defaults: tuple[str, ...]
    body: str
    lead: str = ""


def simple(body: str, count: int = 0) -> Definition:
    return Definition(("m",) * count, ("",) * count, body)


def read_definition(text: str, kind: str, position: int) -> tuple[str, Definition, int] | None:
    """Name without backslash, definition and the position after it; None where it cannot be understood."""
    name = NAME.match(text, position)
    if name is None:
        return None
    word = (name[1] or name[2])[1:]
    if kind in ("def", "gdef", "edef", "xdef"):
        return _read_def(text, word, name.end())
    if kind in ("DeclareMathOperator", "DeclarePairedDelimiter"):
        return _read_declared(text, kind, word, name.end())
    if kind.endswith("DocumentCommand"):
        return _read_xparse(text, word, name.end())
    parameters, defaults, end = read_parameters(text, name.end())
    body = read_group(text, end)
    if body is not None:
        return word, Definition(parameters, defaults, body.text), body.end
    single = re.compile(r"\s*(\\[a-zA-Z@]+)").match(text, end)
    return (word, Definition(parameters, defaults, single[1]), single.end()) if single else None


def read_parameters(text: str, position: int) -> tuple[tuple[str, ...], tuple[str, ...], int]:
    """`[2][default]` as LaTeX's commands and environments declare what they take."""
    count_match = _COUNT.match(text, position)
    if count_match is None:
        return (), (), position
    count, end = int(count_match[1]), count_match.end()
    option = read_option(text, end) if count else None
    if option is None:
        return ("m",) * count, ("",) * count, end
    return ("o", *("m",) * (count - 1)), (option.text, *("",) * (count - 1)), option.end


def read_environment(text: str, position: int) -> tuple[str, Definition, str, int] | None:
    """Name, what begins it, what ends it, and the position after the definition."""
    name = read_group(text, position)
    if name is None:
        return None
    parameters, defaults, end = read_parameters(text, name.end)
    begin = read_group(text, end)
    finish = read_group(text, begin.end) if begin else None
    if begin is None or finish is None:
        return None
    return name.text.strip(), Definition(parameters, defaults, begin.text), finish.text, finish.end


def read_let(text: str, position: int) -> tuple[str, str, int] | None:
    """New name, old token, position after."""
    match = _LET.match(text, position)
    return (match[1][1:], match[2], match.end()) if match else None


def read_arguments(text: str, position: int, definition: Definition) -> tuple[list[str], int] | None:
    """The arguments of a use whose name ends at `position`; None where they are not there."""
    if definition.lead:
        start = skip_space(text, position) if not text.startswith(definition.lead, position) else position
        if not text.startswith(definition.lead, start):
            return None
        position = start + len(definition.lead)
    values: list[str] = []
    for kind, default in zip(definition.parameters, definition.defaults, strict=True):
        value = _read_argument(text, position, kind, default)
        if value is None:
            return None
        values.append(value.text)
        position = value.end
    return values, position


def filled(body: str, arguments: list[str]) -> str:
    """The body with its arguments in place."""
    body = _PARAMETER.sub(lambda match: _chosen(match, arguments), _apart(body, arguments))
    return _with_branches(body) if "\\If" in body else body


def _apart(body: str, arguments: list[str]) -> str:
    """With a space between a command and a parameter that would make its name longer: `\\lvert#1` is two tokens."""
    begins_with_letter = "".join(
        str(number) for number, argument in enumerate(arguments, start=1) if argument[:1].isalpha()
    )
    return re.sub(rf"(\\[a-zA-Z@]+)(?=#[{begins_with_letter}])", r"\1 ", body) if begins_with_letter else body


def _chosen(match: re.Match[str], arguments: list[str]) -> str:
    if match[1].startswith("#"):
        return match[0][1:]
    number = int(match[1])
    return arguments[number - 1] if 0 < number <= len(arguments) else ""


def _with_branches(body: str) -> str:
    """xparse's questions about arguments, answered."""
    while (match := _IF_ARGUMENT.search(body)) is not None:
        asked = read_group(body, match.end())
        if asked is None:
            return body
        groups, end = [], asked.end
        for _ in match["branches"]:
            group = read_group(body, end)
            if group is None:
                return body
            groups.append(group.text)
            end = group.end
        absent = asked.text.strip() in (NO_VALUE, "")
        answer = absent if match["kind"] == "NoValue" else not absent
        branches = dict(zip(match["branches"], groups, strict=True))
        body = body[: match.start()] + branches.get("T" if answer else "F", "") + body[end:]
    return body.replace(NO_VALUE, "")


def _read_argument(text: str, position: int, kind: str, default: str) -> Argument | None:
    if kind == "s":
        star = _STAR.match(text, position)
        return Argument("*", star.end()) if star else Argument("", position)
    if kind == "o":
        return read_option(text, position) or Argument(default, position)
    if kind == "g":
        return read_group(text, position) or Argument(default, position)
    if kind == "d":
        end = _find_outside_groups(text, default, position)
        return Argument(text[position:end].strip(), end + len(default)) if end >= 0 else None
    return read_token_or_group(text, position)


def _find_outside_groups(text: str, sought: str, position: int) -> int:
    while (at := text.find(sought, position)) >= 0:
        opening = text.find("{", position)
        if not 0 <= opening < at:
            return at
        group = read_group(text, opening)
        if group is None:
            return -1
        position = group.end
    return -1


def _read_def(text: str, word: str, position: int) -> tuple[str, Definition, int] | None:
    match = _DEF_PARAMETERS.match(text, position)
    body = read_group(text, match.end()) if match else None
    if match is None or body is None:
        return None
    parts = re.split(r"#\d", match[0])
    lead, delimiters = parts[0].strip(), parts[1:]
    parameters = tuple("d" if part.strip() else "m" for part in delimiters)
    return word, Definition(parameters, tuple(part.strip() for part in delimiters), body.text, lead), body.end


def _read_declared(text: str, kind: str, word: str, position: int) -> tuple[str, Definition, int] | None:
    first = read_group(text, position) or read_token_or_group(text, position)
    if first is None:
        return None
    if kind == "DeclareMathOperator":
        return word, simple(rf"\operatorname{{{first.text}}}"), first.end
    second = read_token_or_group(text, first.end)
    if second is None:
        return None
    body = rf"\left{first.text} #3 \right{second.text}"
    return word, Definition(("s", "o", "m"), ("", "", ""), body), second.end


def _read_xparse(text: str, word: str, position: int) -> tuple[str, Definition, int] | None:
    declared = read_group(text, position)
    body = read_group(text, declared.end) if declared else None
    if declared is None or body is None:
        return None
    parameters: list[str] = []
    defaults: list[str] = []
    at = 0
    while (match := _XPARSE.match(declared.text, at)) is not None:
        at = match.end()
        default = read_group(declared.text, at) if match[1] == "O" else None
        at = default.end if default else at
        if match[1] not in "moOsvg":
            return None
        parameters.append({"O": "o", "v": "m"}.get(match[1], match[1]))
        defaults.append(default.text if default else NO_VALUE if match[1] in "og" else "")
    return word, Definition(tuple(parameters), tuple(defaults), body.text), body.end
