"""Acronyms that a paper declares and then calls by a key: spelt out at their first use, short after that.

Packages: https://ctan.org/pkg/glossaries, https://ctan.org/pkg/acronym, https://ctan.org/pkg/acro
"""

import re

from services.fetcher.documents.tex.scan import Argument, read_group, read_option

_DECLARED = re.compile(
    r"\\(?P<kind>newacronym|DeclareAcronym|newglossaryentry|acrodef|newacro|acro|acroplural)(?![a-zA-Z])\*?"
)
_LONGEST_FORM = 500
_USE = re.compile(
    r"\\(?P<name>[gG]ls(?:pl|first|desc|name|text)?|GLS|acr(?:short|long|full)(?:pl)?|[aA]c[slf]?p?|[aA]c[slf]u?|iac|Iac)"
    r"(?![a-zA-Z])\*?(?=\s*(?:\[[^\]]*\]\s*)?\{)"
)


def with_acronyms_expanded(text: str) -> str:
    """The text with every use of a declared acronym in words; uses of others stay as they are."""
    declared = _declarations(text)
    if not declared:
        return text
    used: set[str] = set()
    out: list[str] = []
    position = 0
    for match in _USE.finditer(text):
        option = read_option(text, match.end())
        key = read_group(text, option.end if option else match.end())
        if match.start() < position or key is None or key.text.strip() not in declared:
            continue
        out += [text[position : match.start()], _form(match["name"], key.text.strip(), declared, used)]
        position = key.end
    return "".join([*out, text[position:]])


def _form(name: str, key: str, declared: dict[str, tuple[str, str]], used: set[str]) -> str:
    short, long = declared[key]
    plural = "s" if name.endswith(("pl", "p")) else ""
    kind = name.lower().removesuffix("pl").removesuffix("p").removesuffix("u")
    is_first = key not in used
    used.add(key)
    if kind in ("acrlong", "acl", "glsdesc"):
        return long + plural
    if kind in ("acrfull", "acf", "glsfirst") or (is_first and kind in ("gls", "ac", "iac") and long):
        return f"{long}{plural} ({short}{plural})" if long else short + plural
    return short + plural


def _declarations(text: str) -> dict[str, tuple[str, str]]:
    """Short and long form by key."""
    forms: dict[str, tuple[str, str]] = {}
    for match in _DECLARED.finditer(text):
        arguments = _arguments(text, match.end())
        if match["kind"] == "newacronym" and len(arguments) >= 3:
            forms[arguments[0]] = (arguments[1], arguments[2])
        elif match["kind"] in ("DeclareAcronym", "newglossaryentry") and len(arguments) >= 2:
            short = _field(arguments[1], "short") or _field(arguments[1], "name") or arguments[0]
            forms[arguments[0]] = (short, _field(arguments[1], "long"))
        elif match["kind"] in ("acrodef", "newacro", "acro") and len(arguments) >= 2:
            option = _option(text, match.end())
            forms[arguments[0]] = (option.text if option else arguments[0], arguments[1])
    return {key: both for key, both in forms.items() if max(map(len, both)) < _LONGEST_FORM}


def _arguments(text: str, position: int) -> list[str]:
    """Up to three groups, options before and between them left out."""
    arguments: list[str] = []
    for _ in range(3):
        option = read_option(text, position)
        group = read_group(text, option.end if option else position)
        if group is None or len(group.text) > 2_000:
            break
        arguments.append(group.text.strip())
        position = group.end
    return arguments


def _option(text: str, position: int) -> Argument | None:
    """The option after the first group."""
    key = read_group(text, position)
    return read_option(text, key.end) if key else None


def _field(fields: str, name: str) -> str:
    match = re.search(rf"(?<![\w-]){name}\s*=\s*", fields)
    if match is None:
        return ""
    group = read_group(fields, match.end())
    return group.text.strip() if group else re.split(r"[,\n]", fields[match.end() :])[0].strip()
