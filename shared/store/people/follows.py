"""What users follow: `follows/follows.jsonl`, append-only, one line whenever a follow begins or ends. By feedback.

Nothing is overwritten; the newest line about a thing counts. A line that cannot be read is named in the log and passed
over; it stays in its file.
"""

import logging
import threading
import unicodedata
from collections.abc import Sequence

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from shared.categories import category_of
from shared.contracts import DEFAULT_USER, FollowKind
from shared.errors import PermanentFailure
from shared.store.files.data_folder import DataFolder, whole_lines
from shared.store.files.file_stamps import FileStamp, stamp_of
from shared.store.files.jsonlines import parse_lines

log = logging.getLogger(__name__)

MOST_FOLLOWS = 200
_LOCK = "follows"


class Follow(BaseModel):
    """One word of a user on one thing: followed from now on, or no longer."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    user: str = DEFAULT_USER
    kind: FollowKind
    value: str = Field(min_length=1)
    label: str = ""
    followed: bool = True
    at: AwareDatetime

    @property
    def key(self) -> str:
        """The same for two spellings of one thing."""
        return follow_key(self.kind, self.value)

    @property
    def name(self) -> str:
        """What people read."""
        return self.label or self.value


class FollowStore:
    """All follows. Safe to use from several threads; what was read is kept until the file changes."""

    def __init__(self, data: DataFolder) -> None:
        self._data = data
        self.path = data.path("follows", "follows.jsonl")
        self._turn = threading.Lock()
        self._stamp: FileStamp | None = None
        self._current: dict[str, dict[str, Follow]] = {}

    def of(self, user: str = DEFAULT_USER) -> list[Follow]:
        """What a user follows, in the order in which it began."""
        return list(self._read().get(user, {}).values())

    def has(self, user: str, kind: FollowKind, value: str) -> bool:
        return follow_key(kind, value) in self._read().get(user, {})

    def count(self) -> int:
        """How many things are followed, by all users together."""
        return sum(map(len, self._read().values()))

    def users(self) -> list[str]:
        """Who follows anything."""
        return sorted(user for user, follows in self._read().items() if follows)

    def words(self) -> list[Follow]:
        """Every word of every user, also those that newer ones replaced, as they were said one after another."""
        return parse_lines(self.path, Follow).records

    def put(self, follow: Follow) -> bool:
        """Store a word; False where it says nothing new. Raises PermanentFailure for more follows than there may be."""
        with self._data.lock(_LOCK):
            current = self._read().get(follow.user, {})
            if (follow.key in current) == follow.followed:
                return False
            if follow.followed and len(current) >= MOST_FOLLOWS:
                raise PermanentFailure(f"You follow {MOST_FOLLOWS} things, the most there may be; unfollow one first.")
            self._data.append_lines(self.path, follow.model_dump_json() + "\n")
            return True

    def fingerprint(self) -> str:
        """Changes whenever a follow does."""
        return str(stamp_of(self.path))

    def _read(self) -> dict[str, dict[str, Follow]]:
        """By user and key."""
        with self._turn:
            stamp = stamp_of(self.path)
            if stamp != self._stamp:
                self._current = _current(whole_lines(self.path).splitlines())
                self._stamp = stamp
            return self._current


def follow_key(kind: FollowKind, value: str) -> str:
    """What tells follows apart: kind and value, whatever the case, the spaces and the form of accents."""
    if kind == "category":
        return f"category:{category_of(value) or value}"
    return f"{kind}:{' '.join(unicodedata.normalize('NFKC', value).casefold().split())}"


def _current(lines: Sequence[str]) -> dict[str, dict[str, Follow]]:
    current: dict[str, dict[str, Follow]] = {}
    for number, line in enumerate(lines, 1):
        try:
            follow = Follow.model_validate_json(line)
        except ValidationError as error:
            log.error("Line %d of the follows cannot be read: %s", number, error, extra={"action": "follow_unreadable"})
            continue
        follows = current.setdefault(follow.user, {})
        if follow.followed:
            follows[follow.key] = follow
        else:
            follows.pop(follow.key, None)
    return current
