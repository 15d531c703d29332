"""Papers that somebody pastes: arXiv ids in any spelling, addresses, or BibTeX."""

import re
from dataclasses import dataclass

from shared.text.bibliography import parse_bibliography
from shared.text.rating_files.paper_mentions import mention_in, undamaged
from shared.text.rating_files.reference_managers import BIBTEX

MOST_PAPERS = 2_000
_BETWEEN = re.compile(r"[\s,;]+")
_SHOWN = 60


@dataclass(frozen=True)
class PastedPapers:
    """Ids, each once in the order given; titles of works that have none; and what could not be read, a line each."""

    paper_ids: tuple[str, ...] = ()
    titles: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()


def read_pasted(text: str) -> PastedPapers:
    """What a text names. BibTeX is known by an entry that begins a line; ids may stand before the first one."""
    entry = BIBTEX.search(text)
    read = _from_bibtex(text[: entry.start()], text[entry.start() :]) if entry else _from_ids(text)
    if len(read.paper_ids) <= MOST_PAPERS:
        return read
    problem = f"More than {MOST_PAPERS} papers: those after the first {MOST_PAPERS} are left out"
    return PastedPapers(read.paper_ids[:MOST_PAPERS], read.titles, (*read.problems, problem))


def _from_ids(text: str) -> PastedPapers:
    paper_ids, problems = list[str](), list[str]()
    for word in filter(None, _BETWEEN.split(text)):
        mention = mention_in(word)
        if mention is None:
            problems.append(f"{word[:_SHOWN]!r} is no arXiv id; they look like 2403.12345 or hep-th/9901001")
        elif mention.paper_id:
            paper_ids.append(mention.paper_id)
        else:
            problems.append(f"{mention.damaged_id} lacks a digit; was it {undamaged(mention.damaged_id)}?")
    return PastedPapers(tuple(dict.fromkeys(paper_ids)), (), tuple(dict.fromkeys(problems)))


def _from_bibtex(before: str, text: str) -> PastedPapers:
    """What stands before the first entry may be ids from the field beside a file, or a remark that says nothing."""
    bibliography = parse_bibliography(text)
    named = [entry.paper_id for entry in bibliography.entries if entry.paper_id]
    ids = dict.fromkeys([*_from_ids(before).paper_ids, *named])
    titles = dict.fromkeys(entry.title for entry in bibliography.entries if not entry.paper_id and entry.title)
    return PastedPapers(tuple(ids), tuple(titles), bibliography.problems)
