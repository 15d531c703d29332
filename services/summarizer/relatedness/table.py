"""A table of papers: `query_id,paper_id,title,abstract` in, `query_id,paper_id,score` out.

The rows of one `query_id` are its candidates. The paper they are compared with is the row among them whose `paper_id`
is the `query_id`, else such a row anywhere in the table, else the paper of that id that is harvested. It gets no score.
"""

import csv
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import numpy as np

from services.summarizer.relatedness.scoring import Matrix, ScoredText, relatedness
from services.summarizer.relatedness.terms import Rarity, terms_of
from services.summarizer.text.sentences import split_sentences
from shared.errors import PapersysError

Encode = Callable[[Sequence[str]], Matrix]
_COLUMNS = ("query_id", "paper_id", "title", "abstract")
_NEEDED = ("query_id", "paper_id", "title")
_LONGEST_CHARS = 6_000
_MOST_SENTENCES = 24
_FIELD_CHARS = 16 * 1024**2
_NAMED = 5


class PaperText(NamedTuple):
    """Title and abstract, each on one line."""

    title: str
    abstract: str

    @property
    def whole(self) -> str:
        """As papers that were harvested are embedded: title, full stop, abstract."""
        return ". ".join(part for part in self if part)

    @property
    def parts(self) -> list[str]:
        """The title and the sentences of the abstract."""
        return [part for part in (self.title, *split_sentences(self.abstract)[:_MOST_SENTENCES]) if part]


class Row(NamedTuple):
    query_id: str
    paper_id: str
    text: PaperText


class Score(NamedTuple):
    query_id: str
    paper_id: str
    score: float


@dataclass(frozen=True)
class Table:
    """The candidates of each query, in the order of the file.

    `problems` says in words what is wrong with the file; `unscored` are the queries whose paper is not known.
    """

    candidates: Mapping[str, Mapping[str, PaperText]]
    queries: Mapping[str, PaperText]
    problems: Sequence[str] = ()
    unscored: Sequence[str] = ()


@dataclass
class _Reading:
    candidates: dict[str, dict[str, PaperText]] = field(default_factory=dict)
    texts: dict[str, PaperText] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)


def read_table(path: Path, stored: Callable[[Iterable[str]], Mapping[str, PaperText]] = lambda ids: {}) -> Table:
    """The table in a CSV file; `stored` gives the texts of queries that no row gives.

    A row that cannot be used, and a query whose paper is not known, are told among the problems and left out. Raises
    PapersysError for a file that is no such table, or of which nothing is left.
    """
    reading = _Reading()
    for number, cells in _rows(path):
        _take(reading, number, cells)
    queries = {query: reading.texts[query] for query in reading.candidates if query in reading.texts}
    lacking = [query for query in reading.candidates if query not in queries]
    if lacking:
        queries |= {query: text for query, text in stored(lacking).items() if text.whole}
    for query in lacking:
        if query not in queries:
            count = len(reading.candidates[query])
            reading.problems.append(
                f"query {query!r}: no row has it as paper_id, so its {count} candidates have nothing to be compared "
                "with; add a row with its title and abstract."
            )
    candidates = {
        query: {paper_id: text for paper_id, text in papers.items() if paper_id != query}
        for query, papers in reading.candidates.items()
        if query in queries
    }
    for query in [query for query, papers in candidates.items() if not papers]:
        del candidates[query]
    if not candidates:
        told = " ".join(reading.problems[:_NAMED])
        raise PapersysError(f"{path} holds no query with candidates. {told}".rstrip())
    unscored = tuple(query for query in lacking if query not in queries)
    return Table(candidates, queries, tuple(reading.problems), unscored)


def score_table(table: Table, encode: Encode | None) -> list[Score]:
    """The scores of each query's candidates, best first; without `encode` by their words alone."""
    texts = list(
        dict.fromkeys([*table.queries.values(), *(text for of in table.candidates.values() for text in of.values())])
    )
    terms = {text: terms_of(text.title, text.abstract) for text in texts}
    rarity = Rarity(terms.values())
    vectors = _vectors_of([part for text in texts for part in (text.whole, *text.parts)], encode)

    def scored(text: PaperText) -> ScoredText:
        if vectors is None:
            return ScoredText(terms[text])
        return ScoredText(terms[text], vectors[text.whole], np.stack([vectors[part] for part in text.parts]))

    scores: list[Score] = []
    for query, papers in table.candidates.items():
        values = relatedness(scored(table.queries[query]), [scored(text) for text in papers.values()], rarity)
        ranked = sorted(zip(papers, values.tolist(), strict=True), key=lambda pair: (-pair[1], pair[0]))
        scores += [Score(query, paper_id, value) for paper_id, value in ranked]
    return scores


def as_csv(scores: Iterable[Score]) -> str:
    """Columns `query_id,paper_id,score`."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(Score._fields)
    writer.writerows((query, paper_id, f"{value:.9f}") for query, paper_id, value in scores)
    return out.getvalue()


def _vectors_of(texts: Sequence[str], encode: Encode | None) -> dict[str, Matrix] | None:
    if encode is None:
        return None
    unique = list(dict.fromkeys(texts))
    return dict(zip(unique, encode(unique), strict=True))


def _take(reading: _Reading, number: int, cells: Mapping[str, str]) -> None:
    """Add a row to what was read, or say what is wrong with it."""
    query_id, paper_id = (cells[name].strip() for name in ("query_id", "paper_id"))
    text = PaperText(*(" ".join(cells[name][:_LONGEST_CHARS].split()) for name in ("title", "abstract")))
    if lacking := [name for name in ("query_id", "paper_id") if not cells[name].strip()]:
        reading.problems.append(f"line {number}: no {' and no '.join(lacking)}; the row is left out.")
        return
    if not text.whole:
        reading.problems.append(f"line {number}: {paper_id!r} has neither title nor abstract; the row is left out.")
        return
    papers = reading.candidates.setdefault(query_id, {})
    if paper_id in papers:
        if papers[paper_id] != text:
            reading.problems.append(
                f"line {number}: {paper_id!r} stands twice under query {query_id!r}; the first row counts."
            )
        return
    papers[paper_id] = text
    if query_id == paper_id or paper_id not in reading.texts:
        reading.texts[paper_id] = text


def _rows(path: Path) -> Iterable[tuple[int, dict[str, str]]]:
    """Each row with the number of its last line. Raises PapersysError."""
    csv.field_size_limit(_FIELD_CHARS)
    try:
        text = path.read_bytes().decode("utf-8-sig", "replace").replace("\0", "")
    except OSError as error:
        raise PapersysError(f"{path} cannot be read: {error.strerror}.") from error
    reader = csv.DictReader(io.StringIO(text, newline=""))
    try:
        names = [(name or "").strip().casefold() for name in reader.fieldnames or ()]
        if missing := [name for name in _NEEDED if name not in names]:
            there = ", ".join(names) or "none"
            raise PapersysError(
                f"{path} has no column {', '.join(missing)}; its first line should be {','.join(_COLUMNS)}, "
                f"and it has: {there}."
            )
        reader.fieldnames = names
        for cells in reader:
            yield reader.line_num, {name: cells.get(name) or "" for name in _COLUMNS}
    except csv.Error as error:
        raise PapersysError(f"{path}, line {reader.line_num}, is not CSV: {error}.") from error
