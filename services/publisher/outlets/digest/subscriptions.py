"""Who gets the digest, and what was sent last: `state/publisher/digest.json`. Who has an address is subscribed."""

import logging
import threading
from datetime import date, datetime

from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from shared.store.files.data_folder import DataFolder

log = logging.getLogger(__name__)

_LOCK_SECONDS = 5.0


class Subscription(BaseModel):
    """One user's. `sent_day` is the day whose picks went out last, `sent_at` when that was,
    unless they were asked for; `problem` says why the last attempt failed."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    is_wanted: bool = True
    sent_day: date | None = None
    sent_at: AwareDatetime | None = None
    problem: str = ""


class _File(BaseModel):
    users: dict[str, Subscription] = {}


class Subscriptions:
    """Read from disk each time: it is asked once a minute."""

    def __init__(self, data: DataFolder) -> None:
        self._data = data
        self._path = data.path("state", "publisher", "digest.json")
        self._turn = threading.Lock()

    def get(self, user: str) -> Subscription:
        return self._read().users.get(user, Subscription())

    def want(self, user: str, *, is_wanted: bool) -> None:
        """Subscribe or unsubscribe a user. Raises TemporaryFailure where that cannot be kept."""
        self._change(user, is_wanted=is_wanted)

    def note_sent(self, user: str, day: date, sent_at: datetime | None) -> None:
        """`sent_at` None: somebody asked for it, so it does not count as the e-mail of today."""
        self._change(user, sent_day=day, problem="", **({"sent_at": sent_at} if sent_at else {}))

    def note_problem(self, user: str, problem: str) -> None:
        if self.get(user).problem != problem:
            self._change(user, problem=problem)

    def _change(self, user: str, **facts: object) -> None:
        with self._turn, self._data.lock("digest", _LOCK_SECONDS):
            users = self._read().users
            changed = users.get(user, Subscription()).model_copy(update=facts)
            file = _File(users=dict(sorted({**users, user: changed}.items())))
            self._data.write_text(self._path, file.model_dump_json(indent=1) + "\n")

    def _read(self) -> _File:
        try:
            return _File.model_validate_json(self._path.read_bytes())
        except FileNotFoundError:
            return _File()
        except (OSError, ValidationError) as error:
            log.warning("%s cannot be read: %s", self._path, error, extra={"action": "digest_state_unreadable"})
            return _File()
