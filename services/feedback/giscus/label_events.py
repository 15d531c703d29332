"""Which ratings follow from the votes in a discussion. Pure: everything that was said before stands in the ratings.

Each vote is told once, under an event id made of its node's id and of how often it has changed its meaning; so a vote
that is read twice, after a crash or a lost state file, is the same event. A vote that is gone takes its rating back,
but only where that rating is the paper's newest: what was said elsewhere since stands.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from services.feedback.giscus.votes import Vote, Votes
from shared.contracts import FeedbackLabel, Label
from shared.store.people.preferences import Rating

SOURCE = "giscus"
_MARK = "giscus"
_ACTOR_CHARACTERS = 200


@dataclass(frozen=True)
class Place:
    """Which discussion of which paper, and whose ratings follow from it."""

    discussion_id: str
    paper_id: str
    user: str

    @property
    def key(self) -> str:
        """The discussion in an event's id."""
        return hashlib.sha256(self.discussion_id.encode("utf-8", "replace")).hexdigest()[:10]


class _Node(NamedTuple):
    """A vote that was told: its newest rating, how often it was told, and the part it stands in."""

    newest: Rating
    times: int
    part: str


def label_events(
    place: Place, votes: Votes, ratings: Sequence[Rating], present: datetime, ahead: timedelta
) -> list[FeedbackLabel]:
    """The events to publish, oldest first; `ratings` are all of this paper and user, from everywhere, oldest first.

    A vote more than `ahead` of the clock waits till its time has come.
    """
    told = _told(place, ratings)
    newest = ratings[-1] if ratings else None
    due = [vote for vote in votes.votes if vote.at <= present + ahead]
    since = _last_taken_back(votes, told, newest)
    events = [event for vote in due if (event := _event_of(place, vote, told.get(vote.node), newest, since, present))]
    gone = _event_of_gone(place, votes, due, told, newest, present) if not events else None
    return [*events, gone] if gone else events


def is_taken_back(place: Place, votes: Votes, ratings: Sequence[Rating]) -> bool:
    """Whether the paper's rating comes from a reaction that is no longer there: the discussion is to be read whole."""
    newest = ratings[-1] if ratings else None
    return any(
        node.part == "r" and name not in votes.nodes and node.newest is newest and node.newest.label != "clear"
        for name, node in _told(place, ratings).items()
    )


def _event_of(
    place: Place, vote: Vote, node: _Node | None, newest: Rating | None, since: datetime | None, present: datetime
) -> FeedbackLabel | None:
    """What a vote that is there has to say and has not said yet."""
    if vote.label is None:
        return None
    if node is None:
        return _event(place, vote, vote.label, 0, max(vote.at, since or vote.at))
    if node.newest.label == vote.label:
        return None
    if vote.at >= node.newest.occurred_at:
        return _event(place, vote, vote.label, node.times, vote.at)
    return _event(place, vote, vote.label, node.times, present) if newest is node.newest else None


def _last_taken_back(votes: Votes, told: dict[str, _Node], newest: Rating | None) -> datetime | None:
    """The time of the paper's rating where that is of this discussion, but of no vote that is there.

    Votes that are new since then are newer, whatever the clocks of GitHub and of this machine say.
    """
    if newest is None or not any(node.newest is newest for node in told.values()):
        return None
    return None if any(vote.at == newest.occurred_at for vote in votes.votes) else newest.occurred_at


def _event_of_gone(
    place: Place,
    votes: Votes,
    due: Sequence[Vote],
    told: dict[str, _Node],
    newest: Rating | None,
    present: datetime,
) -> FeedbackLabel | None:
    """Where the vote that the paper's rating comes from is gone: the newest one left holds again, or none."""
    name = next((name for name, node in told.items() if node.newest is newest), None)
    if name is None or newest is None or newest.label == "clear" or votes.whole != {"r", "c"}:
        return None
    if name in votes.nodes and not any(vote.node == name and vote.label is None for vote in votes.votes):
        return None
    left = [vote for vote in due if vote.label in ("like", "dislike")]
    if not left:
        node = told[name]
        event_id = f"{_MARK}:{place.key}:{node.part}:{name}:clear:{node.times}"
        return _feedback(place, event_id, "clear", newest.actor, present)
    vote = left[-1]
    if vote.label is None or vote.label == newest.label:
        return None
    return _event(place, vote, vote.label, told[vote.node].times if vote.node in told else 0, present)


def _told(place: Place, ratings: Iterable[Rating]) -> dict[str, _Node]:
    """The votes of this discussion that became ratings, by node."""
    told: dict[str, _Node] = {}
    for rating in ratings:
        parts = rating.event_id.split(":")
        if rating.source == SOURCE and len(parts) == 6 and parts[:2] == [_MARK, place.key]:
            times = told[parts[3]].times if parts[3] in told else 0
            told[parts[3]] = _Node(rating, times + 1, parts[2])
    return told


def _event(place: Place, vote: Vote, label: Label, times: int, at: datetime) -> FeedbackLabel:
    event_id = f"{_MARK}:{place.key}:{vote.part}:{vote.node}:{label}:{times}"
    return _feedback(place, event_id, label, vote.actor, at)


def _feedback(place: Place, event_id: str, label: Label, actor: str, at: datetime) -> FeedbackLabel:
    return FeedbackLabel(
        event_id=event_id,
        paper_ids=(place.paper_id,),
        label=label,
        source=SOURCE,
        actor=actor[:_ACTOR_CHARACTERS],
        user=place.user,
        occurred_at=at,
    )
