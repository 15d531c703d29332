"""A user's interests: the facets of what the user likes, and what the user said of them."""

import threading
from collections.abc import Callable, Sequence
from datetime import datetime

from services.ranker.interests.continuity import continued
from services.ranker.interests.directions import FacetDirection
from services.ranker.interests.discovery.facets import find_facets
from services.ranker.interests.gathering import EvidenceReader, InterestStores
from services.ranker.interests.messages import reply_of
from services.ranker.interests.preferences import FacetPreferences
from services.ranker.interests.saved_facets import SavedFacets
from shared.contracts import (
    ChangeFacet,
    ChangeFacetReply,
    InterestFacet,
    InterestsReply,
    SetFacetPreference,
    SetFacetPreferenceReply,
)


class InterestProfile:
    """Reads everything; writes only preferences. Blocks; safe to use from several threads, with stores of its own."""

    def __init__(
        self,
        stores: InterestStores,
        clock: Callable[[], datetime],
        saved: SavedFacets | None = None,
        about_signals: Callable[[str], str] = lambda user: "",
    ) -> None:
        self._about_signals, self._saved = about_signals, saved
        self._evidence = EvidenceReader(stores)
        self._preferences = FacetPreferences(stores, self._evidence, clock)
        self._turn = threading.Lock()
        self._known: dict[str, tuple[tuple[object, ...], InterestsReply]] = {}

    def current(self, user: str) -> InterestsReply:
        """The user's facets and preferences; computed again where ratings, summaries or many vectors came."""
        with self._turn:
            stamp = self._evidence.stamp(user)
            cached = self._known.get(user)
            if cached is None or cached[0] != stamp:
                cached = self._known[user] = (stamp, self._saved_or_computed(user, stamp))
            reply = self._preferences.shown(cached[1], user)
            return reply.model_copy(update={"signals": self._about_signals(user)})

    def set_preference(self, request: SetFacetPreference) -> SetFacetPreferenceReply:
        """Boost or mute a facet, named by key or name, or neither. Raises PermanentFailure for an unknown one."""
        return self._preferences.put(request, self.current(request.user).facets)

    def change(self, request: ChangeFacet) -> ChangeFacetReply:
        """Pause, resume or reset a facet, named by key or name. Raises PermanentFailure for an unknown one, and for a
        pause that would be over."""
        return self._preferences.change(request, self.current(request.user).facets)

    def directions(self, user: str) -> list[FacetDirection]:
        """What the user's preferences mean for scores; empty where there are none."""
        preferences = self._preferences.of(user)
        if not preferences:
            return []
        with self._turn:
            return self._preferences.directions(user, preferences)

    def _saved_or_computed(self, user: str, stamp: tuple[object, ...]) -> InterestsReply:
        saved = self._saved.get(user, stamp) if self._saved else None
        earlier = self._saved.newest(user) if self._saved else None
        reply = saved or self._computed(user, earlier.facets if earlier else ())
        if self._saved and saved is None:
            self._saved.put(user, stamp, reply)
        return reply

    def _computed(self, user: str, earlier: Sequence[InterestFacet]) -> InterestsReply:
        evidence = self._evidence.of(user)
        return reply_of(continued(find_facets(evidence), evidence, earlier), evidence)
