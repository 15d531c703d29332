"""Ranking from two tables, ratings and papers, with no running system; the method is that of every day."""

import csv
import hashlib
import io
import os
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from services.ranker.learning.background_papers import background_of
from services.ranker.learning.lexicon import Bag, bag_of, lexicon_of
from services.ranker.learning.similarity import Pool, empty_pool
from services.ranker.learning.taste import Taste, learn
from shared.contracts import Label
from shared.errors import PapersysError
from shared.paper_ids import parse_paper_id
from shared.store.files.data_folder import DataFolder
from shared.store.vectors.embeddings import Matrix

Encode = Callable[[list[str]], Matrix]

_LABELS: tuple[Label, Label] = ("like", "dislike")
_SEPARATOR = re.compile(r"[;|]|, ")
_READ = 2000
_NAMED = 3
_NUMBER = re.compile(r"(?P<month>\d{2}(?:0[1-9]|1[0-2]))\.(?P<rest>\d{1,5})", re.ASCII)
_LIKES = {"like", "liked", "1", "1.0", "+1", "true", "yes"}
_DISLIKES = {"dislike", "disliked", "0", "0.0", "-1", "-1.0", "false", "no"}
_NEITHER = {"", "clear", "cleared", "none"}


@dataclass(frozen=True)
class Row:
    """A paper of the table; `text` is what is embedded."""

    paper_id: str
    text: str
    authors: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()

    @property
    def bag(self) -> Bag:
        return bag_of(self.text, self.authors, self.categories)


def read_papers(path: Path) -> list[Row]:
    """Columns `paper_id,title,abstract` (and others, which may be missing). Raises PapersysError."""
    rows = [
        Row(
            _required(row, "paper_id", path),
            _text(row.get("title"), row.get("abstract")),
            tuple(name.strip() for name in _SEPARATOR.split(row.get("authors") or "") if name.strip()),
            tuple((row.get("categories") or "").replace(",", " ").replace(";", " ").split()),
        )
        for row in _rows(path, ("paper_id", "title"))
    ]
    if not rows:
        raise PapersysError(f"{path} holds no papers.")
    twice = len(rows) - len({row.paper_id for row in rows})
    if twice:
        raise PapersysError(f"{path}: {twice} papers are there twice; each has one row.")
    return rows


def read_labels(path: Path) -> dict[str, Label]:
    """Columns `paper_id,label`: like or dislike, also as 1 and 0 or -1; the last word on a paper counts."""
    labels: dict[str, Label] = {}
    for number, row in enumerate(_rows(path, ("paper_id", "label")), 2):
        text = (row["label"] or "").strip().casefold()
        paper_id = _required(row, "paper_id", path)
        if text in _LIKES | _DISLIKES:
            labels[paper_id] = "like" if text in _LIKES else "dislike"
        elif text in _NEITHER:
            labels.pop(paper_id, None)
        else:
            raise PapersysError(f"{path}, line {number}: {row['label']!r} is not a valid label; write like or dislike.")
    return labels


def matched_labels(labels: dict[str, Label], rows: Sequence[Row]) -> tuple[dict[str, Label], list[str]]:
    """The labels by the ids of the papers' table, and what is to be said of those that are not in it.

    An id that is written otherwise (with its version, as an address, or read as a number, which takes zeros from its
    end) is taken for the paper that it can only mean.
    """
    ids = {row.paper_id for row in rows}
    by_whole_id = {whole_id(paper_id): paper_id for paper_id in ids}
    matched = {name: name if name in ids else by_whole_id.get(whole_id(name)) for name in labels}
    notes = []
    if otherwise := [name for name, meant in matched.items() if meant not in (None, name)]:
        notes.append(f"{len(otherwise)} labels name papers otherwise than the papers' table: {_few(otherwise)}.")
    if lost := [name for name in (*otherwise, *ids) if _NUMBER.fullmatch(name) and whole_id(name) != name]:
        notes.append(f"Ids were read as numbers and lost zeros ({_few(lost)}): keep them as text.")
    if unknown := [name for name, meant in matched.items() if meant is None]:
        notes.append(f"{len(unknown)} of {len(labels)} labelled papers are not in the papers' table: {_few(unknown)}.")
    if not labels:
        notes.append("There is no like and no dislike: the most typical papers come first.")
    return {meant: labels[name] for name, meant in matched.items() if meant is not None}, notes


def whole_id(text: str) -> str:
    """The plain spelling of an arXiv id, with the zeros that a number has lost; anything else as it is."""
    number = _NUMBER.fullmatch(text)
    if number:
        return f"{number['month']}.{number['rest']:0<{5 if number['month'] >= '1501' else 4}}"
    try:
        return parse_paper_id(text)
    except ValueError:
        return text


def rank_rows(
    rows: Sequence[Row], labels: dict[str, Label], vectors: Matrix, others: int, regression_from: int
) -> list[tuple[str, float]]:
    """The scores, best paper first. `vectors[i]` is of `rows[i]`; papers without a label serve as background."""
    names = [row.paper_id for row in rows]
    unlabelled = np.array([name not in labels for name in names], dtype=bool)
    likes, dislikes = (_pool(names, labels, label, vectors) for label in ("like", "dislike"))
    free = np.flatnonzero(unlabelled)
    drawn = np.sort(np.random.default_rng(0).permutation(free)[:others])
    background = background_of([names[row] for row in drawn], vectors[drawn])
    empty = empty_pool(vectors.shape[1])
    draft = Taste("me", "typical", "table", "table", datetime(1970, 1, 1, tzinfo=UTC), likes, dislikes, empty)
    bags = [row.bag for row in rows]
    liked, disliked = (
        [bag for name, bag in zip(names, bags, strict=True) if labels.get(name) == label] for label in _LABELS
    )
    lexicon = lexicon_of(liked, disliked, [bags[row] for row in drawn[:_READ]])
    taste = replace(learn(draft, background, regression_from), lexicon=lexicon)
    scores = taste.score(vectors, bags).tolist()
    return sorted(zip(names, scores, strict=True), key=lambda pair: (-pair[1], pair[0]))


def write_scores(path: Path, scores: Iterable[tuple[str, float]]) -> None:
    """Columns `paper_id,score`, best first."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(("paper_id", "score"))
    writer.writerows((paper_id, f"{score:.9f}") for paper_id, score in scores)
    try:
        path.write_text(out.getvalue(), "utf-8")
    except OSError as error:
        raise PapersysError(f"{path} cannot be written: {error.strerror}.") from error


def check_writable(path: Path) -> None:
    """Raises PapersysError where a file cannot be written, before any work is done for it."""
    folder = path.parent
    if path.is_dir() or not folder.is_dir():
        raise PapersysError(f"{path} cannot be written: {'it is a folder' if path.is_dir() else 'no such folder'}.")
    if not os.access(path if path.exists() else folder, os.W_OK):
        raise PapersysError(f"{path} cannot be written: permission denied.")


class VectorCache:
    """Vectors by the hash of their text, in one file of plain arrays; one made by another recipe is not used."""

    def __init__(self, data: DataFolder | None, recipe: str) -> None:
        self._data = data
        name = hashlib.sha256(recipe.encode()).hexdigest()[:12]
        self._path = data.path("tables", f"vectors-{name}.npz") if data else None

    def vectors(self, texts: Sequence[str], encode: Encode) -> Matrix:
        """The vectors of these texts (n x d); what is not known yet is encoded and kept."""
        hashes = [hashlib.sha256(text.encode()).hexdigest()[:32] for text in texts]
        rows, matrix = self._load()
        fresh = {key: text for key, text in zip(hashes, texts, strict=True) if key not in rows}
        if fresh:
            made = encode(list(fresh.values()))
            matrix = np.concatenate([matrix, made]) if len(rows) else made
            rows |= {key: len(rows) + number for number, key in enumerate(fresh)}
            self._keep(list(rows), matrix)
        return matrix[[rows[key] for key in hashes]]

    def _load(self) -> tuple[dict[str, int], Matrix]:
        if self._path is None or not self._path.exists():
            return {}, np.empty((0, 0), dtype=np.float32)
        try:
            with np.load(self._path, allow_pickle=False) as arrays:
                return {key: row for row, key in enumerate(arrays["hashes"].tolist())}, arrays["vectors"]
        except (OSError, ValueError, KeyError) as error:
            raise PapersysError(f"{self._path} cannot be read ({error}); remove it, and it is made again.") from error

    def _keep(self, hashes: list[str], matrix: Matrix) -> None:
        if self._data is None or self._path is None:
            return
        out = io.BytesIO()
        np.savez(out, allow_pickle=False, hashes=np.array(hashes, dtype="U32"), vectors=matrix)
        with self._data.lock("tables"):
            self._data.write_bytes(self._path, out.getvalue())


def _few(names: Sequence[str]) -> str:
    return ", ".join(names[:_NAMED]) + (", ..." if len(names) > _NAMED else "")


def _pool(names: Sequence[str], labels: dict[str, Label], label: str, vectors: Matrix) -> Pool:
    rows = [row for row, name in enumerate(names) if labels.get(name) == label]
    return Pool(tuple(names[row] for row in rows), vectors[rows], np.ones(len(rows)))


def _text(title: str | None, abstract: str | None) -> str:
    """As papers that were harvested are embedded: title, full stop, abstract."""
    parts = (" ".join((title or "").split()), " ".join((abstract or "").split()))
    return ". ".join(part for part in parts if part)


def _rows(path: Path, needed: tuple[str, ...]) -> list[dict[str, str]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            missing = [name for name in needed if name not in (reader.fieldnames or ())]
            if missing:
                raise PapersysError(f"{path} has no column {', '.join(missing)}; it has {reader.fieldnames or 'none'}.")
            return list(reader)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise PapersysError(f"{path} cannot be read: {error}") from error


def _required(row: dict[str, str], name: str, path: Path) -> str:
    value = (row[name] or "").strip()
    if not value:
        raise PapersysError(f"{path}: a row has no {name}.")
    return value
