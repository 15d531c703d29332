"""Several papers at once, no paper twice at the same time, and one outcome for each."""

import asyncio

import pytest

from services.summarizer.subscribers import OneAtATime, for_each_paper, papers_at_once
from shared.errors import PapersFailed, PermanentFailure, TemporaryFailure


async def test_papers_are_read_side_by_side_and_a_bad_one_stops_none() -> None:
    begun: list[str] = []
    all_begun = asyncio.Event()

    async def work(paper_id: str) -> None:
        begun.append(paper_id)
        if len(begun) == 3:
            all_begun.set()
        await asyncio.wait_for(all_begun.wait(), 5)
        if paper_id == "b":
            raise PermanentFailure("no text")
        if paper_id == "c":
            raise TemporaryFailure("later")

    with pytest.raises(PapersFailed) as failed:
        await for_each_paper(["a", "b", "c"], work)
    assert {name: str(error) for name, error in failed.value.failures.items()} == {"b": "no text", "c": "later"}


async def test_an_only_papers_error_is_told_as_it_is() -> None:
    async def work(paper_id: str) -> None:
        raise PermanentFailure("no text")

    with pytest.raises(PermanentFailure, match="no text"):
        await for_each_paper(["a"], work)


async def test_what_is_cancelled_is_no_failure_of_a_paper() -> None:
    started = asyncio.Event()

    async def work(paper_id: str) -> None:
        started.set()
        await asyncio.Event().wait()

    task = asyncio.create_task(for_each_paper(["a", "b"], work))
    await started.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_work_on_one_paper_waits_for_earlier_work_on_it_and_not_for_other_papers() -> None:
    alone, order = OneAtATime(), list[str]()
    first_is_in, go_on = asyncio.Event(), asyncio.Event()

    async def first() -> None:
        async with alone.alone("a"):
            first_is_in.set()
            await go_on.wait()
            order.append("first a")

    async def later(name: str) -> None:
        await first_is_in.wait()
        async with alone.alone(name):
            order.append(f"later {name}")
            go_on.set()

    await asyncio.gather(first(), later("a"), later("b"))
    assert order == ["later b", "first a", "later a"]
    assert alone._locks == {}


def test_models_never_wait_for_a_paper_that_is_being_stored() -> None:
    assert [papers_at_once(calls) for calls in (1, 4, 16)] == [4, 8, 32]
