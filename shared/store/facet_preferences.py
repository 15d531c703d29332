"""Which facets of their interests users want more or less of: `preferences/facets.json`. Written by the ranker.

A facet is kept by the papers that made it, so that a wish holds with another embedding model, and when the facet grows.
"""

from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from shared.contracts import DEFAULT_USER, Wish
from shared.errors import PapersysError
from shared.store.files.data_folder import DataFolder


class StoredWish(BaseModel):
    """One wish of one user."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    user: str = DEFAULT_USER
    key: str
    name: str
    wish: Wish
    paper_ids: tuple[str, ...]
    said_at: AwareDatetime


class _File(BaseModel):
    wishes: tuple[StoredWish, ...] = ()


class FacetWishStore:
    """All wishes that stand."""

    def __init__(self, data: DataFolder) -> None:
        self._data = data
        self.path = data.path("preferences", "facets.json")

    def all(self, user: str = DEFAULT_USER) -> list[StoredWish]:
        """A user's wishes, oldest first. Raises PapersysError where the file cannot be read."""
        return [one for one in self._read() if one.user == user]

    def put(self, wish: StoredWish) -> None:
        """Store a wish in place of those about the same facet; a wish to `clear` only takes them away."""
        with self._data.lock("preferences-facets"):
            others = [one for one in self._read() if not (one.user == wish.user and one.key == wish.key)]
            kept = others if wish.wish == "clear" else [*others, wish]
            self._data.write_text(self.path, _File(wishes=tuple(kept)).model_dump_json(indent=1) + "\n")

    def fingerprint(self) -> str:
        """Changes whenever a wish does."""
        try:
            found = self.path.stat()
        except FileNotFoundError:
            return ""
        return f"{found.st_mtime_ns}:{found.st_size}:{found.st_ino}"

    def _read(self) -> tuple[StoredWish, ...]:
        try:
            return _File.model_validate_json(self.path.read_text("utf-8")).wishes
        except FileNotFoundError:
            return ()
        except (ValidationError, UnicodeDecodeError) as error:
            raise PapersysError(f"{self.path} cannot be read ({error}); mend it or move it away.") from error
