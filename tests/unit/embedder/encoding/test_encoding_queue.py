"""The encoding thread: order, slices, failures, life."""

import asyncio
from collections.abc import AsyncIterator

import numpy as np
import pytest

from services.embedder.encoding.encoding_queue import EncodingThread, Priority
from shared.errors import PapersysError, PermanentFailure, TemporaryFailure
from tests.support.checks.waiting import eventually
from tests.support.papers.embedder import DIMENSION, CountingEncoder


@pytest.fixture
def encoder() -> CountingEncoder:
    return CountingEncoder()


@pytest.fixture
async def encoding(encoder: CountingEncoder) -> AsyncIterator[EncodingThread]:
    thread = EncodingThread(encoder, DIMENSION, slice_size=2, load_again_seconds=0.01)
    async with thread.running():
        yield thread


async def test_vectors_come_back_as_unit_float32_in_the_order_of_the_texts(
    encoder: CountingEncoder, encoding: EncodingThread
) -> None:
    texts = ["short", "a text that is longer", "middling one", "x"]
    matrix, failures = await encoding.encode(texts)
    wanted = np.stack([encoder.vector(text) / np.linalg.norm(encoder.vector(text)) for text in texts])
    np.testing.assert_allclose(matrix, wanted, atol=1e-6)
    assert matrix.dtype == np.float32
    assert failures == {}
    assert encoder.texts == sorted(texts, key=len, reverse=True)
    assert max(len(texts) for texts in encoder.asked) == 2


async def test_no_texts_ask_nothing_of_the_model(encoder: CountingEncoder, encoding: EncodingThread) -> None:
    assert (await encoding.encode([])).matrix.shape == (0, DIMENSION)
    assert encoder.texts == []


async def test_a_query_waits_for_one_slice_at_most_and_the_backlog_waits_for_papers(
    encoder: CountingEncoder, encoding: EncodingThread
) -> None:
    await eventually(lambda: encoding.problem() is None)
    encoder.gate.clear()
    jobs = [
        asyncio.create_task(encoding.encode([f"old {n}" for n in range(4)], "passage", Priority.BACKLOG)),
    ]
    await eventually(lambda: len(encoder.asked) == 2)
    jobs.append(asyncio.create_task(encoding.encode(["day 1", "day 2"], "passage", Priority.PAPERS)))
    jobs.append(asyncio.create_task(encoding.encode(["query"], "query", Priority.QUERY)))
    await asyncio.sleep(0)
    encoder.gate.set()
    await asyncio.gather(*jobs)
    assert encoder.asked[1:] == [("old 0", "old 1"), ("query",), ("day 1", "day 2"), ("old 2", "old 3")]


async def test_batches_that_come_together_share_slices(encoder: CountingEncoder, encoding: EncodingThread) -> None:
    await eventually(lambda: encoding.problem() is None)
    encoder.gate.clear()
    first = asyncio.create_task(encoding.encode(["in the way"]))
    await eventually(lambda: len(encoder.asked) == 2)
    others = [asyncio.create_task(encoding.encode([text])) for text in ("one", "two")]
    await asyncio.sleep(0)
    encoder.gate.set()
    await asyncio.gather(first, *others)
    assert encoder.asked[2:] == [("one", "two")]


async def test_a_text_that_the_model_breaks_on_or_refuses_fails_alone(encoding: EncodingThread) -> None:
    matrix, failures = await encoding.encode(["good one", "broken", "refused", "good too"])
    assert sorted(failures) == [1, 2]
    assert "finite" in failures[1]
    assert "does not like" in failures[2]
    assert np.isnan(matrix[[1, 2]]).all()
    np.testing.assert_allclose(np.linalg.norm(matrix[[0, 3]], axis=1), 1, atol=1e-6)


async def test_an_error_that_comes_once_harms_no_text(encoder: CountingEncoder, encoding: EncodingThread) -> None:
    encoder.errors = [RuntimeError("out of memory")]
    assert (await encoding.encode(["one", "two"])).failures == {}


@pytest.mark.parametrize("error", [RuntimeError("out of memory"), TemporaryFailure("answered 500: too long")])
async def test_a_text_that_alone_brings_an_error_fails_alone(
    encoder: CountingEncoder, encoding: EncodingThread, error: Exception
) -> None:
    encoder.breaks_on["far too long"] = error
    matrix, failures = await encoding.encode(["one", "far too long", "two"])
    assert list(failures) == [1]
    assert str(error) in failures[1]
    assert not np.isnan(matrix[[0, 2]]).any()
    assert encoding.problem() is None


@pytest.mark.parametrize(
    "error",
    [
        TemporaryFailure("answered 401: the key has expired", retry_in_seconds=0.02),
        PermanentFailure("answered 400: no such model"),
        TemporaryFailure("answered 500"),
        RuntimeError("CUDA error"),
        PapersysError("vLLM does not start"),
    ],
)
async def test_while_the_model_fails_for_any_text_all_wait_and_none_is_to_blame(
    encoder: CountingEncoder, encoding: EncodingThread, error: Exception
) -> None:
    await eventually(lambda: encoding.problem() is None)
    encoder.away = error
    for texts in (["one", "two", "three"], ["four"]):
        with pytest.raises(TemporaryFailure, match="No text can be encoded now") as told:
            await encoding.encode(texts)
        assert told.value.retry_in_seconds
        assert str(error) in str(told.value)
    assert str(error) in (encoding.problem() or "")
    encoder.away = None
    await eventually(lambda: encoding.problem() is None)
    assert (await encoding.encode(["one", "two", "three"])).failures == {}


async def test_texts_in_the_queue_are_told_when_the_model_goes_away(
    encoder: CountingEncoder, encoding: EncodingThread
) -> None:
    await eventually(lambda: encoding.problem() is None)
    encoder.gate.clear()
    jobs = [asyncio.create_task(encoding.encode([f"text {n}"])) for n in range(10)]
    await eventually(lambda: len(encoder.asked) == 2)
    encoder.away = TemporaryFailure("answered 403", retry_in_seconds=0.02)
    encoder.gate.set()
    results = await asyncio.gather(*jobs, return_exceptions=True)
    assert sum(isinstance(one, TemporaryFailure) for one in results) >= 8


async def test_a_server_that_is_away_is_asked_once_in_a_while_however_many_ask_for_vectors(
    encoder: CountingEncoder,
) -> None:
    encoding = EncodingThread(encoder, DIMENSION, 2, load_again_seconds=60)
    async with encoding.running():
        await eventually(lambda: encoding.problem() is None)
        encoder.away = TemporaryFailure("answered 429", retry_in_seconds=0.01)
        for _ in range(50):
            with pytest.raises(TemporaryFailure):
                await encoding.encode(["text"])
    assert len(encoder.asked) == 2


async def test_a_model_that_cannot_be_loaded_is_tried_again_and_says_why_meanwhile(encoder: CountingEncoder) -> None:
    encoder.load_errors = [PapersysError("no such model")]
    encoding = EncodingThread(encoder, DIMENSION, 2, load_again_seconds=0.05)
    assert encoding.problem() == "the model is not loaded yet"
    async with encoding.running():
        await eventually(lambda: encoding.problem() == "no such model")
        with pytest.raises(TemporaryFailure, match="no such model"):
            await encoding.encode(["hasty"])
        await eventually(lambda: encoding.problem() is None)
        assert (await encoding.encode(["patient"])).failures == {}
    assert encoder.closed


async def test_a_model_of_another_dimension_is_never_ready_and_the_reason_says_what_to_set() -> None:
    encoding = EncodingThread(CountingEncoder(dimension=3), DIMENSION, 2)
    with pytest.raises(PapersysError, match=r"vectors of 3 numbers, the settings say 8; set dimension"):
        async with encoding.running_or_failing():
            pytest.fail("it must not be ready")


async def test_at_the_end_texts_that_wait_are_given_up_for_another_time(encoder: CountingEncoder) -> None:
    encoding = EncodingThread(encoder, DIMENSION, 1)
    async with encoding.running():
        await eventually(lambda: encoding.problem() is None)
        encoder.gate.clear()
        job = asyncio.create_task(encoding.encode(["one", "two", "three"]))
        await eventually(lambda: len(encoder.asked) == 2)
        asyncio.get_running_loop().call_later(0.05, encoder.gate.set)
    with pytest.raises(TemporaryFailure, match="stopping"):
        await job
    with pytest.raises(TemporaryFailure, match="stopping"):
        await encoding.encode(["too late"])
