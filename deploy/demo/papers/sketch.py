"""A stand-in text for papers that come without a source, so that every paper of the demo can be read.

It says nothing that the abstract does not say: its sections are the sentences of the abstract.
"""

import re

from deploy.demo.papers.accents import tex_to_unicode
from deploy.demo.papers.paper import Paper

_SENTENCE_END = re.compile(r"(?<=[.?!])\s+(?=[A-Z$])")
_TEXT_IN_TEX = re.compile(r"(?<!\\)([%&#])")
_NOTE = "This text was put together by the demo server from the abstract; the paper was not written in full."


def sketch_latex(paper: Paper) -> str:
    authors = " \\and ".join(author.full_name for author in paper.authors)
    sections = "\n\n".join(f"\\section{{{title}}}\n{text}" for title, text in sketch_sections(paper))
    body = f"\\begin{{abstract}}\n{paper.abstract}\n\\end{{abstract}}\n\n{sections}"
    return (
        "\\documentclass{article}\n\\usepackage[utf8]{inputenc}\n\\usepackage{amsmath,amssymb}\n"
        f"% {_NOTE}\n\\title{{{_as_tex(paper.title)}}}\n\\author{{{authors}}}\n\\begin{{document}}\n\\maketitle\n"
        f"{_as_tex(body)}\n\n\\end{{document}}\n"
    )


def _as_tex(text: str) -> str:
    """Abstracts are TeX, yet a per cent sign in them means itself; a comment would swallow the rest of its line."""
    return _TEXT_IN_TEX.sub(r"\\\1", text)


def sketch_text(paper: Paper) -> str:
    """The same as plain text, for a PDF."""
    authors = ", ".join(author.full_name for author in paper.authors)
    sections = [f"{title}\n\n{text}" for title, text in sketch_sections(paper)]
    return tex_to_unicode("\n\n".join([paper.title, authors, "Abstract", paper.abstract, *sections]))


def sketch_sections(paper: Paper) -> list[tuple[str, str]]:
    """The first sentences as introduction, the middle ones as method, the last ones as results and conclusion."""
    sentences = _SENTENCE_END.split(paper.abstract.strip())
    third = max(1, len(sentences) // 3)
    parts = [sentences[:third], sentences[third : 2 * third], sentences[2 * third :]]
    titles = ["Introduction", "Method", "Results and conclusion"]
    return [(title, " ".join(part)) for title, part in zip(titles, parts, strict=True) if part]
