"""`state/giscus.json`: how far the discussions were read. It can be lost: the next reading is then a full one.

Which votes were told stands in the ratings themselves; only the accounts' ids, as first seen, stand here alone.
"""

import logging
from datetime import datetime

from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from shared.settings.sections.giscus import GiscusSettings
from shared.store.files.data_folder import DataFolder

log = logging.getLogger(__name__)

_NAME = "giscus"


class Reading(BaseModel):
    """What came of the last reading, for `papersys giscus` and the health page."""

    model_config = ConfigDict(frozen=True)

    at: AwareDatetime
    is_sweep: bool = False
    discussions: int = 0
    ratings: int = 0
    strangers: int = 0
    points: int = 0
    points_remaining: int | None = None


class GiscusState(BaseModel):
    """`comments_read`: by discussion, when it had changed last and how many comments it had when they were read."""

    repo: str = ""
    category: str = ""
    category_id: str | None = None
    account_ids: dict[str, str] = {}
    changed_up_to: AwareDatetime | None = None
    next_sweep_at: AwareDatetime | None = None
    comments_read: dict[str, tuple[AwareDatetime, int]] = {}
    last: Reading | None = None

    def is_sweep_due(self, present: datetime) -> bool:
        return self.next_sweep_at is None or self.next_sweep_at <= present


class StateFile:
    """Reads and replaces the file."""

    def __init__(self, data: DataFolder, settings: GiscusSettings) -> None:
        self._data, self._settings = data, settings
        self._path = data.path("state", f"{_NAME}.json")

    def load(self) -> GiscusState:
        """The state; an empty one, with the known accounts, where it is of another repository or category."""
        state = self._read()
        if (state.repo, state.category) == (self._settings.repo, self._settings.category):
            return state
        return GiscusState(
            repo=self._settings.repo, category=self._settings.category, account_ids=dict(state.account_ids)
        )

    def save(self, state: GiscusState) -> None:
        """Replace the file. Raises TemporaryFailure where the disk is full."""
        with self._data.lock(_NAME):
            self._data.write_text(self._path, state.model_dump_json(indent=1) + "\n")

    def _read(self) -> GiscusState:
        try:
            return GiscusState.model_validate_json(self._path.read_bytes())
        except FileNotFoundError:
            return GiscusState()
        except (OSError, ValidationError) as error:
            text = "%s cannot be read; all discussions are read anew: %s"
            log.warning(text, self._path, error, extra={"action": "giscus_state_lost"})
            return GiscusState()
