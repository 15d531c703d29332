import asyncio
import itertools
import json
import time
from pathlib import Path

import pytest

from services.fetcher.arxiv.gate import ArxivStopped, Gate, GateState, Pacing
from shared.errors import TemporaryFailure
from tests.support.arxiv.demo import data_folder


def new_gate(folder: Path, pace: float = 0.0, patience: float = 1.0, now: float | None = None) -> Gate:
    clock = time.time if now is None else lambda: now
    return Gate(data_folder(folder), Pacing(pace, patience, (10.0, 60.0)), clock)


async def test_requests_of_several_gates_keep_their_distance(tmp_path: Path) -> None:
    now = 1_000.0
    times: list[float] = []

    async def sleep(seconds: float) -> None:
        nonlocal now
        now += seconds + 0.001
        await asyncio.sleep(0)

    gates = [Gate(data_folder(tmp_path), Pacing(3.0, 10.0, (10.0,)), lambda: now, sleep) for _ in range(3)]

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
        TemporaryFailure, match=r"arXiv unreachable since 13:46 UTC .503 Service Unavailable., next try 14:01"
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
    with pytest.raises(ArxivStopped, match="Requests to arXiv stopped at 1970-01-12T13:46 UTC: arXiv answered 403"):
        async with gate.turn():
            pass
    assert "papersys fetch --resume" in (gate.stop_problem() or "")
    assert gate.resume()
    async with gate.turn():
        pass
    assert not gate.resume()


async def test_a_pause_that_arxiv_asked_for_stays_when_a_person_lifts_a_stop(tmp_path: Path) -> None:
    gate = new_gate(tmp_path, now=1_000_000.0)
    gate.failed("503 Service Unavailable", 3600.0)
    gate.stop("arXiv answered 403 Forbidden.")
    assert gate.resume()
    assert gate.state().closed_until == 1_003_600.0
    assert gate.pause() == "arXiv unreachable since 13:46 UTC (503 Service Unavailable), next try 14:46 UTC"
    assert new_gate(tmp_path, now=1_003_601.0).pause() is None


async def test_a_wait_of_our_own_ends_when_a_person_says_so(tmp_path: Path) -> None:
    gate = new_gate(tmp_path, now=1_000_000.0)
    gate.failed("no connection", None)
    gate.resume()
    assert (gate.state(), gate.pause()) == (GateState(), None)


async def test_our_own_wait_after_a_pause_of_arxivs_is_not_longer_for_it(tmp_path: Path) -> None:
    gate = new_gate(tmp_path, now=1_000_000.0)
    gate.failed("503", 30.0)
    gate.failed("no connection", None)
    gate.resume()
    assert gate.state().closed_until == 1_000_030.0


def test_a_state_of_an_earlier_version_or_of_another_form_is_read(tmp_path: Path) -> None:
    gate = new_gate(tmp_path)
    path = data_folder(tmp_path).path("state", "fetcher", "gate.json")
    path.parent.mkdir(parents=True, exist_ok=True)
    earlier = {"asked_at": 5.0, "closed_until": 9.0, "failures": 1, "failing_since": 4.0, "problem": "503"}
    path.write_text(json.dumps(earlier))
    assert (gate.state().closed_until, gate.state().demanded_until) == (9.0, 0.0)
    for content in ("[]", '{"closed_until": "soon"}', "{", '{"colour": 1}'):
        path.write_text(content)
        assert gate.state() == GateState()


def test_a_record_of_a_stop_that_cannot_be_read_is_a_stop(tmp_path: Path) -> None:
    gate = new_gate(tmp_path)
    path = data_folder(tmp_path).path("state", "fetcher", "stopped.json")
    path.parent.mkdir(parents=True, exist_ok=True)
    for content in ("{}", "[]", "1", "{"):
        path.write_text(content)
        assert "cannot be read" in (gate.stop_problem() or "")


@pytest.mark.parametrize(
    ("state", "now", "expected"),
    [
        (GateState(), 100.0, 0.0),
        (GateState(asked_at=99.0), 100.0, 2.0),
        (GateState(asked_at=90.0), 100.0, 0.0),
        (GateState(asked_at=5_000.0), 100.0, 3.0),
        (GateState(asked_at=99.0, closed_until=150.0), 100.0, 50.0),
        (GateState(closed_until=4_000_000_000.0), 1_700_000_000.0, 0.0),
    ],
)
def test_the_wait_is_a_pace_or_what_arxiv_asked_for_even_if_the_clock_was_set_back(
    state: GateState, now: float, expected: float
) -> None:
    assert state.wait_seconds(now, 3.0) == expected


async def test_a_gate_names_its_server_and_slows_down_where_that_asks_for_it(tmp_path: Path) -> None:
    now, slept = [1_000.0], list[float]()

    async def sleep(seconds: float) -> None:
        slept.append(seconds)
        now[0] += seconds + 0.001  # a clock never stands exactly where a sum of fractions says

    data = data_folder(tmp_path)
    other = Gate(data, Pacing(1, 60, (10,)), lambda: now[0], sleep, server="bioRxiv", folder=("sources", "biorxiv"))
    other.slow_down(7)
    for _ in range(2):
        async with other.turn():
            pass
    assert round(sum(slept), 2) == 7.14
    other.stop("It answered 403.")
    assert "Requests to bioRxiv stopped" in str(other.problem())
    assert Gate(data, Pacing(1, 60, (10,))).problem() is None
