"""Lists as the converter understands them: of packages by their plain names, with labels that it would leave out."""

import re

from services.fetcher.documents.tex.scan import read_option

_NAMES = {
    "compactenum": "enumerate", "asparaenum": "enumerate", "inparaenum": "enumerate", "enumerate*": "enumerate",
    "compactitem": "itemize", "asparaitem": "itemize", "inparaitem": "itemize", "itemize*": "itemize",
    "compactdesc": "description", "inparadesc": "description", "description*": "description", "easylist": "itemize",
    "tablenotes": "itemize", "enumeratea": "enumerate", "enumroman": "enumerate", "IEEEitemize": "itemize",
    "IEEEenumerate": "enumerate", "IEEEdescription": "description", "labeling": "description", "romanlist": "enumerate",
    "arabiclist": "enumerate", "alphlist": "enumerate", "itemlist": "itemize", "tightitemize": "itemize",
    "trivlist": "itemize", "outerlist": "itemize", "innerlist": "itemize", "steps": "enumerate",
}  # fmt: skip
_BARE = ("itemize", "enumerate")
_MARK = re.compile(r"\\(begin|end)\s*\{([a-zA-Z]+\*?)\}|\\item(?![a-zA-Z@])(?=\s*\[)")


def with_plain_lists(body: str) -> str:
    """Known names; `\\item[(i)] text` of a list without a description as `\\item (i) text`."""
    out: list[str] = []
    open_lists: list[str] = []
    position = 0
    while (match := _MARK.search(body, position)) is not None:
        out.append(body[position : match.start()])
        position = match.end()
        if match[1] is None:
            option = read_option(body, position)
            if option is None or not open_lists or open_lists[-1] not in _BARE or len(option.text) > 300:
                out.append(match[0])
                continue
            out.append(rf"\item {{{option.text}}} ")
            position = option.end
            continue
        name = _NAMES.get(match[2], match[2])
        if name != match[2] and match[1] == "begin":
            option = read_option(body, position)
            position = option.end if option and len(option.text) < 300 else position
        out.append(rf"\{match[1]}{{{name}}}" if name != match[2] else match[0])
        if match[1] == "begin" and name in (*_BARE, "description", "list", "thebibliography"):
            open_lists.append(name)
        elif match[1] == "end" and open_lists and open_lists[-1] == name:
            open_lists.pop()
    return "".join([*out, body[position:]])
