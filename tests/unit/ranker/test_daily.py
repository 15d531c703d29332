"""Events in, selections and picks out."""

import asyncio
from datetime import date, timedelta
from pathlib import Path

import pytest

from services.ranker.taste import Taste
from shared.contracts import EmbeddingsReady, Encode, Event, PapersSelected, Wish
from shared.errors import PapersysError, TemporaryFailure
from shared.store.facet_wishes import FacetWishStore, StoredWish
from shared.store.selections import Candidate
from tests.support.bus import FakeBus
from tests.unit.ranker.world import DAY, TOPICS, World, paper_id

NEXT_DAY = DAY + timedelta(days=1)


@pytest.fixture
def world(tmp_path: Path) -> World:
    made = World(tmp_path)
    made.add_papers(*range(100, 140))
    made.say("like", 100, 104, 108)
    made.say("dislike", 101)
    return made


async def test_a_complete_run_is_selected_once_with_score_fate_and_reasons_for_everybody(world: World) -> None:
    world.add_papers(*range(1, 21))
    await world.deliver(*range(1, 21))
    candidates = world.candidates()
    assert len(candidates) == 20
    assert len(world.picked) == len(set(world.picked)) == 3
    assert {int(one[-2:]) % 4 for one in world.picked} == {0}
    for one in candidates.values():
        assert 0 <= (one.score or -1) <= 1
        assert one.rank
        assert one.reasons
        assert (one.regime, one.model) == ("similarity", "test")
    assert all(len(event.paper_ids) == 1 for event in world.selected_events)


async def test_picks_say_which_likes_they_resemble(world: World) -> None:
    world.add_papers(*range(1, 21))
    await world.deliver(*range(1, 21))
    pick = world.selected_events[0].picks[0]
    assert pick.slot == "top"
    assert pick.reasons[0].startswith('because you liked "Paper 10')
    assert pick.reasons[0].endswith(")")
    assert TOPICS[0] in pick.reasons[0]
    assert world.selected_events[0].day == DAY


async def test_a_run_in_parts_waits_for_its_last_paper(world: World) -> None:
    world.add_papers(*range(1, 9))
    await world.deliver(1, 2, 3, 4, last=False, run_size=None)
    await world.deliver(5, 6, last=True, run_size=8)
    assert world.picked == []
    await world.deliver(7, last=False, run_size=None, failed=(paper_id(8),))
    assert len(world.picked) == 3
    assert len(world.candidates()) == 7


async def test_at_the_deadline_what_is_there_is_selected_and_what_comes_late_competes_the_next_day(
    world: World,
) -> None:
    world.add_papers(*range(1, 13))
    await world.deliver(1, 2, 3, 5, 6, 7, last=False, run_size=None)
    world.clock.pass_seconds(1799)
    await world.ranker.daily.advance()
    assert world.picked == []
    world.clock.pass_seconds(1)
    await world.ranker.daily.advance()
    assert set(world.candidates()) == {paper_id(n) for n in (1, 2, 3, 5, 6, 7)}
    await world.deliver(4, last=True, run_size=7)
    assert len(world.candidates()) == 6
    await world.deliver(9, 10, 11, run_id="run-2", day=NEXT_DAY)
    assert set(world.candidates(NEXT_DAY)) == {paper_id(n) for n in (4, 9, 10, 11)}
    assert paper_id(4) in world.picked


async def test_a_replayed_run_changes_nothing_and_never_doubles_the_quota(world: World) -> None:
    world.add_papers(*range(1, 21))
    await world.deliver(*range(1, 21))
    before, published = world.selections.day(DAY), list(world.bus.published)
    await world.deliver(*range(1, 21))
    world.start()
    await world.deliver(*range(1, 21))
    await world.deliver(*range(1, 21), run_id="the same again", day=DAY)
    await world.deliver(*range(1, 21), run_id="the same tomorrow", day=NEXT_DAY)
    assert world.selections.day(DAY) == before
    assert world.bus.published == published
    assert world.selections.days() == [DAY]


async def test_a_second_run_of_the_day_waits_for_the_next_selection(world: World) -> None:
    world.add_papers(*range(1, 21))
    await world.deliver(*range(1, 11))
    await world.deliver(*range(11, 16), run_id="run-2")
    world.clock.pass_seconds(10_000)
    await world.ranker.daily.advance()
    assert len(world.picked) == 3
    assert world.selections.runs(DAY) == ["run-1"]
    await world.deliver(*range(16, 21), run_id="run-3", day=NEXT_DAY)
    assert set(world.candidates(NEXT_DAY)) == {paper_id(n) for n in range(11, 21)}


async def test_a_paper_typed_by_hand_waits_for_the_next_selection(world: World) -> None:
    world.add_papers(*range(1, 6))
    await world.deliver(4, run_id=None, day=None, last=False, run_size=None)
    world.clock.pass_seconds(10_000)
    await world.ranker.daily.advance()
    assert world.picked == []
    await world.deliver(1, 2, 3, 5)
    assert world.picked[0] == paper_id(4)


async def test_two_runs_under_way_keep_their_papers_apart(world: World) -> None:
    world.add_papers(*range(1, 9))
    await world.deliver(1, 2, 3, last=False, run_size=None)
    await world.deliver(5, 6, run_id="run-2", day=NEXT_DAY)
    await world.deliver(4, last=True, run_size=4)
    assert set(world.candidates(NEXT_DAY)) == {paper_id(5), paper_id(6)}
    assert set(world.candidates()) == {paper_id(n) for n in (1, 2, 3, 4)}


async def test_withdrawn_disliked_liked_and_repeated_papers_are_not_picked(world: World) -> None:
    world.add_papers(4, withdrawn=True)
    world.add_papers(8, 12, 16, 1, 2, 3)
    world.add_papers(20, vectors=world.vectors.get([paper_id(16)]).matrix)
    world.say("dislike", 8)
    world.say("like", 12)
    await world.deliver(1, 2, 3, 4, 8, 12, 16, 20)
    fates = world.fates()
    assert (fates[paper_id(4)], fates[paper_id(8)], fates[paper_id(12)]) == ("withdrawn", "disliked", "already_read")
    assert (fates[paper_id(16)], fates[paper_id(20)]) == ("picked", "near_duplicate")
    assert "Paper 16" in world.candidates()[paper_id(20)].reasons[0]


async def test_exploration_is_marked_and_says_so(tmp_path: Path) -> None:
    world = World(tmp_path, per_day=4, explore=1)
    world.add_papers(*range(1, 31), 100)
    world.say("like", 100)
    await world.deliver(*range(1, 31))
    (explored,) = [event.picks[0] for event in world.selected_events if event.picks[0].slot == "explore"]
    assert "exploration" in explored.reasons[0]
    assert len(world.picked) == 4


async def test_without_verdicts_and_seeds_the_typical_papers_are_picked_and_it_is_said(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.add_papers(*range(2, 42, 4), 1, 3)
    await world.deliver(*range(2, 42, 4), 1, 3)
    assert {int(one[-2:]) % 4 for one in world.picked} == {2}
    assert world.selected_events[0].picks[0].reasons == ("no verdicts yet: typical of today's announcements",)
    assert {one.regime for one in world.candidates().values()} == {"typical"}


async def test_seeds_decide_while_there_are_no_verdicts(tmp_path: Path) -> None:
    world = World(tmp_path, seeds=["the growth of galaxies", "arXiv:2611.00103v2"])
    world.add_papers(*range(1, 21))
    world.add_metadata(103)
    await world.ranker.seeds.complete_them()
    await world.deliver(*range(1, 21))
    assert {int(one[-2:]) % 4 for one in world.picked} <= {2, 3}
    said = " ".join(reason for event in world.selected_events for reason in event.picks[0].reasons)
    assert 'close to your seed "the growth of galaxies"' in said or 'close to your seed "Paper 103' in said
    assert {one.regime for one in world.candidates().values()} == {"seeds"}


async def test_a_complete_run_waits_for_its_seeds_until_the_deadline(tmp_path: Path) -> None:
    world = World(tmp_path, seeds=["the growth of galaxies"])
    encode = world.bus.answers.pop(Encode)
    world.add_papers(*range(1, 21))
    await world.deliver(*range(1, 21))
    assert world.picked == []
    world.bus.answers[Encode] = encode
    await world.ranker.seeds.complete_them()
    await world.ranker.daily.advance()
    assert {int(one[-2:]) % 4 for one in world.picked} == {2}


async def test_a_paper_asked_for_goes_out_at_once_beside_the_quota_and_once(world: World) -> None:
    world.add_papers(*range(1, 21))
    await world.deliver(*range(1, 16))
    quota = len(world.picked)
    event = await world.deliver(17, 18, force=True, run_id=None, day=None, last=False, run_size=None)
    requested = world.selected_events[quota:]
    assert [one.paper_ids for one in requested] == [(paper_id(17),), (paper_id(18),)]
    assert all(one.force and one.picks[0].slot == "requested" and one.caused_by for one in requested)
    assert [run for run in world.selections.runs(DAY) if run.startswith("requested-")]
    world.say("like", 18)
    world.start()
    await world.bus.deliver(event.model_copy(update={"event_id": event.event_id[:100]}))
    again = world.selected_events[quota + 2 :]
    assert [one.event_id for one in again] == [one.event_id for one in requested]


async def test_a_paper_asked_for_leaves_the_days_selection_to_come(world: World) -> None:
    world.add_papers(*range(1, 21))
    await world.deliver(1, force=True, run_id=None)
    assert world.picked == [paper_id(1)]
    await world.deliver(*range(1, 21))
    assert len(world.picked) == 1 + 3
    assert paper_id(1) not in {one.paper_id for one in world.selections.read(DAY, "run-1")}


async def test_a_paper_asked_for_that_has_no_vector_and_no_day_goes_out_too(tmp_path: Path) -> None:
    world = World(tmp_path)
    await world.deliver(1, force=True, run_id=None, day=None)
    (event,) = world.selected_events
    assert event.picks[0].score is None


class DyingBus(FakeBus):
    """Publishes some events and then fails, as a killed process or a lost server would."""

    def __init__(self, lives: int, error: type[BaseException]) -> None:
        super().__init__()
        self.lives, self.error = lives, error

    async def publish(self, event: Event) -> None:
        if self.lives == 0:
            raise self.error("gone")
        self.lives -= 1
        await super().publish(event)


@pytest.mark.parametrize("lives", [0, 1, 2])
@pytest.mark.parametrize("error", [TemporaryFailure, asyncio.CancelledError])
async def test_a_crash_between_writing_and_publishing_publishes_the_same_picks_at_restart(
    world: World, lives: int, error: type[BaseException]
) -> None:
    world.add_papers(*range(1, 21))
    whole = world.bus
    world.bus = DyingBus(lives, error)
    world.start()
    with pytest.raises(error):
        await world.deliver(*range(1, 21))
    first, written = list(world.bus.published), world.selections.day(DAY)
    assert len(written) == 20
    world.say("dislike", *range(100, 139, 4))
    world.bus = whole
    world.start()
    await world.ranker.daily.advance()
    assert world.selections.day(DAY) == written
    assert len(world.bus.published) == 3
    assert [one.event_id for one in world.bus.published[:lives]] == [one.event_id for one in first]
    await world.ranker.daily.advance()
    assert len(world.bus.published) == 3


async def test_a_crash_before_the_selection_is_written_selects_at_restart(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.add_papers(*range(1, 21))

    def die(*ignored: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("shared.store.selections.SelectionStore.write", die)
        with pytest.raises(KeyboardInterrupt):
            world.ranker.daily._select(
                world.ranker.book.note(ready_event(range(1, 21)), world.clock()),
                DAY,
                await world.ranker.learner.current(),
            )
    world.start()
    await world.ranker.daily.advance()
    assert len(world.picked) == 3


def ready_event(numbers: range) -> EmbeddingsReady:
    ids = tuple(map(paper_id, numbers))
    return EmbeddingsReady(paper_ids=ids, model="test", run_id="run-1", day=DAY, last=True, run_size=len(ids))


async def test_papers_whose_vectors_are_not_there_yet_compete_later(world: World) -> None:
    world.add_papers(1, 2, 3)
    world.add_metadata(4)
    await world.deliver(1, 2, 3, 4)
    assert set(world.candidates()) == {paper_id(n) for n in (1, 2, 3)}
    world.add_papers(4, 5)
    await world.deliver(5, run_id="run-2", day=NEXT_DAY)
    assert set(world.candidates(NEXT_DAY)) == {paper_id(4), paper_id(5)}


async def test_a_run_without_a_day_is_of_the_newest_day_known(world: World) -> None:
    world.add_papers(1, 2, 3)
    await world.deliver(1, 2, 3, day=None)
    assert world.selections.days() == [world.clock().date()]
    assert isinstance(world.selected_events[0], PapersSelected)
    assert world.selected_events[0].day == date(2026, 11, 2)


async def test_a_second_person_is_a_second_model_and_a_second_selection(world: World) -> None:
    world.add_papers(*range(1, 21))
    world.say("like", 103, 107, user="you")
    await world.deliver(*range(1, 21))
    await world.deliver(*range(1, 21), user="you")
    by_user = {user: [e.paper_ids[0] for e in world.selected_events if e.user == user] for user in ("me", "you")}
    assert {int(one[-2:]) % 4 for one in by_user["me"]} == {0}
    assert {int(one[-2:]) % 4 for one in by_user["you"]} == {3}
    assert len(world.selections.runs(DAY)) == 2


async def test_a_run_that_cannot_be_selected_holds_up_no_other(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.add_papers(*range(1, 21))
    await world.deliver(*range(1, 11), last=False, run_size=None)
    await world.deliver(*range(11, 21), run_id="run-2", day=NEXT_DAY, last=False, run_size=None)
    judge = world.ranker.judge.judge

    def broken_for_one_day(taste: Taste, day: date, run_id: str, ids: list[str], revised: set[str]) -> list[Candidate]:
        if day == DAY:
            raise PapersysError("the vectors are damaged")
        return judge(taste, day, run_id, ids, revised)

    world.clock.pass_seconds(1800)
    with monkeypatch.context() as patched:
        patched.setattr(world.ranker.judge, "judge", broken_for_one_day)
        with pytest.raises(PapersysError, match="damaged"):
            await world.ranker.daily.advance()
    assert world.selections.days() == [NEXT_DAY]
    assert len(world.picked) == 3
    await world.ranker.daily.advance()
    assert len(world.picked) == 6


async def test_a_selection_that_another_process_made_a_moment_ago_stands(world: World) -> None:
    """The command line may rank a day between this process's look at it and its turn."""
    world.add_papers(*range(1, 21))
    run = world.ranker.book.note(ready_event(range(1, 21)), world.clock())
    taste = await world.ranker.learner.current()
    others = world.ranker.judge.judge(taste, DAY, "rank-by-hand", [paper_id(n) for n in range(1, 11)])
    world.selections.write(DAY, "rank-by-hand", others)
    world.ranker.daily._select(run, DAY, taste)
    assert world.selections.runs(DAY) == ["rank-by-hand"]
    assert world.ranker.book.runs()[0].closed


@pytest.mark.parametrize(("wish", "topic", "said"), [("boost", 2, "boosted"), ("mute", 0, "muted")])
async def test_a_wish_about_a_facet_moves_its_papers_and_they_say_so(
    tmp_path: Path, wish: Wish, topic: int, said: str
) -> None:
    world = World(tmp_path, diversity=0)
    world.add_papers(*range(100, 140))
    world.say("like", 100, 104, 108, 102, 106, 110)
    members = tuple(paper_id(number) for number in range(100, 140) if number % 4 == topic)
    FacetWishStore(world.data).put(
        StoredWish(key="k", name="my facet", wish=wish, paper_ids=members, said_at=world.clock())
    )
    world.add_papers(*range(1, 21))
    await world.deliver(*range(1, 21))
    assert {int(one[-2:]) % 4 for one in world.picked} == {2}
    told = {
        int(one.paper_id[-2:]) % 4 for one in world.candidates().values() if any("my facet" in r for r in one.reasons)
    }
    assert told == {topic}
    assert any(f'in "my facet", which you {said}' in one.reasons for one in world.candidates().values())
