"""The secret part of each user's feed address: `state/publisher/feed_keys.json`.

Feed readers cannot log in, so whoever knows the address reads the feed; a renewed one makes the old worthless.
"""

import hashlib
import json
import logging
import secrets
import threading

from shared.store.files.data_folder import DataFolder
from shared.store.files.file_stamps import FileStamp, stamp_of

log = logging.getLogger(__name__)

_LOCK_SECONDS = 2.0


class FeedKeys:
    """Keys by user; what another process changes in the file counts at once."""

    def __init__(self, data: DataFolder) -> None:
        self._data = data
        self._path = data.path("state", "publisher", "feed_keys.json")
        self._turn = threading.Lock()
        self._stamp: FileStamp | None = None
        self._keys: dict[str, str] = {}

    def key_of(self, user: str) -> str:
        """The user's key, made when it is first asked for. Raises TemporaryFailure where it cannot be kept."""
        with self._turn:
            return self._read().get(user) or self._set(user)

    def renew(self, user: str) -> str:
        """A new key; the old address answers no more. Raises TemporaryFailure where it cannot be kept."""
        with self._turn:
            return self._set(user)

    def user_of(self, key: str) -> str | None:
        """Whose feed a key opens. Hashes are compared, so that the time it takes tells nothing about keys."""
        with self._turn:
            users = {_hash(known): user for user, known in self._read().items()}
        return users.get(_hash(key))

    def _set(self, user: str) -> str:
        key = secrets.token_urlsafe(24)
        with self._data.lock("feed_keys", _LOCK_SECONDS):
            keys = {**self._read(), user: key}
            self._data.write_text(self._path, json.dumps(keys, ensure_ascii=False, indent=1, sort_keys=True) + "\n")
        self._keys, self._stamp = keys, stamp_of(self._path, absent=OSError)
        return key

    def _read(self) -> dict[str, str]:
        stamp = stamp_of(self._path, absent=OSError)
        if stamp != self._stamp:
            self._keys, self._stamp = self._from_disk(), stamp
        return self._keys

    def _from_disk(self) -> dict[str, str]:
        try:
            content = json.loads(self._path.read_text("utf-8"))
            return {str(user): str(key) for user, key in content.items() if key}
        except FileNotFoundError:
            return {}
        except (OSError, ValueError, AttributeError):
            text = "%s cannot be read; feeds get new addresses when their page is opened."
            log.warning(text, self._path, extra={"action": "feed_keys_unreadable"})
            return {}


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()
