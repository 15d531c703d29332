"""Files of ratings that somebody uploaded in the reader, until they are imported: `state/imports/<id>.json`.

The publisher writes them and the feedback service reads them; after two days they are removed, imported or not.
"""

import contextlib
import re
import time
import uuid
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from shared.contracts import DEFAULT_USER
from shared.store.files.data_folder import DataFolder

_KEPT_SECONDS = 2 * 24 * 3600.0
_ID = re.compile(r"[0-9a-f]{32}")


class RatingUpload(BaseModel):
    """One file as text."""

    model_config = ConfigDict(frozen=True)

    name: str
    text: str
    user: str = DEFAULT_USER


class RatingUploads:
    """All that wait."""

    def __init__(self, data: DataFolder) -> None:
        self._data = data

    def put(self, upload: RatingUpload, upload_id: str = "") -> str:
        """Keep a file; returns its id. Raises TemporaryFailure when the disk is full."""
        upload_id = upload_id or uuid.uuid4().hex
        self._remove_old()
        self._data.write_text(self._path(upload_id), upload.model_dump_json() + "\n")
        return upload_id

    def get(self, upload_id: str, user: str) -> RatingUpload | None:
        """A user's upload; None where there is none (any more)."""
        with contextlib.suppress(OSError, ValidationError):
            upload = RatingUpload.model_validate_json(self._path(upload_id).read_bytes())
            return upload if upload.user == user else None
        return None

    def forget(self, user: str) -> int:
        """Remove a user's uploads; returns how many there were."""
        ids = [upload_id for upload_id in self._ids() if self.get(upload_id, user)]
        for upload_id in ids:
            self._path(upload_id).unlink(missing_ok=True)
        return len(ids)

    def _ids(self) -> list[str]:
        names = (path.stem for path in self._data.path("state", "imports").glob("*.json"))
        return [name for name in names if _ID.fullmatch(name)]

    def _path(self, upload_id: str) -> Path:
        return self._data.path("state", "imports", f"{uuid.UUID(upload_id).hex}.json")

    def _remove_old(self) -> None:
        oldest = time.time() - _KEPT_SECONDS
        for path in map(self._path, self._ids()):
            with contextlib.suppress(OSError):
                if path.stat().st_mtime < oldest:
                    path.unlink()
