"""The dialect of old hep-th: harvmac on plain TeX, its sections, equations and references, rewritten in LaTeX.

Macros: https://ctan.org/pkg/harvmac
"""

import re
from collections.abc import Mapping

from services.fetcher.documents.macros.definitions import Definition, simple
from services.fetcher.documents.tex.scan import read_group

_SPOKEN = re.compile(r"\\input\s*\{?harvmac|\\newsec(?![a-zA-Z])|\\listrefs(?![a-zA-Z])")
_REFERENCE = re.compile(r"\\(?P<kind>lref|nref|ref|rrr)\s*\\(?P<name>[a-zA-Z]+)\s*(?=\{)")

COMMANDS: Mapping[str, Definition] = {
    "newsec": simple(r"\section{#1}", 1),
    "subsec": simple(r"\subsection{#1}", 1),
    "subsubsec": simple(r"\subsubsection{#1}", 1),
    "appendix": simple(r"\section{#2}", 2),
    "eqn": simple(r"$$#2$$", 2),
    "eqnn": simple("", 1),
    "eqna": simple("", 1),
    "foot": simple(r"\footnote{#1}", 1),
    "refs": simple("", 1),
    "xref": simple("", 1),
    "listrefs": simple(""),
    "listfigs": simple(""),
    "Title": simple(r"\title{#2}", 2),
    "Date": simple("", 1),
    "fig": simple("Fig. (#2)", 2),
    "bigbreak": simple(""),
    "ttf": simple(""),
    "writetoc": simple(""),
    "footline": simple(""),
    "secsym": simple(""),
    "baselineskip": simple(""),
}


def is_used_in(text: str) -> bool:
    return _SPOKEN.search(text) is not None


def split_references(text: str) -> tuple[str, str]:
    """The text without what it says in references, and those as a thebibliography."""
    out: list[str] = []
    entries: list[str] = []
    position = 0
    while (match := _REFERENCE.search(text, position)) is not None:
        group = read_group(text, match.end())
        if group is None:
            break
        entries.append(f"\\bibitem{{{match['name']}}} {group.text}")
        out.append(text[position : match.start()])
        position = group.end
    body = "".join([*out, text[position:]])
    if not entries:
        return text, ""
    names = "|".join(
        sorted((match[1] for match in re.finditer(r"\\bibitem\{(\w+)\}", "\n".join(entries))), key=len)[::-1]
    )
    return re.sub(rf"\\(?:{names})(?![a-zA-Z])", " ", body), "\\begin{thebibliography}{9}\n" + "\n".join(entries)
