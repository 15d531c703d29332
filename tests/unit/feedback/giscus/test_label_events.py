"""Votes become ratings: each once, and the newest one that is left holds."""

from datetime import timedelta
from itertools import count

from hypothesis import given, settings
from hypothesis import strategies as st

from services.feedback.giscus.label_events import Place, label_events
from services.feedback.giscus.votes import Vote, Votes
from shared.contracts import FeedbackLabel, Label
from shared.store.people.preferences import Rating, ratings_of
from tests.unit.feedback.giscus.world import NOON, PAPER

PLACE = Place("D_1", PAPER, "me")
AHEAD = timedelta(minutes=5)


def vote(node: str, label: Label | None, minute: int) -> Vote:
    return Vote(node, "r", label, "ada", NOON + timedelta(minutes=minute))


def votes(*given: Vote, whole: bool = True) -> Votes:
    return Votes(tuple(given), frozenset(one.node for one in given), frozenset({"r", "c"} if whole else {"r"}))


def look(there: Votes, ratings: list[Rating], minute: int) -> list[FeedbackLabel]:
    """One reading, after which what it published is stored."""
    events = label_events(PLACE, there, ratings, NOON + timedelta(minutes=minute), AHEAD)
    known = {rating.event_id for rating in ratings}
    ratings += [rating for event in events if event.event_id not in known for rating in ratings_of(event)]
    ratings.sort(key=lambda rating: rating.occurred_at)
    return events


def test_two_votes_at_once_are_two_events_in_their_order() -> None:
    events = look(votes(vote("a", "dislike", 1), vote("b", "like", 2)), [], 10)
    assert [(event.label, event.event_id.rpartition(":")[2]) for event in events] == [("dislike", "0"), ("like", "0")]


def test_an_event_that_was_not_stored_yet_comes_again_as_the_same_event() -> None:
    there = votes(vote("a", "like", 1))
    first, again = (label_events(PLACE, there, [], NOON + timedelta(minutes=minute), AHEAD) for minute in (5, 9))
    assert first == again


def test_a_vote_missing_from_a_part_that_was_not_read_whole_is_not_taken_back() -> None:
    ratings: list[Rating] = []
    look(votes(vote("a", "like", 1)), ratings, 5)
    assert look(votes(whole=False), ratings, 9) == []
    assert [event.label for event in look(votes(), ratings, 10)] == ["clear"]


def test_a_vote_of_an_account_that_counts_no_longer_stands_as_it_was() -> None:
    ratings: list[Rating] = []
    look(votes(vote("a", "like", 1)), ratings, 5)
    assert look(Votes((), frozenset({"a"}), frozenset({"r", "c"})), ratings, 9) == []


def test_another_discussion_about_the_same_paper_takes_nothing_back() -> None:
    ratings: list[Rating] = []
    look(votes(vote("a", "like", 1)), ratings, 5)
    assert label_events(Place("D_2", PAPER, "me"), votes(), ratings, NOON + timedelta(hours=1), AHEAD) == []


def test_a_vote_seen_after_one_was_taken_back_is_newer_whatever_the_clocks_say() -> None:
    ratings: list[Rating] = []
    look(votes(vote("a", "like", 1)), ratings, 5)
    look(votes(), ratings, 9)
    assert [event.label for event in look(votes(vote("b", "dislike", 7)), ratings, 10)] == ["dislike"]
    assert ratings[-1].label == "dislike"
    assert look(votes(vote("b", "dislike", 7)), ratings, 11) == []


VOTES = st.lists(st.tuples(st.sampled_from("abcd"), st.sampled_from(["like", "dislike", None])), max_size=4)


@settings(max_examples=60, deadline=None)
@given(st.lists(VOTES, min_size=1, max_size=6))
def test_whatever_is_said_and_taken_back_the_rating_is_the_newest_vote_there_is(
    readings: list[list[tuple[str, Label | None]]],
) -> None:
    """Each vote is given once, at a minute of its own; then it stays, or is taken back for good."""
    minute, ratings, given_at, lost = count(1), list[Rating](), dict[str, Vote](), set[str]()
    for number, said in enumerate(readings):
        names = {f"{name}{label}": label for name, label in said}
        lost |= set(given_at) - set(names)
        for name, label in names.items():
            given_at.setdefault(name, vote(name, label, next(minute)))
        there = votes(*sorted((given_at[name] for name in set(names) - lost), key=lambda one: one.at))
        for _ in range(2):
            look(there, ratings, 100 + number)
        assert look(there, ratings, 100 + number) == []
        standing = [one.label for one in there.votes if one.label]
        newest = ratings[-1].label if ratings else "clear"
        assert newest == (standing[-1] if standing else "clear")
