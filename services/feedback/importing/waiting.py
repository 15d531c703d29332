"""Ratings of damaged ids whose papers were never harvested: stored once arXiv has said that the paper exists.

`state/imports/waiting.json`; each waits for one id, and what arXiv does not have is remembered with the reason.
"""

import contextlib
import threading
from collections.abc import Iterable, Iterator
from datetime import timedelta

from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from shared.contracts import Label, now
from shared.paper_ids import PaperId
from shared.store.files.data_folder import DataFolder
from shared.store.files.file_stamps import stamp_of
from shared.store.people.preferences import Rating

_REMEMBERED = timedelta(days=30)


class _Waiting(BaseModel):
    """A rating, and why its paper cannot be had, once that is known."""

    model_config = ConfigDict(frozen=True)

    event_id: str
    paper_id: PaperId
    user: str
    label: Label
    source: str
    actor: str
    weight: float
    occurred_at: AwareDatetime
    since: AwareDatetime
    refused: str = ""

    @property
    def rating(self) -> Rating:
        facts = self.model_dump(exclude={"since", "refused"})
        return Rating(**facts)


class _File(BaseModel):
    ratings: tuple[_Waiting, ...] = ()


class WaitingRatings:
    """All of them, of all users. Safe in several threads and processes."""

    def __init__(self, data: DataFolder) -> None:
        self._data = data
        self._path = data.path("state", "imports", "waiting.json")
        self._turn = threading.Lock()

    def add(self, ratings: Iterable[Rating]) -> None:
        """Have ratings wait; one that waits already stays as it is, one that was refused waits anew."""
        with self._changing() as waiting:
            for rating in ratings:
                facts = {name: getattr(rating, name) for name in Rating.__slots__}
                fresh = _Waiting(**facts, since=now())
                before = waiting.setdefault((rating.event_id, rating.paper_id), fresh)
                if before.refused:
                    waiting[rating.event_id, rating.paper_id] = fresh

    def paper_ids(self) -> set[str]:
        """The ids that somebody has to ask for."""
        return {each.paper_id for each in self._read() if not each.refused}

    def keys(self) -> frozenset[tuple[str, str]]:
        """Event and paper of each rating that waits."""
        return frozenset((each.event_id, each.paper_id) for each in self._read() if not each.refused)

    def ratings(self, paper_ids: Iterable[str]) -> list[Rating]:
        """The ratings that wait for some of the papers."""
        wanted = set(paper_ids)
        return [each.rating for each in self._read() if each.paper_id in wanted]

    def refused(self) -> dict[str, str]:
        """Why arXiv has no such papers, by the ids that were asked for in vain."""
        return {each.paper_id: each.refused for each in self._read() if each.refused}

    def fingerprint(self) -> str:
        """Changes whenever one is added or gone; costs only a look at the file."""
        return str(stamp_of(self._path))

    def refuse(self, paper_id: str, why: str) -> None:
        """arXiv does not have the paper."""
        if paper_id in self.paper_ids():
            with self._changing() as waiting:
                for key, each in waiting.items():
                    if each.paper_id == paper_id:
                        waiting[key] = each.model_copy(update={"refused": why})

    def remove(self, paper_ids: Iterable[str]) -> None:
        """The ratings of these papers are stored."""
        gone = set(paper_ids)
        with self._changing() as waiting:
            for key in [key for key, each in waiting.items() if each.paper_id in gone]:
                del waiting[key]

    @contextlib.contextmanager
    def _changing(self) -> Iterator[dict[tuple[str, str], _Waiting]]:
        with self._turn, self._data.lock("imports"):
            waiting = {(each.event_id, each.paper_id): each for each in self._read()}
            yield waiting
            recent = [each for each in waiting.values() if not each.refused or now() - each.since < _REMEMBERED]
            self._data.write_text(self._path, _File(ratings=tuple(recent)).model_dump_json(indent=1) + "\n")

    def _read(self) -> tuple[_Waiting, ...]:
        with contextlib.suppress(OSError, ValidationError):
            return _File.model_validate_json(self._path.read_bytes()).ratings
        return ()
