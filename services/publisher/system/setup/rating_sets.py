"""The papers that each person was given to rate: `state/publisher/rating_sets.json`.

Who rates keeps the set, whatever is embedded meanwhile and over every restart, until they ask for another.
"""

import logging
import threading
from collections.abc import Collection
from typing import NamedTuple

from pydantic import BaseModel, ValidationError

from services.publisher.system.setup.spread_papers import COUNT, SpreadPapers
from shared.errors import PapersysError
from shared.store.files.data_folder import DataFolder

log = logging.getLogger(__name__)

_LOCK_SECONDS = 2.0
_MOST_EARLIER = 1_000


class RatingSet(NamedTuple):
    """Ids in the order in which they are shown; `is_new` False: other papers were wanted, and there are none yet."""

    paper_ids: list[str]
    is_new: bool = True


class _Kept(BaseModel):
    """What a user is shown, and was shown before."""

    shown: list[str] = []
    earlier: list[str] = []


class _File(BaseModel):
    users: dict[str, _Kept] = {}


class RatingSets:
    """Sets by user, made of papers that lie far apart."""

    def __init__(self, data: DataFolder, spread: SpreadPapers) -> None:
        self._data, self._spread = data, spread
        self._path = data.path("state", "publisher", "rating_sets.json")
        self._turn = threading.Lock()

    def of(self, user: str, rated: Collection[str]) -> list[str]:
        """The user's set; while it has too few papers, those that come are added below. Blocks when they have come."""
        with self._turn:
            kept = self._of(user)
            missing = COUNT - len(kept.shown)
            more = self._others(kept, rated, missing) if missing > 0 else []
            if more:
                kept.shown += more
                self._keep(user, kept)
            return kept.shown

    def renew(self, user: str, rated: Collection[str]) -> RatingSet:
        """Another set, of papers that were never shown; the same where there are none yet."""
        with self._turn:
            kept = self._of(user)
            others = self._others(kept, rated, COUNT)
            if not others:
                return RatingSet(kept.shown, is_new=False)
            self._keep(user, _Kept(shown=others, earlier=[*kept.earlier, *kept.shown][-_MOST_EARLIER:]))
            return RatingSet(others)

    def _others(self, kept: _Kept, rated: Collection[str], count: int) -> list[str]:
        return self._spread.papers({*kept.shown, *kept.earlier, *rated}, count)

    def _of(self, user: str) -> _Kept:
        return self._read().users.get(user, _Kept())

    def _keep(self, user: str, kept: _Kept) -> None:
        """A set that cannot be written now is shown all the same."""
        try:
            with self._data.lock("rating_sets", _LOCK_SECONDS):
                file = _File(users=dict(sorted({**self._read().users, user: kept}.items())))
                self._data.write_text(self._path, file.model_dump_json(indent=1) + "\n")
        except PapersysError as error:
            log.warning("A set of papers to rate was not kept: %s", error, extra={"action": "rating_set_not_kept"})

    def _read(self) -> _File:
        try:
            return _File.model_validate_json(self._path.read_bytes())
        except FileNotFoundError:
            return _File()
        except (OSError, ValidationError) as error:
            log.warning("%s cannot be read: %s", self._path, error, extra={"action": "rating_sets_unreadable"})
            return _File()
