"""When a click is worth offering."""

from datetime import timedelta

import numpy as np

from services.ranker.following.arriving_papers import MatchedFollow
from services.ranker.interests.directions import FacetDirection
from services.ranker.missed.clicks import Trial, added_by_follow, boost_clicks, chance_of, follow_clicks, tried_clicks
from services.ranker.missed.not_seen import KnownFacet
from services.ranker.missed.past_days import PastDay
from services.ranker.replay.days import RecordedDay
from services.ranker.settings import RankerSettings
from shared.contracts import InterestFacet, Label
from shared.store.people.follows import Follow
from shared.store.people.missed import Click
from shared.store.vectors.embeddings import Vectors
from tests.support.people.missed_days import MONDAY, candidate, paper_id

SETTINGS = RankerSettings(per_day=2, explore=0, diversity=0.0)
AUTHOR = Click(kind="author", value="Ada", label="Ada")
DAYS = 10


def past_day(number: int) -> PastDay:
    """Twenty papers, best first; the first two are picked."""
    moment = MONDAY + timedelta(days=number)
    numbers = range(20 * number, 20 * number + 20)
    candidates = tuple(
        candidate(one, place + 1, moment, is_picked=place < 2).model_copy(update={"score": 0.6 - 0.01 * place})
        for place, one in enumerate(numbers)
    )
    matrix = np.random.default_rng(number).normal(size=(20, 16)).astype(np.float32)
    matrix /= np.linalg.norm(matrix, axis=1, keepdims=True)
    recorded = RecordedDay(moment.date(), f"run-{number}", moment, candidates)
    return PastDay(recorded, Vectors([paper_id(one) for one in numbers], matrix), SETTINGS)


PAST = [past_day(number) for number in range(DAYS)]
MISSED, OTHERS = 15, (35, 55, 75)


def trial(labels: dict[int, Label], matched: tuple[int, ...] = (MISSED, *OTHERS), **facts: object) -> Trial:
    named = {paper_id(number): label for number, label in labels.items()}
    names = frozenset(map(paper_id, matched))
    return Trial(PAST, named, lambda click: names, **facts)  # type: ignore[arg-type]


LIKED: dict[int, Label] = dict.fromkeys((MISSED, *OTHERS), "like")


def test_a_click_that_finds_others_and_costs_nothing_is_offered() -> None:
    offered, tried = tried_clicks(trial(LIKED), {paper_id(MISSED): [AUTHOR]}, [])[paper_id(MISSED)]
    assert tried == 1
    (click,) = offered
    assert click.found == tuple(map(paper_id, OTHERS))
    assert (click.gained, click.picks, click.likes_before, click.likes_after) == (3, 20, 0, 3)


def test_a_click_that_only_finds_the_missed_paper_is_not_offered() -> None:
    alone = tried_clicks(trial({MISSED: "like"}), {paper_id(MISSED): [AUTHOR]}, [])
    assert alone[paper_id(MISSED)] == ([], 1)


def test_a_click_that_costs_more_likes_than_it_finds_is_not_offered() -> None:
    pushed_out: dict[int, Label] = {20 * day + 1: "like" for day in (0, 1, 2, 3)}
    costly = tried_clicks(trial(LIKED | pushed_out), {paper_id(MISSED): [AUTHOR]}, [])
    assert costly[paper_id(MISSED)][0] == []


def test_a_click_that_brings_dislikes_is_not_offered() -> None:
    matched = (MISSED, *OTHERS, 95)
    bad = tried_clicks(trial({**LIKED, 95: "dislike"}, matched), {paper_id(MISSED): [AUTHOR]}, [])
    assert bad[paper_id(MISSED)][0] == []


def test_what_chance_explains_is_not_offered() -> None:
    liked: dict[int, Label] = {**dict.fromkeys(range(30, 60), "like"), MISSED: "like"}
    matched = (MISSED, 35, 95, 115)
    by_chance = tried_clicks(trial(liked, matched), {paper_id(MISSED): [AUTHOR]}, [])
    assert by_chance[paper_id(MISSED)][0] == []


def test_all_that_is_tried_counts_against_chance() -> None:
    many = [Click(kind="phrase", value=f"words {number}", label="") for number in range(40)]
    one = tried_clicks(trial(LIKED), {paper_id(MISSED): [AUTHOR]}, [])[paper_id(MISSED)][0][0]
    more = tried_clicks(trial(LIKED), {paper_id(MISSED): [AUTHOR], paper_id(35): many}, [])[paper_id(MISSED)][0][0]
    assert np.isclose(more.p_value, 41 * one.p_value)


def test_words_that_many_papers_have_are_not_tried() -> None:
    wide = tried_clicks(trial(LIKED, tuple(range(200))), {paper_id(MISSED): [AUTHOR]}, [])
    assert wide[paper_id(MISSED)] == ([], 0)


def test_of_clicks_that_find_the_same_one_is_offered() -> None:
    same = [AUTHOR, Click(kind="phrase", value="walks", label="walks")]
    offered, tried = tried_clicks(trial(LIKED), {paper_id(MISSED): same}, [])[paper_id(MISSED)]
    assert (len(offered), tried) == (1, 2)


def test_a_follow_that_there_was_adds_nothing_more() -> None:
    match = MatchedFollow(Follow(kind="author", value="Ada", at=MONDAY - timedelta(days=1)), frozenset({paper_id(15)}))
    later = MatchedFollow(match.follow.model_copy(update={"at": MONDAY + timedelta(days=1)}), match.paper_ids)
    assert not added_by_follow(PAST[0], match, [match], 3.0).any()
    assert added_by_follow(PAST[0], match, [later], 3.0)[15] == 3.0


def test_a_boost_is_measured_by_the_papers_that_belong_to_the_facet() -> None:
    matrix = np.concatenate([day.matrix for day in PAST])
    direction = np.mean([PAST[number // 20].matrix[number % 20] for number in (MISSED, *OTHERS)], axis=0)
    inside = np.sort(matrix @ direction)[-6:-4].mean()
    facet = InterestFacet(
        key="k", name="walks", paper_ids=(), share=0.1, lift=2, lift_low=1, lift_high=3, lift_within=2, p_value=0.01
    )
    known = KnownFacet(facet, FacetDirection(direction.astype(np.float32), float(inside), 0.005, "boost", "walks"))
    assert boost_clicks(known, 0.4) == []
    clicks = boost_clicks(known, 0.9)
    assert [(click.kind, click.value, click.label) for click in clicks] == [("boost", "k", "walks")]
    muted = KnownFacet(facet.model_copy(update={"preference": "mute"}), known.direction)
    assert boost_clicks(muted, 0.9) == []
    offered, tried = tried_clicks(trial(LIKED, ()), {paper_id(MISSED): clicks}, [known])[paper_id(MISSED)]
    assert tried == 1
    assert all(set(click.found) <= set(map(paper_id, OTHERS)) for click in offered)


def test_follows_that_there_are_are_not_asked_for() -> None:
    clicks = follow_clicks(["Ada", "Bo"], ["quantum walks"], {"author:ada"})
    assert [(click.kind, click.value) for click in clicks] == [("author", "Bo"), ("phrase", "quantum walks")]


def test_chance_is_exact() -> None:
    assert np.isclose(chance_of(10, 2, 2, 2), 1 / 45)
    assert chance_of(10, 2, 2, 0) == 1.0
