"""What rose for a user when it was last looked at: `state/ranker/<user>/rising.json`. Derived."""

import contextlib
from pathlib import Path

from pydantic import AwareDatetime, BaseModel, ConfigDict

from services.ranker.file_names import user_folder
from shared.contracts import RisingReply
from shared.errors import PapersysError
from shared.store.files.data_folder import DataFolder


class SavedRising(BaseModel):
    """`stamp` says what it depends on besides the papers, `liked` which likes it was found by, `at` when."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    stamp: str = ""
    at: AwareDatetime
    liked: tuple[str, ...] = ()
    reply: RisingReply


class RisingFiles:
    """One file a user; one that cannot be read counts as none, what cannot be written is found again."""

    def __init__(self, data: DataFolder) -> None:
        self._data = data

    def get(self, user: str) -> SavedRising | None:
        try:
            return SavedRising.model_validate_json(self._path(user).read_bytes())
        except (OSError, ValueError):
            return None

    def put(self, user: str, saved: SavedRising) -> None:
        """Save it in place of the last one."""
        with contextlib.suppress(PapersysError, OSError):
            self._data.write_text(self._path(user), saved.model_dump_json() + "\n")

    def _path(self, user: str) -> Path:
        return self._data.path("state", "ranker", user_folder(user), "rising.json")
