"""Which facets of their interests users boosted, muted, paused or reset: `preferences/facets.json`, by the ranker.

A facet is identified by the papers that made it, so that a preference holds with another embedding model, and when the
facet grows.
"""

from datetime import datetime

from pydantic import AliasChoices, AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from shared.contracts import DEFAULT_USER, FacetPreference
from shared.errors import PapersysError
from shared.store.files.data_folder import DataFolder


class StoredFacetPreference(BaseModel):
    """A user's preference about a facet; files of before call it a `wish`.

    Paused since `paused_at`, until `paused_until` (None: until it is resumed); reset at `reset_at`.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    user: str = DEFAULT_USER
    key: str
    name: str
    preference: FacetPreference = Field(validation_alias=AliasChoices("preference", "wish"))
    paper_ids: tuple[str, ...]
    set_at: AwareDatetime = Field(validation_alias=AliasChoices("set_at", "said_at"))
    paused_at: AwareDatetime | None = None
    paused_until: AwareDatetime | None = None
    reset_at: AwareDatetime | None = None

    def is_paused(self, moment: datetime) -> bool:
        """Whether the facet is paused at a moment."""
        return self.paused_at is not None and (self.paused_until is None or moment < self.paused_until)

    @property
    def says_nothing(self) -> bool:
        """Whether the facet is neither boosted nor muted, paused or reset."""
        return self.preference == "clear" and self.paused_at is None and self.reset_at is None


class _File(BaseModel):
    preferences: tuple[StoredFacetPreference, ...] = Field((), validation_alias=AliasChoices("preferences", "wishes"))


class FacetPreferenceStore:
    """The current preferences."""

    def __init__(self, data: DataFolder) -> None:
        self._data = data
        self.path = data.path("preferences", "facets.json")

    def all(self, user: str = DEFAULT_USER) -> list[StoredFacetPreference]:
        """A user's preferences, oldest first. Raises PapersysError where the file cannot be read."""
        return [stored for stored in self._read() if stored.user == user]

    def everybody(self) -> list[StoredFacetPreference]:
        """The preferences of all users, oldest first. Raises PapersysError where the file cannot be read."""
        return list(self._read())

    def put(self, preference: StoredFacetPreference) -> None:
        """Store a preference in place of those about the same facet; one that says nothing only takes them away."""
        with self._data.lock("preferences-facets"):
            facet = preference.user, preference.key
            others = [stored for stored in self._read() if (stored.user, stored.key) != facet]
            kept = others if preference.says_nothing else [*others, preference]
            self._data.write_text(self.path, _File(preferences=tuple(kept)).model_dump_json(indent=1) + "\n")

    def fingerprint(self) -> str:
        """Changes whenever a preference does."""
        try:
            stat = self.path.stat()
        except FileNotFoundError:
            return ""
        return f"{stat.st_mtime_ns}:{stat.st_size}:{stat.st_ino}"

    def _read(self) -> tuple[StoredFacetPreference, ...]:
        try:
            return _File.model_validate_json(self.path.read_text("utf-8")).preferences
        except FileNotFoundError:
            return ()
        except (ValidationError, UnicodeDecodeError) as error:
            raise PapersysError(f"{self.path} cannot be read ({error}); mend it or move it away.") from error
