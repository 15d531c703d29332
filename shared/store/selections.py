"""Selections: `selections/<date>/<run>.parquet`, every candidate with its score, outcome and reasons. By the ranker.

Those of other users than the owner lie in `selections/users/<user>/<date>/`, so that nobody's pages read through
everybody's. Years of selections are looked through by a few columns; whole candidates are made of what is asked for.
"""

import copy
import hashlib
import itertools
import logging
import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from shared.contracts import DEFAULT_USER
from shared.store.files.data_folder import DataFolder
from shared.store.files.file_cache import FileCache
from shared.store.selected.candidates import (
    ROWS_AT_ONCE,
    SCHEMA,
    columns_of,
    read_candidates,
    read_ids,
    read_paper,
    read_picks,
    read_users,
    rows_of_user,
    table_of,
)
from shared.store.selected.candidates import Candidate as Candidate
from shared.store.selected.index import SelectionIndex
from shared.store.selected.listing import SelectionFile, SelectionListing
from shared.store.selected.places_of_papers import PlacesOfPapers

log = logging.getLogger(__name__)

_CANDIDATES_KEPT = 5_000
_PICKS_KEPT = 20_000
_ID_BYTES_KEPT = 32 * 1024**2
_PLAIN = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
_OF_ANOTHER = re.compile(r"-of-|^requested-|^without-run")


class SelectionStore:
    """All selections of a user; a run's file is written once and whole. Safe to use from several threads.

    A file that cannot be read is named in the log and passed over.
    """

    def __init__(self, data: DataFolder, user: str = DEFAULT_USER) -> None:
        self._data, self._user = data, user
        self._place: tuple[str, ...] = () if user == DEFAULT_USER else ("users", folder_of(user))
        self._caches = _Caches(data)

    def of(self, user: str) -> "SelectionStore":
        """The selections of another user; what was read is kept together."""
        other = copy.copy(self)
        other._user, other._place = user, () if user == DEFAULT_USER else ("users", folder_of(user))
        return other

    def write(self, day: date, run_id: str, candidates: Iterable[Candidate]) -> None:
        """Store a selection, by rank, in place of an earlier one of the same day and run."""
        ordered = sorted(candidates, key=_by_rank)
        path = self._path(day, run_id)
        with self._data.lock("selections"):
            with self._data.replacing(path) as draft, pq.ParquetWriter(draft, SCHEMA) as file:
                for start in range(0, max(len(ordered), 1), ROWS_AT_ONCE):
                    file.write_table(table_of(ordered[start : start + ROWS_AT_ONCE]))
            self._caches.listing.forget(self._place)
            self._note_in_index(day)

    def days(self) -> list[date]:
        """Days that have a selection, newest first."""
        return list(dict.fromkeys(day for day, _ in self._files()))

    def runs(self, day: date) -> list[str]:
        return sorted(path.stem for path in self._files_of(day))

    def read(self, day: date, run_id: str) -> list[Candidate]:
        """A selection's candidates by rank; empty where there is none."""
        return self._caches.whole.get(self._stored_at(day, run_id)) or []

    def picked(self, day: date, run_id: str) -> list[Candidate]:
        """The picks of a selection by rank; those without a rank come last."""
        return self._caches.picks.get(self._stored_at(day, run_id)) or []

    def day(self, day: date) -> list[Candidate]:
        """The candidates of every selection of a day."""
        return [candidate for run_id in self.runs(day) for candidate in self.read(day, run_id)]

    def users(self, day: date, run_id: str) -> set[str] | None:
        """Whose selection it is; None where there is none that can be read."""
        return self._caches.users.get(self._stored_at(day, run_id))

    def outcomes(self, paper_id: str) -> list[Candidate]:
        """What became of a paper in each selection it was in, newest first."""
        paths = self._caches.places.of(paper_id, self._listed(), self._user)
        return [candidate for path in paths for candidate in read_paper(path, paper_id)]

    def picks(self, user: str | None = None) -> Iterator[Candidate]:
        """Every pick of the user, or of another one, newest day first."""
        if user is not None and user != self._user:
            return self.of(user).picks()
        picks = (self._caches.picks.get(path) for _, path in self._files())
        return (pick for pick in itertools.chain.from_iterable(filter(None, picks)) if pick.user == self._user)

    def selected_ids(self, user: str | None = None, among: Collection[str] | None = None) -> set[str]:
        """The papers, of some or of all, that were candidates of the user, or of another one, picked or not."""
        if user is not None and user != self._user:
            return self.of(user).selected_ids(among=among)
        ids = itertools.chain.from_iterable(self._ids_of_mine(path) for _, path in self._files())
        return {paper_id for paper_id in ids if among is None or paper_id in among}

    def index_anew(self) -> None:
        """Have the index of this user's selections written anew; it is derived from them."""
        with self._data.lock("selections"):
            self._caches.index.forget(self._place)
            self._caches.listing.forget(self._place)
            self._note_in_index(date.min)

    def _path(self, day: date, run_id: str) -> Path:
        return self._data.path("selections", *self._place, day.isoformat(), f"{run_id}.parquet")

    def _stored_at(self, day: date, run_id: str) -> Path:
        """Where a selection lies: an older papersys put everybody's into one folder."""
        path = self._path(day, run_id)
        if not self._place or path.exists():
            return path
        former = self._data.path("selections", day.isoformat(), path.name)
        return former if former.exists() and self._is_mine(former) else path

    def _files(self) -> Iterator[tuple[date, Path]]:
        """Every selection with its day, newest day first."""
        return ((file.day, file.path) for file in self._listed())

    def _listed(self) -> tuple[SelectionFile, ...]:
        own = self._caches.listing.files(self._place)
        if not self._place:
            return own
        former = [file for file in self._caches.former() if self._is_mine(file.path)]
        return tuple(sorted([*own, *former], key=lambda file: file.day, reverse=True)) if former else own

    def _files_of(self, day: date) -> list[Path]:
        own = list(self._data.path("selections", *self._place, day.isoformat()).glob("*.parquet"))
        if not self._place:
            return own
        former = self._data.path("selections", day.isoformat()).glob("*.parquet")
        return [*own, *(path for path in former if self._was_put_there(path))]

    def _was_put_there(self, path: Path) -> bool:
        """Whether a file among the owner's is one of another user, as an older papersys wrote it: its name says so."""
        return may_be_anothers(path) and self._is_mine(path)

    def _is_mine(self, path: Path) -> bool:
        """Whether a selection is of this user; where others' may lie beside it, the file has to say."""
        return self._is_in_own_folder(path) or self._user in (self._caches.users.get(path) or ())

    def _is_in_own_folder(self, path: Path) -> bool:
        return bool(self._place) and path.parent.parent.name == self._place[-1]

    def _ids_of_mine(self, path: Path) -> list[str]:
        """The candidates of this user in a selection."""
        if self._is_in_own_folder(path) or self._caches.users.get(path) == {self._user}:
            ids = self._caches.ids.get(path)
            return [] if ids is None else ids.to_pylist()
        table = columns_of(path, ["paper_id", "user"]) if self._is_mine(path) else None
        return [] if table is None else rows_of_user(table, self._user).column("paper_id").to_pylist()

    def _note_in_index(self, day: date) -> None:
        """Have the index know the selections of a day's month, and of the months that it knows nothing of yet."""
        by_month: dict[str, list[Path]] = defaultdict(list)
        for other, path in self._files():
            by_month[f"{other:%Y-%m}"].append(path)
        for month, paths in by_month.items():
            if month == f"{day:%Y-%m}" or not self._caches.index.has(month, self._place):
                self._caches.index.note(month, paths, read_ids, self._place)


class _Caches:
    """What was read of files, by path: the same for everybody."""

    def __init__(self, data: DataFolder) -> None:
        self.index, self.listing = SelectionIndex(data), SelectionListing(data)
        self.whole = FileCache(read_candidates, len, _CANDIDATES_KEPT)
        self.picks = FileCache(read_picks, len, _PICKS_KEPT)
        self.ids = FileCache(self._read_ids, _bytes_of, _ID_BYTES_KEPT)
        self.users = FileCache(read_users, len, _PICKS_KEPT)
        self.places = PlacesOfPapers(self.ids.get)
        self._former: tuple[tuple[SelectionFile, ...], tuple[SelectionFile, ...]] = (), ()

    def former(self) -> tuple[SelectionFile, ...]:
        """The selections among the owner's that may be other users', as an older papersys wrote them."""
        files = self.listing.files(())
        if self._former[0] is not files:
            self._former = files, tuple(file for file in files if may_be_anothers(file.path))
        return self._former[1]

    def _read_ids(self, path: Path) -> pa.Array | None:
        noted = self.index.ids(path)
        return read_ids(path) if noted is None else noted


def folder_of(user: str) -> str:
    """A user's folder: the name itself where it is a plain one, else a hash of it."""
    if _PLAIN.fullmatch(user):
        return user
    return f"user-{hashlib.sha256(user.encode('utf-8', 'surrogatepass')).hexdigest()[:16]}"


def may_be_anothers(path: Path) -> bool:
    """Whether a file among the owner's may be another user's, as its name says: an older papersys put it there."""
    return _OF_ANOTHER.search(path.name) is not None


def _by_rank(candidate: Candidate) -> tuple[bool, int, str]:
    """Best first, without a rank last."""
    return candidate.rank is None, candidate.rank or 0, candidate.paper_id


def _bytes_of(ids: pa.Array) -> int:
    return int(ids.nbytes)
