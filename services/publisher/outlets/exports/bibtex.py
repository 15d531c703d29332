"""BibTeX of papers: an entry each, in the fields that arXiv's own export has; of the published version where arXiv
names it.

Text of strangers can carry no command into a document that cites it: outside formulas every special character is
escaped, and a formula with any command but those that set signs is escaped as a whole.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path

from services.publisher.outlets.exports.journal_reference import JournalReference, read_reference
from services.publisher.outlets.exports.names import Name, name_of
from services.publisher.outlets.exports.remarks import NO_REMARKS, Remark
from services.publisher.rendering.safe_html import parts_of, without_controls
from shared.paper_ids import folder_name, is_arxiv
from shared.paper_labels import own_doi, page_address, server_label
from shared.preprints import oai_identifier
from shared.store.papers.metadata import Paper
from shared.text.references.publication import reference_in

ARXIV = "https://arxiv.org"
_ESCAPES = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "%": r"\%", "#": r"\#", "_": r"\_",
    "~": r"\textasciitilde{}", "^": r"\textasciicircum{}",
}  # fmt: skip
_INNER_CAPITAL = re.compile(r"(?<![\w\\])(?=\w*\w[A-Z])[\w-]+")
_COMMAND = re.compile(r"\\([A-Za-z@]+)")
_WORD = re.compile(r"[a-z]{4,}|[a-z]+")


def bibtex_of(papers: Iterable[Paper], arxiv: str = ARXIV, remarks: Mapping[str, Remark] = NO_REMARKS) -> str:
    """Entries in the order of the papers, with their pages at `arxiv`; no two have one key.

    `remarks` by paper id become keyword and note of an entry.
    """
    entries: list[str] = []
    uses: Counter[str] = Counter()
    for paper in papers:
        key = citation_key(paper)
        uses[key] += 1
        entries.append(_entry(key if uses[key] == 1 else f"{key}-{uses[key]}", paper, arxiv, remarks))
    return "\n".join(entries)


def citation_key(paper: Paper) -> str:
    """`oduya2026message`: family name, year, first word of the title; the arXiv id without Latin letters there."""
    family = _letters(name_of(paper.authors[0]).family) if paper.authors else ""
    words = _WORD.findall(_ascii(" ".join(part.text for part in parts_of(paper.title) if part.kind == "words")))
    word = next((word for word in words if len(word) >= 4), words[0] if words else "")
    return f"{family}{_year(paper)}{word}" if family and word else _key_of_id(paper.paper_id)


def escaped(text: str) -> str:
    """Words and formulas, with nothing in them that TeX would carry out."""
    one_line = " ".join(without_controls(text).split())
    if "$" not in one_line and "\\" not in one_line:
        return _words(one_line)
    return "".join(
        _words(part.text) if part.kind == "words" else _formula(part.text, part.kind) for part in parts_of(one_line)
    )


def _entry(key: str, paper: Paper, arxiv: str, remarks: Mapping[str, Remark]) -> str:
    remark = remarks.get(paper.paper_id, Remark())
    published = None if paper.withdrawn else read_reference(reference_in(paper.journal_ref))
    fields = (*_fields(paper, arxiv, published), ("keywords", _words(remark.keyword)), ("annote", _words(remark.note)))
    lines = ",\n".join(f"  {name:<13} = {{{value}}}" for name, value in fields if value)
    return f"@{published.kind if published else 'misc'}{{{key},\n{lines}\n}}\n"


def _fields(paper: Paper, arxiv: str, published: JournalReference | None) -> Iterator[tuple[str, str]]:
    yield "title", _with_capitals_kept(escaped(paper.title))
    yield "author", " and ".join(_author(name_of(author)) for author in paper.authors)
    if published:
        yield "journal" if published.kind == "article" else "booktitle", escaped(published.container)
        yield "volume", _words(published.volume)
        yield "number", _words(published.number)
        yield "pages", _words(published.pages)
    yield "year", (published and published.year) or _year(paper)
    yield "eprint", paper.paper_id if is_arxiv(paper.paper_id) else _plain(_native(paper.paper_id))
    yield "archivePrefix", _plain(server_label(paper.paper_id))
    yield "papersys", "" if is_arxiv(paper.paper_id) else paper.paper_id  # read back by imports; its signs are plain
    yield "primaryClass", _plain(paper.primary_category)
    yield "doi", _plain(paper.doi or ("" if is_arxiv(paper.paper_id) else own_doi(paper.paper_id)))
    yield "url", _address(page_address(paper.paper_id, arxiv, source=paper.source))


def _author(name: Name) -> str:
    """`Family, Jr., Given`; a single name in braces, so that it is not cut at its spaces or at an `and`."""
    if not name.given:
        return f"{{{_words(name.family)}}}"
    return ", ".join(_guarded(part) for part in (name.family, name.suffix, name.given) if part)


def _guarded(part: str) -> str:
    return f"{{{_words(part)}}}" if " and " in f" {part.lower()} " else _words(part)


def _words(text: str) -> str:
    return "".join(_ESCAPES.get(character, character) for character in without_controls(text))


def _formula(tex: str, kind: str) -> str:
    fence = "$$" if kind == "display math" else "$"
    return f"{fence}{tex}{fence}" if _is_harmless(tex) else _words(f"{fence}{tex}{fence}")


def _is_harmless(tex: str) -> bool:
    """Whether a formula only sets signs: known commands alone, no `^^5c`, every brace closed."""
    depth = 0
    for brace in re.findall(r"(?<!\\)[{}]", tex):
        depth += 1 if brace == "{" else -1
        if depth < 0:
            return False
    commands = set(_COMMAND.findall(tex))
    is_plain = not ("^^" in tex or "%" in tex or "$" in tex or tex.endswith("\\"))
    return is_plain and depth == 0 and (not commands or commands <= _known_commands())


@cache
def _known_commands() -> frozenset[str]:
    """Commands that stand for one character, and those by which formulas are built."""
    from pylatexenc.latex2text import get_default_latex_context_db

    specs = get_default_latex_context_db().iter_macro_specs()
    signs = (spec.macroname for spec in specs if isinstance(spec.simplify_repl, str) and len(spec.simplify_repl) == 1)
    return frozenset(signs) | frozenset(Path(__file__).with_name("formula_commands.txt").read_text("utf-8").split())


def _with_capitals_kept(title: str) -> str:
    """Styles that set titles in lower case leave words in braces alone: `{LLMs}`. Formulas are never touched."""
    pieces = re.split(r"(\$\$?.*?(?<!\\)\$\$?|\\[A-Za-z]+\{\})", title)
    return "".join(
        piece if index % 2 else _INNER_CAPITAL.sub(lambda word: f"{{{word[0]}}}", piece)
        for index, piece in enumerate(pieces)
    )


def _plain(text: str) -> str:
    """An identifier: what no DOI or category needs is left out."""
    return re.sub(r"[^\w.:/()<>;+-]", "", text, flags=re.ASCII)


def _address(address: str) -> str:
    """An address, in which TeX would take some characters for commands."""
    return re.sub(r"[{}\\\\$^]", "", address)


def _native(paper_id: str) -> str:
    """What another server than arXiv calls its paper."""
    return own_doi(paper_id) or oai_identifier(paper_id)


def _key_of_id(paper_id: str) -> str:
    return f"{'arxiv-' if is_arxiv(paper_id) else ''}{folder_name(paper_id)}"


def _year(paper: Paper) -> str:
    return str(paper.published_at.year) if paper.published_at else ""


def _letters(text: str) -> str:
    return re.sub(r"[^a-z]", "", _ascii(text))


def _ascii(text: str) -> str:
    return unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
