"""The day's selection: once for each run, day and user, and complete or at the deadline."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from services.ranker.learning.taste import Taste
from shared.contracts import Encode, PapersSelected
from shared.errors import PapersysError
from shared.store.papers.metadata import Paper
from shared.store.selections import Candidate
from tests.unit.ranker.world import DAY, World, paper_id, ready_event

NEXT_DAY = DAY + timedelta(days=1)


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


async def test_a_backfill_is_known_and_no_candidate_of_any_day(world: World) -> None:
    world.add_papers(*range(1, 41))
    await world.deliver(*range(21, 41), backfill=True, last=False, run_size=None)
    await world.deliver(*range(1, 11), last=False, run_size=None)
    assert world.picked == []
    await world.deliver(*range(11, 21), run_size=20)
    assert set(world.candidates()) == {paper_id(n) for n in range(1, 21)}
    world.add_papers(50)
    await world.deliver(50, run_id="run-2", day=NEXT_DAY)
    assert set(world.candidates(NEXT_DAY)) == {paper_id(50)}
    assert {one.paper_id for one in world.ranker.selections.outcomes(paper_id(30))} == set()


async def test_of_a_backfill_that_nobody_marked_the_newest_compete_once(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.ranker.selection.arrivals.newest_of.__defaults__", (10,))
    world.add_papers(*range(1, 41))
    await world.deliver(*range(1, 41))
    assert set(world.candidates()) == {paper_id(n) for n in range(31, 41)}
    world.start()
    world.add_papers(50)
    await world.deliver(50, run_id="run-2", day=NEXT_DAY)
    assert set(world.candidates(NEXT_DAY)) == {paper_id(50)}


async def test_texts_are_looked_at_in_blocks_and_scores_are_those_of_one_look(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.add_papers(*range(1, 31))
    taste = await world.ranker.learner.current()
    ids = [paper_id(n) for n in range(1, 31)]
    whole = {one.paper_id: one.score for one in world.ranker.selector.select(taste, DAY, "r", ids)}
    sizes: list[int] = []
    get = world.ranker.metadata.get

    def counted(asked: list[str]) -> dict[str, Paper]:
        sizes.append(len(list(asked)))
        return get(asked)

    monkeypatch.setattr(world.ranker.metadata, "get", counted)
    monkeypatch.setattr("services.ranker.selection.day_papers._PAPERS_AT_ONCE", 7)
    parts = {one.paper_id: one.score for one in world.ranker.selector.select(taste, DAY, "r", ids)}
    assert parts == pytest.approx(whole, abs=1e-6)
    assert sizes[:5] == [7, 7, 7, 7, 2]


async def test_two_runs_under_way_keep_their_papers_apart(world: World) -> None:
    world.add_papers(*range(1, 9))
    await world.deliver(1, 2, 3, last=False, run_size=None)
    await world.deliver(5, 6, run_id="run-2", day=NEXT_DAY)
    await world.deliver(4, last=True, run_size=4)
    assert set(world.candidates(NEXT_DAY)) == {paper_id(5), paper_id(6)}
    assert set(world.candidates()) == {paper_id(n) for n in (1, 2, 3, 4)}


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


async def test_a_run_whose_papers_have_the_vectors_of_a_former_model_alone_waits_for_the_new_ones(world: World) -> None:
    world.add_papers(1)
    world.add_metadata(2, 3, 4)
    await world.deliver(1, 2, 3, 4)
    assert world.candidates() == {}
    world.add_papers(2, 3, 4)
    await world.ranker.daily.advance()
    assert set(world.candidates()) == {paper_id(n) for n in (1, 2, 3, 4)}


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
    assert [len(world.selections.of(user).runs(DAY)) for user in ("me", "you")] == [1, 1]


async def test_a_run_that_cannot_be_selected_holds_up_no_other(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.add_papers(*range(1, 21))
    await world.deliver(*range(1, 11), last=False, run_size=None)
    await world.deliver(*range(11, 21), run_id="run-2", day=NEXT_DAY, last=False, run_size=None)
    select = world.ranker.selector.select

    def broken_for_one_day(taste: Taste, day: date, run_id: str, ids: list[str], revised: set[str]) -> list[Candidate]:
        if day == DAY:
            raise PapersysError("the vectors are damaged")
        return select(taste, day, run_id, ids, revised)

    world.clock.pass_seconds(1800)
    with monkeypatch.context() as patched:
        patched.setattr(world.ranker.selector, "select", broken_for_one_day)
        with pytest.raises(PapersysError, match="damaged"):
            await world.ranker.daily.advance()
    assert world.selections.days() == [NEXT_DAY]
    assert len(world.picked) == 3
    await world.ranker.daily.advance()
    assert len(world.picked) == 6


async def test_a_selection_that_another_process_made_a_moment_ago_stands(world: World) -> None:
    """The command line may rank a day between this process's look at it and its turn."""
    world.add_papers(*range(1, 21))
    run = world.ranker.arrival_log.note(ready_event(range(1, 21)), world.clock())
    taste = await world.ranker.learner.current()
    others = world.ranker.selector.select(taste, DAY, "rank-by-hand", [paper_id(n) for n in range(1, 11)])
    world.selections.write(DAY, "rank-by-hand", others)
    await world.ranker.daily._select(run, DAY)
    assert world.selections.runs(DAY) == ["rank-by-hand"]
    assert world.ranker.arrival_log.runs()[0].closed
