"""A .bib file as papers to start from: those on arXiv by their id, the others by title and abstract.

Read with bibtexparser, which goes on after an entry that is broken; LaTeX accents and commands become plain text.
"""

import logging
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from shared.errors import PapersysError
from shared.paper_ids import parse_paper_id
from shared.text.safe.encodings import decoded
from shared.text.tex.logos import with_logos

MOST_ENTRIES = 10_000
_MOST_BYTES = 64 * 1024 * 1024
_LONGEST_TEXT = 4_000
_PROBLEMS_NAMED = 3

_ID = r"(?:\d{4}\.\d{4,5}|[a-z]+(?:-[a-z]+)?(?:\.[A-Z]{2})?/\d{7})(?!\d)"
_ARXIV = re.compile(rf"(?:arxiv\s*[.:/]\s*|arxiv\.org/[a-z-]+/|\babs/)(?P<id>{_ID})", re.I | re.ASCII)
_NEWLINE = re.compile(r"\r\n|\r")
_COMMAND = re.compile(r"\\[a-zA-Z]+|\\.")
_PLACES = ("doi", "url", "journal", "journaltitle", "note", "volume", "number", "pages", "howpublished", "link")


@dataclass(frozen=True)
class Entry:
    """A work of a bibliography: its arXiv id, where it has one, and its title and abstract as the file has them."""

    paper_id: str | None
    title_tex: str = ""
    abstract_tex: str = ""

    @property
    def title(self) -> str:
        return plain(self.title_tex)

    @property
    def text(self) -> str:
        """As papers are embedded: title, full stop, abstract; without LaTeX."""
        return ". ".join(part for part in (self.title, plain(self.abstract_tex)) if part)


@dataclass(frozen=True)
class Bibliography:
    """The entries that can be used, each once, and what is wrong with the others: one line each.

    `between` is what stands outside of all entries.
    """

    entries: tuple[Entry, ...]
    problems: tuple[str, ...] = ()
    between: str = ""

    def __str__(self) -> str:
        on_arxiv = sum(entry.paper_id is not None for entry in self.entries)
        text = f"papers: {len(self.entries)}, with an arXiv id: {on_arxiv}"
        if not self.problems:
            return text
        named = "; ".join(self.problems[:_PROBLEMS_NAMED])
        more = "; ..." if len(self.problems) > _PROBLEMS_NAMED else ""
        return f"{text}, unusable: {len(self.problems)} ({named}{more})"


def read_bibliography(path: Path) -> Bibliography:
    """What a .bib file holds. Raises PapersysError where there is no such file, or nothing of use in it."""
    bibliography = parse_bibliography(decoded(content_of(path)))
    if not bibliography.entries:
        why = bibliography.problems[0] if bibliography.problems else "it has no BibTeX entries"
        raise PapersysError(f"{path} holds no paper that could be a seed: {why}.")
    return bibliography


def parse_bibliography(text: str) -> Bibliography:
    """The same of a file's text; more than ten thousand entries are not read."""
    entries: dict[tuple[str | None, str], Entry] = {}
    problems: list[str] = []
    blocks = _blocks_of(text)
    for line, fields in _entries_in(blocks):
        entry = fields if isinstance(fields, str) else _entry(fields)
        if isinstance(entry, str):
            problems.append(f"line {line}: {entry}")
        elif len(entries) < MOST_ENTRIES:
            entries.setdefault((entry.paper_id, "" if entry.paper_id else entry.title_tex.casefold()), entry)
        else:
            problems.append(f"line {line} and on: more than {MOST_ENTRIES} entries")
            break
    return Bibliography(tuple(entries.values()), tuple(problems), _text_between(blocks))


def arxiv_id(fields: Mapping[str, str]) -> str | None:
    """The arXiv id of an entry: from `eprint`, or from a DOI, address, journal or note that names it."""
    eprint = fields.get("eprint", "").strip()
    for spelling in (
        eprint,
        *(f"{fields.get(name, '').strip()}/{eprint}" for name in ("archiveprefix", "primaryclass")),
    ):
        if eprint and (paper_id := _parsed(spelling)):
            return paper_id
    mentions = (match["id"] for name in _PLACES for match in _ARXIV.finditer(fields.get(name, "")))
    return next(filter(None, map(_parsed, mentions)), None)


def _parsed(text: str) -> str | None:
    try:
        return parse_paper_id(text)
    except ValueError:
        return None


def _entry(fields: Mapping[str, str]) -> Entry | str:
    """An entry, or what it lacks."""
    paper_id, title = arxiv_id(fields), fields.get("title", "").strip()
    if not title and paper_id is None:
        return "neither a title nor an arXiv id"
    return Entry(paper_id, title, fields.get("abstract", ""))


def entries_of(text: str) -> Iterator[tuple[int, dict[str, str] | str]]:
    """Of each entry its line and its fields by lower-case name, or what is wrong with it."""
    yield from _entries_in(_blocks_of(text))


def _blocks_of(text: str) -> list[Any]:
    from bibtexparser.entrypoint import parse_string

    logging.getLogger("bibtexparser").setLevel(logging.CRITICAL)  # what is broken is said below, in our words
    return parse_string(_NEWLINE.sub("\n", text)).blocks


def _text_between(blocks: list[Any]) -> str:
    from bibtexparser.model import ImplicitComment

    return "\n".join(block.comment for block in blocks if isinstance(block, ImplicitComment))


def _entries_in(blocks: list[Any]) -> Iterator[tuple[int, dict[str, str] | str]]:
    from bibtexparser.model import Entry, ParsingFailedBlock

    for block in blocks:
        line = (block.start_line or 0) + 1
        content = block.ignore_error_block if isinstance(block, ParsingFailedBlock) else block
        if isinstance(content, Entry):
            # The first of a name counts. An entry whose key or field stands twice comes with its braces and quotes.
            yield line, {field.key.lower(): _unenclosed(str(field.value)) for field in reversed(content.fields)}
        elif content is None:
            yield line, "broken BibTeX, a brace or quote is not closed"


def _unenclosed(value: str) -> str:
    value = value.strip()
    return value[1:-1] if value[:1] + value[-1:] in ("{}", '""') and len(value) > 1 else value


def plain(tex: str) -> str:
    """LaTeX as text, on one line; of very long text the beginning."""
    tex = with_logos(tex.strip('"')[:_LONGEST_TEXT])
    try:
        text = _decoder().latex_to_text(tex) if "\\" in tex else tex
    except RecursionError:
        text = _COMMAND.sub(" ", tex)
    return " ".join(text.replace("{", "").replace("}", "").replace("~", " ").split())


@cache
def _decoder() -> Any:
    from pylatexenc.latex2text import LatexNodes2Text

    return LatexNodes2Text(math_mode="verbatim", keep_comments=True)


def content_of(path: Path) -> bytes:
    """A text file of reasonable size; no more is read of a device. Raises PapersysError that says what is wrong."""
    try:
        with path.open("rb") as file:
            content = file.read(_MOST_BYTES + 1)
        if len(content) > _MOST_BYTES:
            raise PapersysError(f"{path} is larger than {_MOST_BYTES >> 20} MB; that is no list of papers.")
        return content
    except FileNotFoundError as error:
        raise PapersysError(f"There is no file {path}.") from error
    except OSError as error:
        raise PapersysError(f"{path} cannot be read: {error.strerror}.") from error
