"""The papers a demo server shows: kept in announcement order, so that a page of any harvest is one slice."""

import gzip
import json
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from deploy.demo.papers.categories import ancestors_of, sets_of
from deploy.demo.papers.paper import Paper, datestamp, parse_paper
from deploy.demo.papers.sources import NO_SOURCES, Eprint, SourceShelf, open_eprints, open_sources

SHORT_TEXT = "Demo paper: invented, and shorter than a real one"
ABSTRACT_ONLY = "Demo paper: invented; its text is its abstract cut into sections"
OWN_FOLDER = Path(__file__).parents[1] / "corpus"


class Entry(NamedTuple):
    """What listing papers needs to know of one; the rest is looked up when it is shown."""

    paper_id: str
    announced: tuple[str, ...]
    categories: tuple[str, ...]


class Row(NamedTuple):
    datestamp: str
    paper_id: str
    version: int
    sets: tuple[str, ...]


class Page(NamedTuple):
    rows: list[Row]
    next_from: str
    next_skip: int
    is_last: bool


class View:
    """The world as it is on one day: each paper in its newest version, ordered by datestamp and id."""

    def __init__(self, entries: Iterable[Entry], today: str) -> None:
        self.today = today
        self.rows = sorted(_visible(entries, today))
        self._by_set: dict[str, list[Row]] = {}

    def in_set(self, set_spec: str | None) -> list[Row]:
        if set_spec is None:
            return self.rows
        if not self._by_set:
            for row in self.rows:
                for spec in dict.fromkeys(parent for own in row.sets for parent in ancestors_of(own)):
                    self._by_set.setdefault(spec, []).append(row)
        return self._by_set.get(set_spec, [])

    def page(self, since: str, until: str, set_spec: str | None, skip: int, size: int) -> Page:
        """`size` rows with since <= datestamp <= until; where the next page begins is told as arXiv's tokens do."""
        rows = self.in_set(set_spec)
        end = bisect_right(rows, until, key=_datestamp)
        start = min(bisect_left(rows, since, key=_datestamp) + skip, end)
        stop = min(start + size, end)
        if stop == end:
            return Page(rows[start:stop], "", 0, True)
        next_from = rows[stop].datestamp
        return Page(rows[start:stop], next_from, stop - bisect_left(rows, next_from, key=_datestamp), False)

    def announced_today(self) -> list[Row]:
        return self.rows[bisect_left(self.rows, self.today, key=_datestamp) :]


class Corpus:
    """Papers, when they were announced, and their sources."""

    def __init__(
        self, papers: Mapping[str, Paper], entries: Sequence[Entry] | None = None, shelf: SourceShelf = NO_SOURCES
    ) -> None:
        self.papers = papers
        self.entries = [_entry(paper) for paper in papers.values()] if entries is None else entries
        self.shelf = shelf
        self._view: View | None = None

    def __len__(self) -> int:
        return len(self.entries)

    @property
    def days(self) -> list[str]:
        return sorted({day for entry in self.entries for day in entry.announced})

    def view(self, today: date) -> View:
        if self._view is None or self._view.today != today.isoformat():
            self._view = View(self.entries, today.isoformat())
        return self._view

    def joined_by(self, other: "Corpus") -> "Corpus":
        """Both corpora in one; where both have a paper or a source, this one's counts."""
        return Corpus({**other.papers, **self.papers}, shelf=self.shelf.joined_by(other.shelf))


def load_corpus(folder: Path = OWN_FOLDER) -> Corpus:
    """Reads `papers/*.jsonl`, `sources/<id>/` and `html/<id>.html`, the project's own format."""
    shelf = open_sources(folder)
    papers = [
        parse_paper({"topic": path.stem, **json.loads(line)})
        for path in sorted((folder / "papers").glob("*.jsonl"))
        for line in path.read_text("utf-8").splitlines()
    ]
    return Corpus({paper.paper_id: _with_note(paper, shelf) for paper in papers}, shelf=shelf)


def _with_note(paper: Paper, shelf: SourceShelf) -> Paper:
    """The paper with a comment that says what of it was written."""
    note = SHORT_TEXT if paper.paper_id in shelf.eprints else ABSTRACT_ONLY
    return replace(paper, comment="; ".join(filter(None, (paper.comment, note))))


def load_jsonl(path: Path, sources: Path | None = None) -> Corpus:
    """Reads a list of papers, one JSON object a line, gzipped or not; `first_seen` is the day of announcement."""
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8") as lines:
        papers = {paper.paper_id: paper for paper in map(parse_paper, map(json.loads, filter(str.strip, lines)))}
    listed = Corpus(papers)
    return listed.joined_by(load_eprints(sources)) if sources else listed


def load_eprints(folder: Path) -> Corpus:
    """Reads e-prints by file name (`1403.0037.gz`, `quant-ph_9802040.tar.gz`); each becomes a paper, if a bare one."""
    eprints = open_eprints(folder)
    return Corpus({paper.paper_id: paper for paper in map(_bare_paper, eprints.values())}, shelf=SourceShelf(eprints))


def load_folder(folder: Path) -> Corpus:
    """Reads whatever a folder holds: a corpus of the project's own format, lists of papers, e-prints."""
    if (folder / "papers").is_dir() and any((folder / "papers").glob("*.jsonl")):
        return load_corpus(folder)
    corpus = load_eprints(folder)
    for path in sorted([*folder.glob("*.jsonl"), *folder.glob("*.jsonl.gz")]):
        corpus = load_jsonl(path).joined_by(corpus)
    if not len(corpus):
        raise FileNotFoundError(
            f"{folder} holds neither papers/*.jsonl, nor *.jsonl[.gz], nor e-prints named by arXiv id"
        )
    return corpus


def _datestamp(row: Row) -> str:
    return row.datestamp


def _visible(entries: Iterable[Entry], today: str) -> Iterable[Row]:
    cached_sets = lru_cache(maxsize=None)(sets_of)
    for entry in entries:
        version = sum(day <= today for day in entry.announced)
        if version:
            yield Row(datestamp(entry.announced[version - 1]), entry.paper_id, version, cached_sets(entry.categories))


def _entry(paper: Paper) -> Entry:
    return Entry(paper.paper_id, paper.announced, paper.categories)


def _bare_paper(eprint: Eprint) -> Paper:
    archive, slash, number = eprint.paper_id.partition("/")
    digits = number if slash else archive
    year, month = int(digits[:2]), int(digits[2:4])
    first = date(year + (1900 if year > 90 else 2000), min(max(month, 1), 12), 2)
    days = [(first + timedelta(days=30 * number)).isoformat() for number in range(eprint.version)]
    return Paper(
        paper_id=eprint.paper_id,
        title=f"E-print {eprint.paper_id}",
        abstract="Only the e-print of this paper is at hand; its metadata is not.",
        authors=(),
        categories=(archive if slash else "physics.gen-ph",),
        announced=tuple(days),
        withdrawn_in=eprint.version if eprint.is_withdrawn else 0,
    )
