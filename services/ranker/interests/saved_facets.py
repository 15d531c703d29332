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
        saved = self._read(user)
        return saved[1] if saved is not None and saved[0] == _key_of(stamp) else None

    def newest(self, user: str) -> InterestsReply | None:
        """The facets saved last, under whatever stamp; without their names, if they were named in another way."""
        saved = self._read(user)
        if saved is None or saved[0][:1] == [str(_RECIPE)]:
            return saved[1] if saved else None
        unnamed = tuple(facet.model_copy(update={"name": ""}) for facet in saved[1].facets)
        return saved[1].model_copy(update={"facets": unnamed})

    def put(self, user: str, stamp: Sequence[object], reply: InterestsReply) -> None:
        """Save a user's facets in place of the last ones."""
        text = json.dumps({"stamp": _key_of(stamp), "found": reply.model_dump(mode="json")}, ensure_ascii=False)
        with contextlib.suppress(PapersysError, OSError):
            self._data.write_text(self._path(user), text + "\n")

    def _read(self, user: str) -> tuple[list[str], InterestsReply] | None:
        try:
            content = json.loads(self._path(user).read_text("utf-8"))
            return content["stamp"], InterestsReply.model_validate(content["found"])
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def _path(self, user: str) -> Path:
        return self._data.path("state", "ranker", user_folder(user), "interests.json")


def _key_of(stamp: Sequence[object]) -> list[str]:
    return [str(_RECIPE), *map(str, stamp)]
