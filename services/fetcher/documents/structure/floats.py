"""Figures and tables in the text: their captions are paragraphs with a number, their pictures are dropped."""

import re
from bisect import bisect
from collections.abc import Iterable, Sequence
from typing import NamedTuple

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
_LABEL = re.compile(r"\\label\s*\{([^{}]{1,200})\}")
_PICTURE = re.compile(r"\\includegraphics\s*\*?\s*(?:\[[^\[\]]{0,500}\]\s*){0,2}\{([^{}]{1,300})\}")
_MOST_NAMES = 40
_STAYS = ("longtable", "supertabular", "deluxetable", "planotable", "splitdeluxetable")


class FloatCaption(NamedTuple):
    """The TeX of a caption, and where in its float it stands."""

    text: str
    start: int


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
        whole = _FLOAT.sub("", _after_options(body, start, end.start(), match[2]))
        text, found = _without_captions(whole)
        labels, files = labels_of(whole, found), files_of(whole, found)
        for index, caption in enumerate(found):
            counts[kind] += 1
            plain = " ".join(plain_text(caption.text).split())
            captions.append(
                Caption(kind=kind.lower(), number=counts[kind], text=plain, labels=labels[index], files=files[index])
            )
            out.append(f"\n\n\\textbf{{{kind} {counts[kind]}.}} {caption.text}\n\n")
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


def labels_of(text: str, captions: Sequence[FloatCaption]) -> list[tuple[str, ...]]:
    """The labels of each caption of a float: those that follow it, and the first caption's also those before."""
    starts = [caption.start for caption in captions]
    return _shared_out(
        _LABEL.finditer(text), [max(0, bisect(starts, place) - 1) for place in _places(_LABEL, text)], len(captions)
    )


def files_of(text: str, captions: Sequence[FloatCaption]) -> list[tuple[str, ...]]:
    """The pictures of each caption of a float: those above it, or where the float begins with a caption those below."""
    starts = [caption.start for caption in captions]
    places = _places(_PICTURE, text)
    is_above = bool(starts and places) and starts[0] < places[0]
    last = max(0, len(starts) - 1)
    owners = [bisect(starts, place) - 1 if is_above else min(last, bisect(starts, place)) for place in places]
    return _shared_out(_PICTURE.finditer(text), owners, len(captions))


def _places(pattern: re.Pattern[str], text: str) -> list[int]:
    return [match.start() for match in pattern.finditer(text)]


def _shared_out(matches: Iterable[re.Match[str]], owners: Sequence[int], count: int) -> list[tuple[str, ...]]:
    """What was matched, by the number of its owner, without repetitions."""
    shares: list[dict[str, None]] = [{} for _ in range(count)]
    for match, owner in zip(matches, owners, strict=True):
        if count:
            shares[owner][match[1].strip()] = None
    return [tuple(share)[:_MOST_NAMES] for share in shares]


def _without_captions(text: str) -> tuple[str, list[FloatCaption]]:
    captions: list[FloatCaption] = []
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
            captions.append(FloatCaption(re.sub(r"\n\s*\n", "\n", group.text.strip()), match.start()))
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
