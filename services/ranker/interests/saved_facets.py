"""Computed facets, saved with the key of what they depend on: `state/ranker/<user>/interests.json`. Derived.

Finding them takes seconds, and a command that asks for them is a new process each time.
"""

import contextlib
import json
from collections.abc import Sequence
from pathlib import Path

from services.ranker.file_names import user_folder
from shared.contracts import InterestsReply
from shared.errors import PapersysError
from shared.store.files.data_folder import DataFolder

_RECIPE = 3
"""To be raised when facets are found, or notes about them written, in another way."""


class SavedFacets:
    """One file a user; one that cannot be read counts as none, what cannot be written is computed again."""

    def __init__(self, data: DataFolder) -> None:
        self._data = data

    def get(self, user: str, stamp: Sequence[object]) -> InterestsReply | None:
        """The facets saved under this stamp; None where there are none, or others."""
        try:
            content = json.loads(self._path(user).read_text("utf-8"))
            return InterestsReply.model_validate(content["found"]) if content["stamp"] == _key_of(stamp) else None
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def put(self, user: str, stamp: Sequence[object], reply: InterestsReply) -> None:
        """Save a user's facets in place of the last ones."""
        text = json.dumps({"stamp": _key_of(stamp), "found": reply.model_dump(mode="json")}, ensure_ascii=False)
        with contextlib.suppress(PapersysError, OSError):
            self._data.write_text(self._path(user), text + "\n")

    def _path(self, user: str) -> Path:
        return self._data.path("state", "ranker", user_folder(user), "interests.json")


def _key_of(stamp: Sequence[object]) -> list[str]:
    return [str(_RECIPE), *map(str, stamp)]
