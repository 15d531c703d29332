"""Events in, vectors and events out."""

import asyncio
import functools
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from services.embedder.encoding.encoding_queue import EncodingThread
from services.embedder.models import Model
from services.embedder.papers.embedding import PaperEmbedder
from services.embedder.papers.gaps import GapFinder, embed_missing, keep_embedding_missing
from services.embedder.subscribers import register
from shared.contracts import EmbeddingsReady, Encode, EncodeReply, Lookup, LookupReply, PapersNew
from shared.errors import PapersFailed, PermanentFailure, RequestFailed, TemporaryFailure
from shared.service.background import Background
from shared.store.files.data_folder import DataFolder
from shared.store.papers.metadata import MetadataStore
from shared.store.vectors.backlog import Backlog
from shared.store.vectors.embeddings import Recipe, VectorStore
from shared.store.vectors.writer import VectorWriter
from tests.support.bus.in_memory import FakeBus
from tests.support.checks.waiting import eventually
from tests.support.papers.embedder import DIMENSION, CountingEncoder, paper


@dataclass
class House:
    data: DataFolder
    bus: FakeBus
    encoder: CountingEncoder
    encoding: EncodingThread
    embedder: PaperEmbedder
    metadata: MetadataStore
    store: VectorStore
    backlog: Backlog

    def finder(self, failed_attempts: int | None = None) -> GapFinder:
        return GapFinder(self.data, self.store, self.backlog, failed_attempts)

    @property
    def ready(self) -> EmbeddingsReady:
        (event,) = self.bus.published
        assert isinstance(event, EmbeddingsReady)
        return event


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    data, bus, encoder = DataFolder(tmp_path, min_free_mb=0), FakeBus(), CountingEncoder()
    encoding = EncodingThread(encoder, DIMENSION, slice_size=64)
    metadata, store, backlog = MetadataStore(data), VectorStore(data, "tiny"), Backlog(data)
    writer = VectorWriter(data, "tiny", Recipe("test-model", "1", DIMENSION, 256))
    embedder = PaperEmbedder(MetadataStore(data), store, writer, backlog, encoding)
    finder = GapFinder(data, store, backlog, 3)
    register(bus, [Model(embedder, encoding, finder, lambda: None)])
    async with encoding.running():
        await eventually(lambda: encoding.problem() is None)
        yield House(data, bus, encoder, encoding, embedder, metadata, store, backlog)


async def test_new_papers_get_vectors_and_it_is_said_with_the_facts_of_their_run(house: House) -> None:
    house.metadata.put([paper("2401.00001"), paper("2401.00002", title="Another")])
    event = PapersNew(
        paper_ids=("2401.00002", "2401.00001"),
        run_id="r1",
        day=date(2024, 1, 3),
        last=True,
        run_size=2,
        reason="revised",
    )
    await house.bus.deliver(event)
    assert house.store.count() == 2
    ready = house.ready
    assert (ready.paper_ids, ready.failed, ready.model) == (event.paper_ids, (), "tiny")
    assert (ready.run_id, ready.day, ready.last, ready.run_size, ready.reason) == ("r1", event.day, True, 2, "revised")
    assert ready.caused_by == event.event_id
    np.testing.assert_allclose(np.linalg.norm(house.store.all().matrix, axis=1), 1, atol=1e-6)


async def test_a_paper_seen_twice_is_embedded_once_and_announced_twice_as_the_same_event(house: House) -> None:
    house.metadata.put([paper("2401.00001")])
    event = PapersNew(paper_ids=("2401.00001",))
    await house.bus.deliver(event)
    await house.bus.deliver(event)
    assert len(house.encoder.texts) == 1
    assert house.bus.published[0].event_id == house.bus.published[1].event_id


async def test_force_embeds_again(house: House) -> None:
    house.metadata.put([paper("2401.00001")])
    await house.bus.deliver(PapersNew(paper_ids=("2401.00001",)))
    await house.bus.deliver(PapersNew(paper_ids=("2401.00001",), force=True))
    assert len(house.encoder.texts) == 2
    assert house.bus.published[1].force  # type: ignore[attr-defined]


async def test_a_revised_text_is_embedded_again_and_takes_the_place_of_the_old(house: House) -> None:
    house.metadata.put([paper("2401.00001")])
    await house.bus.deliver(PapersNew(paper_ids=("2401.00001",)))
    before = house.store.all().matrix.copy()
    house.metadata.put([paper("2401.00001", abstract="Now it says more.", version=2)])
    await house.bus.deliver(PapersNew(paper_ids=("2401.00001",), reason="revised"))
    assert house.store.count() == 1
    assert not np.array_equal(house.store.all().matrix, before)


async def test_spacing_alone_is_no_change_of_text(house: House) -> None:
    house.metadata.put([paper("2401.00001", abstract="Two  words\nthree.")])
    await house.bus.deliver(PapersNew(paper_ids=("2401.00001",)))
    house.metadata.put([paper("2401.00001", abstract="Two words three.", version=2)])
    await house.bus.deliver(PapersNew(paper_ids=("2401.00001",)))
    assert len(house.encoder.texts) == 1


async def test_an_id_never_harvested_is_looked_up_first(house: House) -> None:
    def look_up(request: Lookup) -> LookupReply:
        house.metadata.put([paper(paper_id) for paper_id in request.paper_ids])
        return LookupReply(found=request.paper_ids)

    house.bus.answers[Lookup] = look_up
    house.metadata.put([paper("2401.00001")])
    await house.bus.deliver(PapersNew(paper_ids=("2401.00001", "2403.12345")))
    assert house.bus.asked == [Lookup(paper_ids=("2403.12345",))]
    assert house.ready.paper_ids == ("2401.00001", "2403.12345")


async def test_an_id_that_arxiv_does_not_know_fails_alone_with_the_reason(house: House) -> None:
    house.bus.answers[Lookup] = LookupReply(missing={"2403.99999": "arXiv has no such paper"})
    house.metadata.put([paper("2401.00001")])
    with pytest.raises(PapersFailed) as failed:
        await house.bus.deliver(PapersNew(paper_ids=("2401.00001", "2403.99999"), run_id="r1"))
    assert isinstance(failed.value.failures["2403.99999"], PermanentFailure)
    assert "no such paper" in str(failed.value)
    assert (house.ready.paper_ids, house.ready.failed) == (("2401.00001",), ("2403.99999",))


@pytest.mark.parametrize(("run_id", "published"), [(None, 0), ("r1", 1)])
async def test_when_all_fail_only_a_run_is_told(house: House, run_id: str | None, published: int) -> None:
    house.bus.answers[Lookup] = LookupReply(missing={"2403.99999": "arXiv has no such paper"})
    with pytest.raises(PapersFailed):
        await house.bus.deliver(PapersNew(paper_ids=("2403.99999",), run_id=run_id))
    assert len(house.bus.published) == published


async def test_while_nobody_can_look_up_the_known_papers_go_on_and_the_others_come_again(house: House) -> None:
    house.metadata.put([paper("2401.00001")])
    with pytest.raises(PapersFailed) as failed:
        await house.bus.deliver(PapersNew(paper_ids=("2401.00001", "2403.12345"), run_id="r1"))
    assert isinstance(failed.value.failures["2403.12345"], TemporaryFailure)
    assert (house.ready.paper_ids, house.ready.failed) == (("2401.00001",), ())


async def test_a_lookup_that_can_never_succeed_is_final(house: House) -> None:
    house.bus.answers[Lookup] = RequestFailed("refused", code="permanent", retryable=False)
    with pytest.raises(PapersFailed) as failed:
        await house.bus.deliver(PapersNew(paper_ids=("2403.12345",)))
    assert isinstance(failed.value.failures["2403.12345"], PermanentFailure)


async def test_papers_without_text_or_vector_fail_with_the_reason_and_stay_in_the_backlog(house: House) -> None:
    house.metadata.put([paper("2401.00001", title="", abstract=" "), paper("2401.00002", abstract="broken")])
    house.metadata.put([paper("2401.00003")])
    ids = ("2401.00001", "2401.00002", "2401.00003")
    with pytest.raises(PapersFailed) as failed:
        await house.bus.deliver(PapersNew(paper_ids=ids, run_id="r1"))
    assert "nothing to embed" in str(failed.value.failures["2401.00001"])
    assert "finite" in str(failed.value.failures["2401.00002"])
    assert (house.ready.paper_ids, house.ready.failed) == (ids[2:], ids[:2])
    rows = house.backlog.all("tiny")
    assert [(row.paper_id, row.missing_reason, row.attempts) for row in rows] == [
        ("2401.00002", "failed", 1),
        ("2401.00001", "failed", 1),
    ]


async def test_a_very_long_text_is_embedded(house: House) -> None:
    house.metadata.put([paper("2401.00001", abstract="long " * 20_000)])
    await house.bus.deliver(PapersNew(paper_ids=("2401.00001",)))
    assert house.store.count() == 1


async def test_texts_are_answered_with_unit_vectors_in_their_order(house: House) -> None:
    reply = await house.bus.responders[Encode](Encode(texts=("dark  matter", "galaxies")))
    wanted = house.encoder.vector("dark matter")
    assert reply.model == "tiny"
    np.testing.assert_allclose(reply.vectors[0], wanted / np.linalg.norm(wanted), atol=1e-6)
    assert len(reply.vectors) == 2


async def test_a_text_that_cannot_be_encoded_is_a_final_error(house: House) -> None:
    with pytest.raises(PermanentFailure, match="Text 2 of 2"):
        await house.bus.responders[Encode](Encode(texts=("fine", "broken")))


async def test_a_busy_embedder_says_so(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.embedder.subscribers._ANSWER_SECONDS", 0.05)
    house.encoder.gate.clear()
    try:
        with pytest.raises(RequestFailed) as failed:
            await house.bus.responders[Encode](Encode(texts=("dark matter",)))
    finally:
        house.encoder.gate.set()
    assert (failed.value.code, failed.value.retryable) == ("busy", True)


async def test_before_the_model_is_loaded_requests_are_told_to_come_again(tmp_path: Path, house: House) -> None:
    idle = EncodingThread(CountingEncoder(), DIMENSION, 2)
    bus = FakeBus()
    register(bus, [Model(house.embedder, idle, house.finder(), lambda: None)])
    with pytest.raises(TemporaryFailure, match="not loaded yet"):
        await bus.responders[Encode](Encode(texts=("dark matter",)))


async def test_what_was_lost_is_found_and_embedded_newest_first(house: House) -> None:
    house.metadata.put([paper("2312.00001"), paper("2401.00001"), paper("2401.00002", abstract="Newest.")])
    finder = house.finder()
    worked = await embed_missing(finder, house.embedder)
    assert (worked.embedded, worked.failed) == (3, 0)
    assert house.encoder.texts[-1] == "A title. An abstract."
    assert house.backlog.all() == []
    assert [gap.month for gap in finder.gaps()] == []
    (house.store.folder / "manifest.json").unlink()
    for path in house.store.folder.iterdir():
        path.unlink()
    assert [gap.month for gap in finder.gaps()] == ["2024-01", "2023-12"]
    assert (await embed_missing(finder, house.embedder, limit=2)).embedded == 2


async def test_the_backlog_tells_its_reasons_apart(house: House) -> None:
    house.metadata.put([paper("2401.00001"), paper("2401.00002")])
    await house.bus.deliver(PapersNew(paper_ids=("2401.00001", "2401.00002")))
    house.metadata.put(
        [paper("2401.00001", abstract="New words.", version=2), paper("2401.00003"), paper("2312.00001")]
    )
    reasons = {row.paper_id: row.missing_reason for gap in house.finder().gaps() for row in gap.rows}
    assert reasons == {"2401.00001": "text_changed", "2401.00003": "not_embedded", "2312.00001": "no_year_file"}
    assert [gap.month for gap in house.finder().gaps(2023)] == ["2023-12"]


async def test_a_paper_that_failed_too_often_is_passed_over(house: House) -> None:
    house.metadata.put([paper("2401.00001", abstract="broken")])
    finder = house.finder(failed_attempts=2)
    for _ in range(3):
        await embed_missing(finder, house.embedder)
    (row,) = house.backlog.all("tiny")
    assert (row.attempts, row.missing_reason) == (2, "failed")
    assert row.detail.startswith("The model gave no finite vector")


@pytest.mark.parametrize("every_seconds", [0, 3600])
async def test_in_the_background_gaps_are_closed_and_the_snapshot_is_maintained(
    house: House, every_seconds: float
) -> None:
    house.metadata.put([paper("2401.00001")])
    finder, done = GapFinder(house.data, house.store, house.backlog, 3), asyncio.Event()
    loop = asyncio.get_running_loop()
    maintain = functools.partial(loop.call_soon_threadsafe, done.set)
    async with Background(
        {"gaps": lambda: keep_embedding_missing(finder, house.embedder, every_seconds, maintain)}
    ).running():
        await asyncio.wait_for(done.wait(), 20)
    assert house.store.count() == (1 if every_seconds else 0)


@pytest.fixture
async def two_models(house: House) -> AsyncIterator[EncodingThread]:
    """The house with a second model, of another dimension, joined to the first."""
    second = EncodingThread(CountingEncoder(3), 3, slice_size=64)
    writer = VectorWriter(house.data, "second", Recipe("second", "main", 3, 256))
    store = VectorStore(house.data, "second")
    embedder = PaperEmbedder(house.metadata, store, writer, house.backlog, second)
    finder = GapFinder(house.data, store, house.backlog, 3)
    first = Model(house.embedder, house.encoding, house.finder(), lambda: None)
    register(house.bus, [first, Model(embedder, second, finder, lambda: None)])
    async with second.running_or_failing():
        yield second


async def test_with_joined_models_a_paper_is_ready_when_all_have_its_vector(
    house: House, two_models: EncodingThread
) -> None:
    house.metadata.put([paper("2401.00001"), paper("2401.00002")])
    await house.bus.deliver(PapersNew(paper_ids=("2401.00001", "2401.00002")))
    assert (house.ready.paper_ids, house.ready.model) == (("2401.00001", "2401.00002"), "tiny")
    assert (house.store.count(), VectorStore(house.data, "second").count()) == (2, 2)


async def test_a_paper_that_one_of_the_joined_models_refuses_is_said_to_fail(
    house: House, two_models: EncodingThread, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.metadata.put([paper("2401.00001"), paper("2401.00002", abstract="Odd.")])
    plain = CountingEncoder.vector
    monkeypatch.setattr(
        CountingEncoder,
        "vector",
        lambda encoder, text: plain(encoder, "broken" if encoder.dimension == 3 and "Odd" in text else text),
    )
    with pytest.raises(PapersFailed, match="no finite vector"):
        await house.bus.deliver(PapersNew(paper_ids=("2401.00001", "2401.00002"), run_id="run-1"))
    assert (house.ready.paper_ids, house.ready.failed) == (("2401.00001",), ("2401.00002",))


async def test_texts_are_encoded_by_the_model_in_use_or_by_all_as_one(house: House, two_models: EncodingThread) -> None:
    alone = await house.bus.responders[Encode](Encode(texts=("dark matter",)))
    both = await house.bus.responders[Encode](Encode(texts=("dark matter",), joined=True))
    assert isinstance(alone, EncodeReply)
    assert isinstance(both, EncodeReply)
    assert (alone.model, both.model) == ("tiny", "tiny+second")
    (whole,) = np.array(both.vectors)
    assert len(whole) == DIMENSION + 3
    np.testing.assert_allclose(np.linalg.norm(whole), 1, atol=1e-5)
    np.testing.assert_allclose(whole[:DIMENSION] * 2**0.5, alone.vectors[0], atol=1e-5)
