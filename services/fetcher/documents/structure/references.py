"""The bibliography of a paper as entries with the arXiv ids and DOIs found in them.

.bib files are read by bibtexparser. A thebibliography and a .bbl of biblatex are TeX programs, for which no library has
a parser; they are cut at their entries.
"""

import itertools
import logging
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from services.fetcher.documents.tex.plain import plain_text
from services.fetcher.documents.tex.scan import read_group, read_option
from shared.paper_ids import parse_paper_id
from shared.store.papers.documents import Reference

_ARXIV = re.compile(
    r"(?:arxiv(?:\.org)?\s*(?:[:/=]|\{|\s|preprint|e-?prints?|abs/|pdf/)*\s*|abs/|eprint\s*=\s*[{\"]\s*|eprint\}?\s*\{)"
    r"(\d{4}\.\d{4,5}|[a-z]+(?:-[a-z]+)?(?:\.[A-Z]{2})?/\d{7})",
    re.I,
)
_OLD_ID = re.compile(
    r"\b((?:astro-ph|cond-mat|gr-qc|hep-(?:ex|lat|ph|th)|math-ph|nucl-(?:ex|th)|quant-ph|math|cs|physics|nlin|q-bio|"
    r"alg-geom|dg-ga|q-alg|solv-int|chao-dyn|cmp-lg|adap-org|patt-sol|funct-an)(?:\.[A-Z]{2})?/\d{7})\b"
)
_DOI = re.compile(r"\b(10\.\d{4,9}/[^\s\"'<>{}\\,;]+)")
_GLUED = re.compile(r"(?<=[\w.)])\}\{(?=[\w(])")
"""Arguments of a macro of the authors' own, `\\prl{70}{1993}{1}`: words of their own."""
_ENTRY_HEAD = re.compile(r"(?m)^\s*@\w+\s*[{(](?:[^,\n={}]*,)?")
_MAX_ENTRIES = 5_000
_LONGEST_KEY = 200


class _Entry(NamedTuple):
    """The TeX of an entry and the key by which it is cited."""

    tex: str
    key: str = ""


def read_references(tex: str) -> tuple[Reference, ...]:
    """Entries of a thebibliography, a .bbl of biblatex or .bib files, in their order."""
    if "\\bibitem" in tex:
        entries: Iterable[_Entry] = (_bibitem(part) for part in re.split(r"\\bibitem(?![a-zA-Z])", tex)[1:])
    elif "\\entry{" in tex:
        entries = (_biblatex(part) for part in re.split(r"\\entry(?=\{)", tex)[1:])
    elif _ENTRY_HEAD.search(tex):
        entries = _bibtex_entries(tex)
    else:
        entries = (_Entry(part) for part in re.split(r"\n\s*\n", tex))
    references = (read_reference(*entry) for entry in itertools.islice(entries, _MAX_ENTRIES))
    return tuple(reference for reference in references if reference.text)


def read_reference(tex: str, key: str = "") -> Reference:
    """One entry; the identifiers are sought in its TeX, the text is plain."""
    bare = tex.replace("\\_", "_").replace("\\/", "")
    doi = _DOI.search(bare)
    return Reference(
        text=" ".join(plain_text(_GLUED.sub("} {", tex)).split())[:1_000],
        arxiv_id=_arxiv_id(bare),
        doi=doi[1].rstrip(".)]") if doi and "arxiv." not in doi[1].lower() else None,
        key=" ".join(key.split())[:_LONGEST_KEY],
    )


def plain_references(lines: Iterable[str]) -> tuple[Reference, ...]:
    """Entries of a bibliography that is plain text already."""
    return tuple(reference for reference in map(read_reference, lines) if reference.text)


def _arxiv_id(text: str) -> str | None:
    for match in [*_ARXIV.finditer(text), *_OLD_ID.finditer(text), *re.finditer(r"arXiv\.(\d{4}\.\d{4,5})", text)]:
        try:
            return parse_paper_id(match[1])
        except ValueError:
            continue
    return None


def _bibitem(part: str) -> _Entry:
    """What comes after `\\bibitem[label]{key}`, up to the end of the list."""
    part = part.split("\\end{thebibliography}")[0].split("\\end{references}")[0]
    start = re.match(r"\s*%?\s*", part)
    option = read_option(part, start.end() if start else 0)
    rest = part[option.end :] if option else part
    key = read_group(rest, 0)
    text = rest[key.end :] if key else rest
    text = re.sub(r"\\(?:href|Eprint|path)\s*@?\s*\{([^{}]*)\}", r" \1 ", text)
    text = re.sub(
        r"\\bibinfo\s*\{[^{}]*\}|\\bibnamefont|\\bibfnamefont|\\citenamefont|\\BibitemOpen|\\newblock", " ", text
    )
    text = re.sub(r"\\bib(?:field|info)\s*\{[^{}]*\}|\\Bibitem\w*\s*(?:\{[^{}]*\}\s*\{[^{}]*\})?", " ", text)
    return _Entry(text, key.text if key else "")


def _biblatex(part: str) -> _Entry:
    fields = dict(re.findall(r"\\(?:field|strng|verb)\{(\w+)\}\{([^{}]*(?:\{[^{}]*\}[^{}]*)*)\}", part))
    names = re.findall(r"family=\{([^{}]*)\}", part)[:6]
    verbs = " ".join(re.findall(r"\\verb (\S[^\n]*)", part))
    eprint = f"arXiv:{fields['eprint']}" if "eprint" in fields else ""
    parts = (", ".join(names), fields.get("title", ""), fields.get("journaltitle", ""), fields.get("year", ""))
    key = read_group(part, 0)
    return _Entry(". ".join(word for word in (*parts, eprint, verbs) if word), key.text if key else "")


def _bibtex_entries(tex: str) -> Iterator[_Entry]:
    """Entries of .bib files, by BibTeX's rules; of a broken one its text, for the identifiers in it."""
    from bibtexparser.entrypoint import parse_string
    from bibtexparser.model import Entry, ParsingFailedBlock

    logging.getLogger("bibtexparser").setLevel(logging.CRITICAL)
    for block in parse_string(_first_entries(tex)).blocks:
        entry = block.ignore_error_block if isinstance(block, ParsingFailedBlock) else block
        if isinstance(entry, Entry):
            yield _Entry(_bibtex({field.key.lower(): str(field.value) for field in reversed(entry.fields)}), entry.key)
        elif isinstance(block, ParsingFailedBlock):
            yield _Entry(_ENTRY_HEAD.sub("", block.raw or ""))


def _first_entries(tex: str) -> str:
    """As many as are read: the parser takes its time over ten thousands of abbreviations."""
    beyond = next(itertools.islice(_ENTRY_HEAD.finditer(tex), _MAX_ENTRIES, None), None)
    return tex[: beyond.start()] if beyond else tex


def _bibtex(fields: Mapping[str, str]) -> str:
    """One entry; of a field that is there twice the first counts, as for BibTeX."""
    eprint = f"arXiv:{fields['eprint']}" if "eprint" in fields else ""
    names = ("author", "title", "journal", "booktitle", "year", "doi", "url", "note")
    return ". ".join(text for text in (*(fields.get(name, "") for name in names), eprint) if text)
