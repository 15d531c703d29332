import asyncio
import itertools
import time
from pathlib import Path

import pytest

from services.fetcher.gate import ArxivStopped, Gate, GateState
from shared.errors import TemporaryFailure
from tests.support.arxiv import data_folder


def new_gate(folder: Path, pace: float = 0.0, patience: float = 1.0, now: float | None = None) -> Gate:
    clock = time.time if now is None else lambda: now
    return Gate(data_folder(folder), pace, patience, (10.0, 60.0), clock)


async def test_requests_of_several_gates_keep_their_distance(tmp_path: Path) -> None:
    now = 1_000.0
    times: list[float] = []

    async def sleep(seconds: float) -> None:
        nonlocal now
        now += seconds + 0.001
        await asyncio.sleep(0)

    gates = [Gate(data_folder(tmp_path), 3.0, 10.0, (10.0,), lambda: now, sleep) for _ in range(3)]

    async def ask(gate: Gate) -> None:
        async with gate.turn():
            times.append(now)
            gate.sent()

    await asyncio.gather(*map(ask, gates))
    gaps = [later - earlier for earlier, later in itertools.pairwise(times)]
    assert len(gaps) == 2
    assert 3.0 <= min(gaps) <= max(gaps) < 4.0


async def test_only_one_request_is_under_way(tmp_path: Path) -> None:
    first, second = new_gate(tmp_path), new_gate(tmp_path)
    async with first.turn():
        late = asyncio.create_task(second.turn().__aenter__())
        done, _ = await asyncio.wait([late], timeout=0.2)
        assert not done
    await asyncio.wait_for(late, 5)


async def test_a_wait_beyond_patience_goes_back_to_who_asked(tmp_path: Path) -> None:
    gate = new_gate(tmp_path, now=1_000_000.0)
    async with gate.turn():
        gate.failed("503 Service Unavailable", 900.0)
    with pytest.raises(
        TemporaryFailure, match=r"arXiv fails since 13:46 UTC .503 Service Unavailable., next try 14:01"
    ) as it:
        async with new_gate(tmp_path, now=1_000_100.0).turn():
            pass
    assert it.value.retry_in_seconds == pytest.approx(800.0)


async def test_failures_without_a_word_wait_longer_each_time_and_a_success_forgets_them(tmp_path: Path) -> None:
    gate = new_gate(tmp_path)
    assert [gate.failed("429", None) for _ in range(3)] == [10.0, 60.0, 60.0]
    assert gate.state().failures == 3
    gate.succeeded()
    assert gate.state().failures == 0
    assert gate.problem() is None


async def test_a_stop_holds_over_restarts_until_a_person_lifts_it(tmp_path: Path) -> None:
    new_gate(tmp_path, now=1_000_000.0).stop("arXiv answered 403 Forbidden.")
    gate = new_gate(tmp_path)
    with pytest.raises(ArxivStopped, match="not asked any more since 1970-01-12T13:46 UTC: arXiv answered 403"):
        async with gate.turn():
            pass
    assert "papersys fetch --resume" in (gate.stop_problem() or "")
    assert gate.resume()
    async with gate.turn():
        pass
    assert not gate.resume()


@pytest.mark.parametrize(
    ("state", "now", "expected"),
    [
        (GateState(), 100.0, 0.0),
        (GateState(asked_at=99.0), 100.0, 2.0),
        (GateState(asked_at=90.0), 100.0, 0.0),
        (GateState(asked_at=5_000.0), 100.0, 3.0),
        (GateState(asked_at=99.0, closed_until=150.0), 100.0, 50.0),
    ],
)
def test_the_wait_is_a_pace_or_what_arxiv_asked_for_even_if_the_clock_was_set_back(
    state: GateState, now: float, expected: float
) -> None:
    assert state.wait_seconds(now, 3.0) == expected
