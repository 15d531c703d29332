"""A user's map as it was drawn last: `state/ranker/<user>/map.json`. Derived, yet what keeps papers in their places."""

import contextlib
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from services.ranker.file_names import user_folder
from shared.contracts import MapInterest
from shared.errors import PapersysError
from shared.store.files.data_folder import DataFolder

_MOST_PLACES = 5_000


class SavedMap(BaseModel):
    """`places` are those of all papers that ever were on the map, the newest last; `drawn` are on it now.

    `space` names the model of the vectors: places of another one mean nothing. `interest_of` are places in `interests`.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    stamp: str = ""
    space: str = ""
    places: dict[str, tuple[float, float]] = {}
    drawn: tuple[str, ...] = ()
    interests: tuple[MapInterest, ...] = ()
    interest_of: dict[str, int] = {}


class SavedMaps:
    """One file a user; one that cannot be read counts as none, what cannot be written is drawn again."""

    def __init__(self, data: DataFolder) -> None:
        self._data = data

    def get(self, user: str) -> SavedMap:
        try:
            return SavedMap.model_validate_json(self._path(user).read_bytes())
        except (OSError, ValueError):
            return SavedMap()

    def put(self, user: str, saved: SavedMap) -> None:
        """Save a map in place of the last one; of very many places the oldest are forgotten."""
        kept = dict(list(saved.places.items())[-_MOST_PLACES:])
        text = saved.model_copy(update={"places": kept}).model_dump_json() + "\n"
        with contextlib.suppress(PapersysError, OSError):
            self._data.write_text(self._path(user), text)

    def _path(self, user: str) -> Path:
        return self._data.path("state", "ranker", user_folder(user), "map.json")
