"""What is known of a user at a moment: the only way in which features see ratings, signals and selections.

Strictly before: at the moment of a rating, the rating itself is not known yet. So what is learned from a rating is what
could have been said of its paper before it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar

from services.ranker.stores import RankerStores
from shared.contracts import SignalKind
from shared.store.people.preferences import Rating, standing_ratings
from shared.store.people.signals import Signal, standing


@dataclass(frozen=True)
class Shown:
    """A paper that was picked for the user; `occurred_at` is when."""

    paper_id: str
    occurred_at: datetime


EventT = TypeVar("EventT", Rating, Signal, Shown)


@dataclass(frozen=True)
class History:
    """All that is recorded of a user, oldest first."""

    ratings: Sequence[Rating] = ()
    signals: Sequence[Signal] = ()
    shown: Sequence[Shown] = ()


@dataclass(frozen=True)
class Past:
    """A history before a moment: standing ratings by paper, every signal, the papers shown."""

    moment: datetime
    ratings: Mapping[str, Rating]
    signals: Sequence[Signal]
    shown: Sequence[Shown]

    def standing(self, kind: SignalKind) -> dict[str, Signal]:
        """The papers about which the newest word is `kind`, the newest last."""
        return standing(self.signals, kind)


def read_history(stores: RankerStores, user: str) -> History:
    """From the files, but for what was shown."""
    return History(stores.ratings.all(user), stores.signals.all(user))


def read_whole_history(stores: RankerStores, user: str) -> History:
    """The same with what was shown: all selections are read."""
    shown = [Shown(pick.paper_id, pick.made_at) for pick in stores.selections.of(user).picks()]
    return replace(read_history(stores, user), shown=sorted(shown, key=lambda one: (one.occurred_at, one.paper_id)))


def past_of(history: History, moment: datetime) -> Past:
    """What of a history was known at a moment."""
    return Past(
        moment,
        standing_ratings(_before(history.ratings, moment)),
        _before(history.signals, moment),
        _before(history.shown, moment),
    )


def _before(events: Sequence[EventT], moment: datetime) -> list[EventT]:
    """Files may hold events in any order of time, so each is looked at."""
    return [event for event in events if event.occurred_at < moment]
