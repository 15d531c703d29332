"""Papers that somebody pastes: arXiv ids in any spelling, addresses, or BibTeX."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import chain

from shared.text.rating_files.paper_mentions import mention_in, undamaged
from shared.text.rating_files.reference_managers import BIBTEX
from shared.text.references.bibliography import parse_bibliography

MOST_PAPERS = 2_000
_BETWEEN = re.compile(r"[\s,;]+")
_BULLET = re.compile(r"[\W_]*\d{0,3}[\W_]*")
_NEWLINE = re.compile(r"\r\n|\n|\r")
_NO_LIST = re.compile(r"^\s*%|[{}=@]")
_LIKE_AN_ID = re.compile(r"\S*(?:\d{4}\.\d|/\d{5}|arxiv)", re.I)
_SHOWN = 60
_NAMED = 3


@dataclass(frozen=True)
class PastedPapers:
    """Ids, each once in the order given, and titles of works that have none.

    `problems` are what a person can mend where it was typed; `remarks` what was left out of a list or a file that is
    of use without it. Both a line each.
    """

    paper_ids: tuple[str, ...] = ()
    titles: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()


def read_pasted(text: str, file: str = "", file_name: str = "") -> PastedPapers:
    """What a text and a file name; lines are counted in each. BibTeX is known by an entry that begins a line."""
    parts = (_read(text), _in_file(file_name, _read(file)))
    read = PastedPapers(
        tuple(dict.fromkeys(chain.from_iterable(part.paper_ids for part in parts))),
        tuple(dict.fromkeys(chain.from_iterable(part.titles for part in parts))),
        tuple(chain.from_iterable(part.problems for part in parts)),
        tuple(chain.from_iterable(part.remarks for part in parts)),
    )
    if len(read.paper_ids) <= MOST_PAPERS:
        return read
    remark = f"of {len(read.paper_ids)} papers those after the first {MOST_PAPERS}; import them later under My ratings"
    return replace(read, paper_ids=read.paper_ids[:MOST_PAPERS], remarks=(*read.remarks, remark))


def _read(text: str) -> PastedPapers:
    entry = BIBTEX.search(text)
    return _from_bibtex(text[: entry.start()], text[entry.start() :]) if entry else _from_ids(text)


def _in_file(name: str, read: PastedPapers) -> PastedPapers:
    """The same, each problem and remark with the name of the file."""
    named = ([f"{name}, {text}" for text in texts] if name else texts for texts in (read.problems, read.remarks))
    problems, remarks = map(tuple, named)
    return replace(read, problems=problems, remarks=remarks)


def _from_ids(text: str) -> PastedPapers:
    paper_ids, problems, words = list[str](), list[str](), list[str]()
    for word in filter(None, _BETWEEN.split(unicodedata.normalize("NFKC", text))):
        mention = mention_in(word)
        if mention is None and _BULLET.fullmatch(word):
            continue
        if mention is None and not any(character.isdigit() for character in word):
            words.append(word[:_SHOWN])
        elif mention is None:
            problems.append(_no_id(word))
        elif mention.paper_id:
            paper_ids.append(mention.paper_id)
        else:
            problems.append(f"{mention.damaged_id} lacks a digit; was it {undamaged(mention.damaged_id)}?")
    if not paper_ids:
        problems += map(_no_id, words)
    remarks = (_passed_over(words),) if paper_ids and words else ()
    return PastedPapers(tuple(dict.fromkeys(paper_ids)), (), tuple(dict.fromkeys(problems)), remarks)


def _no_id(word: str) -> str:
    return f"{word[:_SHOWN]!r} is no arXiv id; they look like 2403.12345 or hep-th/9901001"


def _passed_over(words: Sequence[str]) -> str:
    more = ", ..." if len(words) > _NAMED else ""
    return f"{len(words)} {'word' if len(words) == 1 else 'words'} beside the ids ({', '.join(words[:_NAMED])}{more})"


def _from_bibtex(before: str, text: str) -> PastedPapers:
    """Entries, and ids that stand before, between or after them."""
    lines_before = len(_NEWLINE.findall(before))
    bibliography = parse_bibliography("\n" * lines_before + text)  # so that problems name the right lines
    beside = _from_ids(_without_comments(f"{before}\n{bibliography.between}"))
    named = [entry.paper_id for entry in bibliography.entries if entry.paper_id]
    ids = dict.fromkeys([*beside.paper_ids, *named])
    titles = dict.fromkeys(entry.title for entry in bibliography.entries if not entry.paper_id and entry.title)
    remarks = (*bibliography.problems, *filter(_LIKE_AN_ID.match, beside.problems))
    if not ids and not titles:
        return PastedPapers(problems=remarks)
    return PastedPapers(tuple(ids), tuple(titles), remarks=remarks)


def _without_comments(text: str) -> str:
    """What programs write above a file, and the rest of an entry that is broken, name no papers."""
    return "\n".join(line for line in text.splitlines() if not _NO_LIST.search(line))
