"""What users said of their facets: boosted, muted, paused, reset; and what it means for scores."""

from collections.abc import Callable, Sequence
from datetime import datetime

from services.ranker.facets.pauses import changed, uncounted_likes
from services.ranker.interests.continuity import SAME_FACET, shared_papers
from services.ranker.interests.directions import FacetDirection, direction_of, pause_in_words
from services.ranker.interests.gathering import EvidenceReader, InterestStores
from shared.contracts import (
    ChangeFacet,
    ChangeFacetReply,
    InterestFacet,
    InterestsReply,
    SetFacetPreference,
    SetFacetPreferenceReply,
)
from shared.errors import PermanentFailure
from shared.store.people.facet_preferences import StoredFacetPreference

Facets = Sequence[InterestFacet]


class FacetPreferences:
    """Writes what users say of their facets, named by key or name."""

    def __init__(self, stores: InterestStores, evidence: EvidenceReader, clock: Callable[[], datetime]) -> None:
        self._preferences, self._ratings, self._vectors = stores.preferences, stores.ratings, stores.vectors
        self._evidence, self._clock = evidence, clock
        self._directions: dict[str, tuple[tuple[object, ...], list[FacetDirection]]] = {}

    def of(self, user: str) -> list[StoredFacetPreference]:
        return self._preferences.all(user)

    def shown(self, reply: InterestsReply, user: str) -> InterestsReply:
        """The facets with what their user said of them."""
        return _with_preferences(reply, self.of(user), self._clock())

    def put(self, request: SetFacetPreference, facets: Facets) -> SetFacetPreferenceReply:
        """Boost or mute a facet, named by key or name, or neither. Raises PermanentFailure for an unknown one."""
        stored = self._stored_about(request.user, request.key, facets)
        self._preferences.put(stored.model_copy(update={"preference": request.preference, "set_at": self._clock()}))
        return SetFacetPreferenceReply(key=stored.key, name=stored.name, preference=request.preference)

    def change(self, request: ChangeFacet, facets: Facets) -> ChangeFacetReply:
        """Pause, resume or reset a facet, named by key or name. Raises PermanentFailure for an unknown one, and for a
        pause that would be over."""
        moment = self._clock()
        stored = changed(self._stored_about(request.user, request.key, facets), request, moment)
        self._preferences.put(stored)
        return ChangeFacetReply(
            key=stored.key,
            name=stored.name,
            paused=stored.is_paused(moment),
            paused_until=stored.paused_until,
            reset_at=stored.reset_at,
            likes=len(uncounted_likes([stored], self._ratings.current(request.user), moment)),
        )

    def directions(self, user: str, preferences: Sequence[StoredFacetPreference]) -> list[FacetDirection]:
        """What the user's preferences mean for scores; made again where they or many vectors changed."""
        moment = self._clock()
        paused = tuple(stored.is_paused(moment) for stored in preferences)
        stamp = (self._preferences.fingerprint(), self._evidence.grown(), paused)
        cached = self._directions.get(user)
        if cached is None or cached[0] != stamp:
            cached = self._directions[user] = (stamp, self._directed(preferences, moment))
        return cached[1]

    def _stored_about(self, user: str, facet_named: str, facets: Facets) -> StoredFacetPreference:
        """What is stored of a facet, with its papers of today. While some of its likes do not count, none of those that
        it had before is left out."""
        stored = self._preferences.all(user)
        wanted = facet_named.casefold()
        chosen = next((facet for facet in facets if wanted in (facet.key, facet.name.casefold())), None)
        named = next((facet for facet in stored if wanted in (facet.key, facet.name.casefold())), None)
        if chosen is None and named is None:
            names = "; ".join(f"{facet.key} ({facet.name})" for facet in facets) or "none yet"
            raise PermanentFailure(f"There is no facet {facet_named!r}; there are: {names}.")
        earlier = named or _preference_about(chosen, stored) if chosen else named
        if earlier is None or chosen is None:
            return earlier or StoredFacetPreference(
                user=user,
                key=chosen.key if chosen else facet_named,
                name=chosen.name if chosen else facet_named,
                preference="clear",
                paper_ids=chosen.paper_ids if chosen else (),
                set_at=self._clock(),
            )
        is_left_out = earlier.is_paused(self._clock()) or earlier.reset_at is not None
        papers = dict.fromkeys((*(earlier.paper_ids if is_left_out else ()), *chosen.paper_ids))
        return earlier.model_copy(update={"name": chosen.name, "paper_ids": tuple(papers)})

    def _directed(self, preferences: Sequence[StoredFacetPreference], moment: datetime) -> list[FacetDirection]:
        papers = {paper_id for preference in preferences for paper_id in preference.paper_ids}
        sample = self._vectors.get(self._evidence.sampled(papers)).matrix
        members = [(self._vectors.get(stored.paper_ids).matrix, stored) for stored in preferences]
        return [
            direction_of(matrix, sample, stored.preference, stored.name, pause_in_words(stored, moment))
            for matrix, stored in members
            if len(matrix) and len(sample)
        ]


def _with_preferences(
    reply: InterestsReply, preferences: Sequence[StoredFacetPreference], moment: datetime
) -> InterestsReply:
    facets = []
    for facet in reply.facets:
        stored = _preference_about(facet, preferences)
        if stored is not None:
            is_paused = stored.is_paused(moment)
            update = {
                "preference": stored.preference,
                "key": stored.key,
                "paused": is_paused,
                "paused_until": stored.paused_until if is_paused else None,
                "reset_at": stored.reset_at,
            }
            facet = facet.model_copy(update=update)
        facets.append(facet)
    return reply.model_copy(update={"facets": tuple(facets)})


def _preference_about(
    facet: InterestFacet, preferences: Sequence[StoredFacetPreference]
) -> StoredFacetPreference | None:
    """The preference whose papers are this facet's too."""
    papers = set(facet.paper_ids)
    shares = [(shared_papers(papers, stored.paper_ids), stored) for stored in preferences]
    share, best = max(shares, key=lambda pair: pair[0], default=(0.0, None))
    return best if share >= SAME_FACET else None
