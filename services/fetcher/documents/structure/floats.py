"""Figures and tables in the text: their captions are paragraphs with a number, their pictures are dropped."""

import re

from services.fetcher.documents.tex.plain import plain_text
from services.fetcher.documents.tex.scan import read_group, read_option
from shared.store.papers.documents import Caption

_KINDS = {
    "figure": "Figure", "wrapfigure": "Figure", "SCfigure": "Figure", "floatingfigure": "Figure",
    "figurehere": "Figure",
    "sidewaysfigure": "Figure", "teaserfigure": "Figure", "marginfigure": "Figure", "table": "Table",
    "sidewaystable": "Table", "wraptable": "Table", "SCtable": "Table", "deluxetable": "Table", "margintable": "Table",
    "longtable": "Table", "supertabular": "Table", "algorithm": "Algorithm", "algorithm2e": "Algorithm",
    "listing": "Listing",
    "planotable": "Table", "splitdeluxetable": "Table", "threeparttable": "Table",
}  # fmt: skip
_NAMES = "|".join(_KINDS)
_FLOAT = re.compile(rf"\\(begin|end)\s*\{{((?:{_NAMES})\*?)\}}")
_CAPTION = re.compile(
    r"\\(?:sub)?(?:fig|tbl|top|bottom)?caption(?:setup)?(?![a-zA-Z])\*?|\\(?:plotcaption|FigCaption|TableCaption|captionabove|captionbelow)(?![a-zA-Z])"
)
_STRAY = re.compile(r"\\caption(?![a-zA-Z])\*?\s*(?:\[[^\[\]]{0,300}\]\s*)?(?=\{)")
_STAYS = ("longtable", "supertabular", "deluxetable", "planotable", "splitdeluxetable")


def with_captions(body: str) -> tuple[str, tuple[Caption, ...]]:
    """The body with `Figure 1. ...` where a float was, and the captions as plain text, in the order of the paper."""
    captions: list[Caption] = []
    counts = {"Figure": 0, "Table": 0, "Algorithm": 0, "Listing": 0}
    out: list[str] = []
    position = 0
    while (match := _FLOAT.search(body, position)) is not None:
        out.append(body[position : match.start()])
        end = (
            re.compile(rf"\\end\s*\{{{re.escape(match[2])}\}}").search(body, match.end())
            if match[1] == "begin"
            else None
        )
        if end is None:
            position = match.end()
            continue
        kind = _KINDS[match[2].rstrip("*")]
        start = match.end()
        text, texts = _without_captions(_FLOAT.sub("", _after_options(body, start, end.start(), match[2])))
        for caption in texts:
            counts[kind] += 1
            captions.append(Caption(kind=kind.lower(), number=counts[kind], text=" ".join(plain_text(caption).split())))
            out.append(f"\n\n\\textbf{{{kind} {counts[kind]}.}} {caption}\n\n")
        out.append(f"\n\n{_kept(text, match[2])}\n\n")
        position = end.end()
    return _STRAY.sub(r"\\par \\textbf{Caption.} ", "".join([*out, body[position:]])), tuple(captions)


def _after_options(body: str, start: int, end: int, name: str) -> str:
    """The inside of a float, its placement and width left out."""
    position = start
    while (option := read_option(body, position)) is not None and option.end <= end and "\n\n" not in option.text:
        position = option.end
    groups = 2 if name.startswith("wrap") else 0
    for _ in range(groups):
        group = read_group(body, position)
        position = group.end if group and group.end <= end else position
        option = read_option(body, position)
        position = option.end if option and option.end <= end else position
    return body[position:end]


def _without_captions(text: str) -> tuple[str, list[str]]:
    captions: list[str] = []
    out: list[str] = []
    position = 0
    for match in _CAPTION.finditer(text):
        if match.start() < position:
            continue
        option = read_option(text, match.end())
        group = read_group(text, option.end if option else match.end())
        if group is None:
            continue
        out.append(text[position : match.start()])
        position = group.end
        if "captionsetup" not in match[0] and group.text.strip():
            captions.append(re.sub(r"\n\s*\n", "\n", group.text.strip()))
    return "".join([*out, text[position:]]), captions


def _kept(text: str, name: str) -> str:
    """Long tables need their environment to be tables at all."""
    bare = name.rstrip("*")
    if bare in ("longtable", "supertabular"):
        return f"\\begin{{longtable}}{text}\\end{{longtable}}"
    if bare in ("deluxetable", "planotable", "splitdeluxetable"):
        return _deluxe(text)
    return text


def _deluxe(text: str) -> str:
    """AASTeX's tables as plain ones."""
    columns = read_group(text, 0)
    inner = text[columns.end :] if columns else text
    inner = re.sub(
        r"\\(?:tablewidth|tabletypesize|tablenum|tablecolumns|tablefontsize)(?![a-zA-Z])\s*(?:\{[^{}]*\})?", "", inner
    )
    inner = re.sub(r"\\(?:rotate|startdata|enddata|nodata|tableline|tablebreak)(?![a-zA-Z])", " ", inner)
    head = re.search(r"\\tablehead\s*(?=\{)", inner)
    titles = read_group(inner, head.end()) if head else None
    if head and titles:
        cells = re.sub(r"\\colhead\s*", "", titles.text)
        inner = f"{inner[: head.start()]}{cells} \\\\ \\hline {inner[titles.end :]}"
    notes = re.split(r"(?=\\(?:tablenotetext|tablecomments|tablerefs)(?![a-zA-Z]))", inner, maxsplit=1)
    remarks = (
        re.sub(r"\\tablenotetext\s*\{[^{}]*\}|\\tablecomments|\\tablerefs", " ", notes[1]) if len(notes) > 1 else ""
    )
    spec = re.sub(r"[^lcr|]", "", columns.text if columns else "") or "l" * (notes[0].split("\\\\")[0].count("&") + 1)
    return f"\\begin{{tabular}}{{{spec}}}{notes[0].strip()}\\end{{tabular}}\n\n{remarks}"
