"""What was sent by each webhook: `state/publisher/webhooks.json`. A message is noted before it is sent, and after.

So a kill in between is seen afterwards: a message that may have been shown is never sent again, unless the chat
itself shows a repeated one only once.
"""

import contextlib
import logging
from collections.abc import Iterator
from datetime import date
from typing import Annotated, Literal

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from shared.errors import TemporaryFailure
from shared.settings.sections.webhooks import checked_hours
from shared.store.files.data_folder import DataFolder

log = logging.getLogger(__name__)

_LOCK_SECONDS = 5.0
_MOST_KEPT = 400
"""Messages of a webhook; the picks of older ones are no news any more, whatever the clock says."""

State = Literal["sending", "waiting", "sent", "unsure", "failed"]


class Delivery(BaseModel):
    """One message. `waiting`: to be sent again; `unsure`: perhaps shown; `failed`: given up, `problem` says why."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    message_id: str
    day: date
    paper_ids: tuple[str, ...]
    state: State
    at: AwareDatetime
    problem: str = ""


class Wish(BaseModel):
    """What the person chose on the page of feeds, over what the settings say; None: as the settings say."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    is_paused: bool = False
    threshold: float | None = Field(None, ge=0, le=1)
    hours: Annotated[str, AfterValidator(checked_hours)] | None = None


class Record(BaseModel):
    """One webhook's. `since` is the first day whose picks it tells; `try_after` and `failures` are of now."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    wish: Wish = Wish()
    since: date | None = None
    deliveries: tuple[Delivery, ...] = ()
    failures: int = 0
    try_after: AwareDatetime | None = None
    problem: str = ""

    def put(self, delivery: Delivery) -> "Record":
        """With a message's newest state."""
        others = [known for known in self.deliveries if known.message_id != delivery.message_id]
        return self.model_copy(update={"deliveries": (*others, delivery)[-_MOST_KEPT:]})

    def told(self) -> set[tuple[date, str]]:
        """The picks that are in a message already, whatever became of it."""
        return {(delivery.day, paper_id) for delivery in self.deliveries for paper_id in delivery.paper_ids}

    def last_sent(self) -> Delivery | None:
        return max((known for known in self.deliveries if known.state == "sent"), key=lambda one: one.at, default=None)


class _File(BaseModel):
    webhooks: dict[str, Record] = {}


class Deliveries:
    """Read from disk each time: it is asked once a minute."""

    def __init__(self, data: DataFolder) -> None:
        self._data = data
        self._path = data.path("state", "publisher", "webhooks.json")

    @contextlib.contextmanager
    def turn(self) -> Iterator[None]:
        """Be the only process that sends. Raises TemporaryFailure where another one does."""
        with self._data.lock("webhooks", _LOCK_SECONDS):
            yield

    def get(self, name: str) -> Record:
        """Raises OSError and ValueError where the file is there and cannot be read: what was sent is not known then."""
        return self._read().webhooks.get(name, Record())

    def look(self, name: str) -> Record:
        """As `get`, for a page: what cannot be read is empty."""
        try:
            return self.get(name)
        except (OSError, ValidationError):
            return Record()

    def wish(self, name: str, wish: Wish) -> None:
        """Keep what the person chose; who goes on after a pause begins with the newest day.

        Raises TemporaryFailure where that cannot be kept now.
        """
        with self.turn():
            try:
                record = self.get(name)
            except (OSError, ValidationError) as error:
                raise TemporaryFailure("what was sent cannot be read; see the Status page") from error
            goes_on = record.wish.is_paused and not wish.is_paused
            self.put(name, record.model_copy(update={"wish": wish, **({"since": None} if goes_on else {})}))

    def put(self, name: str, record: Record) -> None:
        """The caller has the turn. Raises TemporaryFailure where that cannot be kept."""
        file = self._read()
        webhooks = dict(sorted({**file.webhooks, name: record}.items()))
        self._data.write_text(self._path, _File(webhooks=webhooks).model_dump_json(indent=1) + "\n")

    def _read(self) -> _File:
        try:
            return _File.model_validate_json(self._path.read_bytes())
        except FileNotFoundError:
            return _File()
