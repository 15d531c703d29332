"""A body cut into parts: where one part cannot be converted, the others can."""

import re

from services.fetcher.documents.tex.plain import plain_text


def sections_in(body: str) -> int:
    """How many headings the source has."""
    return len(re.findall(r"\\(?:chapter|section|subsection|subsubsection)(?![a-zA-Z])\*?\s*[\[{]", body))


def chunks_of(body: str) -> list[str]:
    """The body cut before each heading: where one part cannot be converted, the others can."""
    parts = re.split(r"(?=\\(?:chapter|section|subsection|subsubsection)(?![a-zA-Z])\*?\s*[\[{])", body)
    return [part for part in parts if part.strip()]


def paragraphs_of(chunk: str) -> list[str]:
    """A part cut at blank lines, but never inside an environment."""
    out: list[str] = []
    depth = 0
    for paragraph in re.split(r"\n[ \t]*\n", chunk):
        if depth > 0 and out:
            out[-1] += "\n\n" + paragraph
        else:
            out.append(paragraph)
        depth += len(re.findall(r"\\begin\s*\{", paragraph)) - len(re.findall(r"\\end\s*\{", paragraph))
        depth = max(depth, 0)
    return [paragraph for paragraph in out if paragraph.strip()]


def plain_markdown(tex: str) -> str:
    """The words of TeX with its headings, without a converter."""
    parts: list[str] = []
    for chunk in chunks_of(tex):
        heading = re.match(r"\\(chapter|section|subsection|subsubsection)\*?\s*(?:\[[^\]]*\])?\s*\{([^{}]*)\}", chunk)
        if heading:
            depth = ("chapter", "section", "subsection", "subsubsection").index(heading[1])
            parts.append(f"{'#' * max(1, depth)} {' '.join(plain_text(heading[2]).split())}")
            chunk = chunk[heading.end() :]
        parts.append(plain_text(chunk))
    return "\n\n".join(part for part in parts if part) + "\n"


_SLICE = 30_000


def slices(text: str) -> list[str]:
    """Cut at blank lines outside all braces and environments, so that the cost of replacing stays linear."""
    if len(text) < 2 * _SLICE:
        return [text]
    out: list[str] = []
    start = depth = 0
    for match in re.finditer(r"\\(begin|end|if[a-zA-Z]*|fi)(?![a-zA-Z])|\\.|[{}]|\n[ \t]*\n", text, re.S):
        mark = match[0]
        if mark == "{" or match[1] == "begin":
            depth += 1
        elif mark == "}" or match[1] == "end":
            depth = max(0, depth - 1)
        elif mark[0] == "\n" and match.start() - start > _SLICE and (depth == 0 or match.start() - start > 8 * _SLICE):
            out.append(text[start : match.end()])
            start, depth = match.end(), 0
    return [*out, text[start:]]
