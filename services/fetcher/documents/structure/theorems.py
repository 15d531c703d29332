"""Theorems by any name: what a paper declares, and what its class declared for it."""

import re
from typing import NamedTuple

from services.fetcher.documents.tex.scan import read_group, read_option

DECLARING = frozenset(("newtheorem", "spnewtheorem", "newdefinition", "newproof", "declaretheorem", "newtheoremrep"))
_THEOREM_NAMES = {
    "theorem": "Theorem", "lemma": "Lemma", "corollary": "Corollary", "proposition": "Proposition",
    "definition": "Definition",
    "remark": "Remark", "example": "Example", "conjecture": "Conjecture", "claim": "Claim",
    "assumption": "Assumption",
    "thm": "Theorem", "lem": "Lemma", "cor": "Corollary", "prop": "Proposition", "defn": "Definition",
    "rem": "Remark",
    "problem": "Problem", "fact": "Fact", "observation": "Observation", "hypothesis": "Hypothesis", "note": "Note",
    "exercise": "Exercise", "question": "Question", "notation": "Notation", "property": "Property", "case": "Case",
}  # fmt: skip


def theorems_for(body: str, declared: list[str]) -> tuple[str, ...]:
    """Declarations of theorems: the paper's own, and those of its class for names that it uses undeclared."""
    declarations = {match[1]: line for line in declared if (match := re.match(r"\\newtheorem\{([^}]*)\}", line))}
    used = dict.fromkeys(re.findall(r"\\begin\s*\{([a-zA-Z]+)\*?\}", body))
    for name in used:
        if name not in declarations and name.lower() in _THEOREM_NAMES:
            declarations[name] = rf"\newtheorem{{{name}}}{{{_THEOREM_NAMES[name.lower()]}}}"
    return tuple(line for name, line in declarations.items() if name.rstrip("*") in used)


class Declared(NamedTuple):
    """Declarations as LaTeX's own `\\newtheorem`, none where a name is odd, and the position after what was read."""

    lines: tuple[str, ...]
    end: int


def read_theorem(text: str, word: str, position: int) -> Declared | None:
    """The declaration whose command ends at `position`; None where there is none."""
    start = position + 1 if text[position : position + 1] == "*" else position
    option = read_option(text, start)
    name = read_group(text, option.end if option else start)
    if name is None:
        return None
    if word == "declaretheorem":
        called = re.search(r"name\s*=\s*\{?([^,{}\]]+)", option.text if option else "")
        return Declared(_declaration(name.text, called[1] if called else name.text.capitalize()), name.end)
    shared = read_option(text, name.end)
    title = read_group(text, shared.end if shared else name.end)
    if title is None:
        return None
    within = read_option(text, title.end)
    end = within.end if within else title.end
    for _ in range(2 if word == "spnewtheorem" else 0):
        style = read_group(text, end)
        end = style.end if style else end
    return Declared(_declaration(name.text, title.text), end)


def _declaration(name: str, title: str) -> tuple[str, ...]:
    if not re.fullmatch(r"[\w*. -]{1,40}", name.strip()):
        return ()
    plain = " ".join(re.sub(r"\\[a-zA-Z@]+|[{}\\$]", " ", title).split()) or name.capitalize()
    return (rf"\newtheorem{{{name.strip()}}}{{{plain}}}",)
