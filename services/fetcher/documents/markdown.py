"""Markdown of a paper: tidied, cut into sections, counted."""

import re
import unicodedata

from services.fetcher.documents.formulas.katex_formulas import ready_formula
from services.fetcher.documents.structure.listings import Listings
from shared.store.papers.documents import Reference, Section

_FENCE = re.compile(r"^(?:```|~~~)")
_HEADING = re.compile(r"^(#{1,6})\s+(.*?)\s*#*\s*$")
_MATH = re.compile(r"\$\$.*?\$\$|(?<!\\)\$(?:[^$\\\n]|\\.|\n(?!\s*\n)){1,12000}?\$", re.S)
_CODE = re.compile(
    r"^[ \t>]*(?:(?:[-*+]|\d+[.)]|\(?\w[.)])[ \t]+)?(```+|~~~+).*?^[ \t>]*\1[^\n]*$|"
    r"(?<!`)(`+)(?!`)[^\n]+?(?<!`)\2(?!`)",
    re.S | re.M,
)
_CITATION = re.compile(r"\[(?:[^\[\]]*\s)?-?@[^\]]*\]|(?<![\w.])-?@[\w:.+/-]+")
_COMMAND = re.compile(r"\\[a-zA-Z]{2,}")


def clean_markdown(markdown: str) -> str:
    """Without pictures and with the text of links inside the paper in place of the links."""
    text = re.sub(r"!\[[^\]]*\]\([^()]*(?:\([^()]*\)[^()]*)*\)(?:\{[^{}]*\})?", "", markdown)
    text = re.sub(r"\[((?:\\.|[^\[\]\\])*)\]\(#[^()]*(?:\([^()]*\)[^()]*)*\)", r"\1", text)
    text = re.sub(r"(?m)^(#{1,6} .*?)\s*\{[#.][^{}]*\}\s*$", r"\1", text)
    text = re.sub(r"\\\[([\w:.-]*[:_-][\w:.-]*)\\\]", r"[\1]", text)
    text = re.sub(r"(?m)^\s*<!-- -->\s*$", "", text).replace("\\ensuremath", "")
    text = unicodedata.normalize("NFC", re.sub("ı(?=[\u0300-\u036f])", "i", text))
    return re.sub(r"\n{3,}", "\n\n", with_ready_formulas(text)).strip() + "\n"


def with_code(markdown: str, listings: Listings) -> str:
    """The code of the paper back in its places, in formulas as typewriter text."""
    return listings.restore(_MATH.sub(lambda match: listings.in_formula(match[0]), markdown))


def with_ready_formulas(markdown: str) -> str:
    """Every formula as KaTeX reads it."""
    return "".join(part if is_code else _MATH.sub(_ready, part) for is_code, part in _by_code(markdown))


def _by_code(markdown: str) -> list[tuple[bool, str]]:
    parts: list[tuple[bool, str]] = []
    position = 0
    for match in _CODE.finditer(markdown):
        parts += [(False, markdown[position : match.start()]), (True, match[0])]
        position = match.end()
    return [*parts, (False, markdown[position:])]


def _ready(match: re.Match[str]) -> str:
    if match[0].startswith("$$"):
        return f"$${ready_formula(match[0][2:-2], is_display=True)}$$"
    inner = ready_formula(match[0][1:-1], is_display=False)
    if not inner:
        return ""
    return f"${inner}$ " if match.string[match.end() : match.end() + 1] == "$" else f"${inner}$"


def sections_of(markdown: str) -> list[Section]:
    """The text cut at its headings; levels count from 1 whatever the paper's own first level is."""
    sections: list[tuple[str, int, list[str]]] = [("", 1, [])]
    in_fence = in_math = False
    for line in markdown.split("\n"):
        in_fence ^= bool(_FENCE.match(line))
        heading = None if in_fence or in_math else _HEADING.match(line)
        in_math ^= line.count("$$") % 2 == 1
        if heading:
            sections.append((heading[2], len(heading[1]), []))
        else:
            sections[-1][2].append(line)
    top = min((level for title, level, _ in sections if title), default=1)
    made = [
        Section(title=title, level=max(1, level - top + 1) if title else 1, text="\n".join(lines).strip())
        for title, level, lines in sections
    ]
    return [section for section in made if section.title or section.text]


def document_markdown(title: str, sections: list[Section], references: tuple[Reference, ...]) -> str:
    """A whole document: the title as its one top heading, the sections below, the references as a list."""
    parts = [f"# {title}"] if title else []
    for section in sections:
        parts += [f"{'#' * min(6, section.level + 1)} {section.title}"] if section.title else []
        parts += [section.text] if section.text else []
    if references:
        listed = "\n".join(f"{number}. {reference.text}" for number, reference in enumerate(references, start=1))
        parts += ["## References", listed]
    return "\n\n".join(parts) + "\n"


def prose_of(markdown: str) -> str:
    """Markdown without mathematics, code and citation keys: what is counted as words."""
    text = _CITATION.sub(" ", _MATH.sub(" ", _CODE.sub(" ", markdown)))
    return re.sub(r"\]\([^()\s]*\)", "]", text)


def stray_commands(markdown: str) -> int:
    """TeX commands that were left standing outside mathematics."""
    return len(_COMMAND.findall(prose_of(markdown)))


def formulas_of(markdown: str) -> list[tuple[str, bool]]:
    """The inside of each formula, and whether it stands on lines of its own."""
    formulas = (match[0] for match in _MATH.finditer(_CODE.sub(" ", markdown)))
    return [(tex[2:-2], True) if tex.startswith("$$") else (tex[1:-1], False) for tex in formulas]


def unbalanced_math(markdown: str) -> int:
    """Dollars without a partner, and formulas whose braces do not match."""
    text = _CODE.sub(" ", markdown)
    lonely = len(re.findall(r"(?<!\\)\$", _MATH.sub(" ", text)))
    return lonely + sum(not _has_matching_braces(match[0]) for match in _MATH.finditer(text))


def _has_matching_braces(tex: str) -> bool:
    depth = 0
    for match in re.finditer(r"\\.|[{}]", tex, re.S):
        depth += (match[0] == "{") - (match[0] == "}")
        if depth < 0:
            return False
    return depth == 0
