"""Switches of etoolbox and ifthen, decided: of the two texts that depend on one, the one that is typeset.

Packages: https://ctan.org/pkg/etoolbox, https://ctan.org/pkg/ifthen
"""

import re

from services.fetcher.documents.tex.scan import read_group

_MAX_DECISIONS = 3_000
_SET = re.compile(
    r"\\(?:(?P<new>newtoggle|newbool|newboolean|providetoggle|providebool)\s*\{(?P<a>[^{}]*)\}|"
    r"(?:toggle|bool)(?P<to>true|false)\s*\{(?P<b>[^{}]*)\}|"
    r"(?:settoggle|setbool|setboolean)\s*\{(?P<c>[^{}]*)\}\s*\{(?P<value>true|false)\}|"
    r"(?P<ask>iftoggle|ifbool|nottoggle|notbool)\s*\{(?P<d>[^{}]*)\}|"
    r"ifthenelse\s*\{\s*(?P<negated>\\(?:not|NOT)\s*)?\\boolean\s*\{(?P<e>[^{}]*)\}\s*\})"
)


def with_toggles_resolved(text: str) -> str:
    """Questions about known switches answered, the definitions of switches gone."""
    states: dict[str, bool] = {}
    position = 0
    for _ in range(_MAX_DECISIONS):
        match = _SET.search(text, position)
        if match is None:
            break
        name = match["a"] or match["b"] or match["c"] or match["d"] or match["e"] or ""
        replacement, end = "", match.end()
        if match["new"] or match["to"] or match["value"]:
            states[name] = (match["to"] or match["value"]) == "true"
        elif name in states:
            is_true = states[name] != bool(match["negated"] or (match["ask"] or "").startswith("not"))
            first = read_group(text, end)
            second = read_group(text, first.end) if first else None
            if first is not None and second is not None:
                replacement, end = (first if is_true else second).text, second.end
        else:
            position = end
            continue
        text = text[: match.start()] + replacement + text[end:]
        position = match.start()
    return text
