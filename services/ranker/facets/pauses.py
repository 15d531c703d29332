"""Which likes count: not those of a facet that is paused, nor those from before a facet was reset."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

from shared.contracts import ChangeFacet
from shared.errors import PermanentFailure
from shared.store.people.facet_preferences import FacetPreferenceStore, StoredFacetPreference
from shared.store.people.preferences import Rating


class FacetPauses:
    """Reads what users said of their facets. A pause ends by itself: the likes count again from that moment on."""

    def __init__(self, preferences: FacetPreferenceStore, clock: Callable[[], datetime]) -> None:
        self._preferences, self._clock = preferences, clock
        self._read: tuple[str, list[StoredFacetPreference]] | None = None

    def counted(self, user: str, ratings: Mapping[str, Rating]) -> dict[str, Rating]:
        """The ratings that a user's model is learned from. Raises PapersysError where the file cannot be read."""
        left_out = uncounted_likes(self._of(user), ratings, self._clock())
        return {name: rating for name, rating in ratings.items() if name not in left_out}

    def leaves_out_any(self, user: str, ratings: Mapping[str, Rating]) -> bool:
        """Whether some of a user's likes do not count now."""
        return bool(uncounted_likes(self._of(user), ratings, self._clock()))

    def stamp(self, user: str) -> tuple[tuple[str, bool, datetime | None], ...]:
        """Changes whenever a pause of the user begins or ends, and with every reset."""
        moment = self._clock()
        return tuple((stored.key, stored.is_paused(moment), stored.reset_at) for stored in self._of(user))

    def _of(self, user: str) -> list[StoredFacetPreference]:
        fingerprint = self._preferences.fingerprint()
        if self._read is None or self._read[0] != fingerprint:
            self._read = fingerprint, self._preferences.everybody()
        return [stored for stored in self._read[1] if stored.user == user]


def uncounted_likes(
    preferences: Iterable[StoredFacetPreference], ratings: Mapping[str, Rating], moment: datetime
) -> set[str]:
    """The likes that do not count at a moment. A like that was given after a pause began, or after a reset, counts."""
    left_out: set[str] = set()
    for stored in preferences:
        since = [stored.paused_at] if stored.is_paused(moment) else []
        bounds = [bound for bound in (*since, stored.reset_at) if bound is not None]
        if not bounds:
            continue
        liked = {name: ratings[name] for name in stored.paper_ids if name in ratings and ratings[name].label == "like"}
        left_out |= {name for name, rating in liked.items() if rating.occurred_at <= max(bounds)}
    return left_out


def changed(stored: StoredFacetPreference, request: ChangeFacet, moment: datetime) -> StoredFacetPreference:
    """What is stored of a facet after a request at a moment. Raises PermanentFailure for a pause that would be over."""
    if request.action == "pause":
        if request.until is not None and request.until <= moment:
            raise PermanentFailure(f"A pause must end later than now; {request.until:%Y-%m-%d %H:%M} has passed.")
        update: dict[str, datetime | None] = {"paused_at": moment, "paused_until": request.until}
    elif request.action == "resume":
        update = {"paused_at": None, "paused_until": None}
    else:
        update = {"reset_at": moment if request.action == "reset" else None}
    return stored.model_copy(update={**update, "set_at": moment})
