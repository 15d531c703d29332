"""A taste learned from the vectors of two models of different dimension."""

import json
from pathlib import Path

import numpy as np
import pytest

from services.ranker.commands import best
from services.ranker.interests.directions import FacetDirection
from services.ranker.models.commands import models, use_model
from services.ranker.settings import Settings
from shared.contracts import ArxivSearch, ArxivSearchReply, Encode, EncodeReply, FoundPaper, Search
from shared.errors import SettingsError
from shared.settings.settings import EmbeddingSettings, ModelSettings
from shared.store.vectors.embeddings import Recipe
from shared.store.vectors.writer import Embedded, VectorWriter
from tests.unit.ranker.world import DIMENSION, MORNING, TOPICS, World, paper_id, topic_vector

SECOND = 6
TABLES = {"test": ModelSettings(name="test", dimension=DIMENSION), "second": ModelSettings(name="s", dimension=SECOND)}


def joined(settings: Settings, *also: str) -> Settings:
    embedding = EmbeddingSettings(model="test", also=also, models=TABLES)
    return settings.model_copy(update={"embedding": embedding})


def add_second(world: World, *numbers: int) -> None:
    matrix = np.array([topic_vector(number % 4, 9000 + number, SECOND) for number in numbers])
    ids = [paper_id(number) for number in numbers]
    embedded = Embedded(ids, matrix, [f"hash {number}" for number in numbers], "test", MORNING)
    VectorWriter(world.data, "second", Recipe("s", "main", SECOND, 256)).put(embedded)


@pytest.fixture
def world(tmp_path: Path) -> World:
    made = World(tmp_path)
    made.add_papers(*range(1, 61))
    add_second(made, *range(1, 51))
    made.say("like", 4, 8)
    made.settings = joined(made.settings, "second")
    made.start()
    return made


def record(world: World) -> dict[str, object]:
    content: dict[str, object] = json.loads(world.data.path("state", "ranker", "me", "model.json").read_text())
    return content


async def test_picks_and_models_rest_on_both_and_say_so(world: World) -> None:
    await world.deliver(*range(11, 61))
    candidates = world.candidates()
    assert set(candidates) == {paper_id(number) for number in range(11, 51)}
    assert {one.model for one in candidates.values()} == {"test+second"}
    assert {int(one[-2:]) % 4 for one in world.picked} == {0}
    said = record(world)
    assert (said["model"], said["dimension"], said["likes"]) == ("test+second", DIMENSION + SECOND, 2)


async def test_another_set_of_models_is_learned_anew(world: World) -> None:
    both = await world.ranker.learner.current()
    world.settings = joined(world.settings)
    alone = await world.start().learner.current()
    assert (both.dimension, alone.dimension) == (DIMENSION + SECOND, DIMENSION)
    assert both.fingerprint != alone.fingerprint
    assert record(world)["model"] == "test"


async def test_a_chosen_model_of_other_embeddings_is_refused(world: World, caplog: pytest.LogCaptureFixture) -> None:
    await world.ranker.learner.current()
    use_model(world.settings, models(world.settings)[0].model_id)
    world.settings = joined(world.settings)
    assert (await world.start().learner.current()).dimension == DIMENSION
    assert f"its vectors have {DIMENSION + SECOND} items, the stored papers' {DIMENSION}" in caplog.text


async def test_seeds_are_encoded_by_both(tmp_path: Path) -> None:
    made = World(tmp_path, seeds=("proteins",))
    made.add_papers(*range(1, 41))
    add_second(made, *range(1, 41))
    made.settings = joined(made.settings, "second")
    made.bus.answers[Encode] = encode_by_both
    await made.start().seeds.complete_them()
    await made.deliver(*range(1, 41))
    assert {int(one[-2:]) % 4 for one in made.picked} == {1}


async def test_what_arxiv_finds_is_judged_by_both(world: World) -> None:
    world.bus.answers[Encode] = encode_by_both
    new = [FoundPaper(paper_id=f"2610.0000{n}", title=f"New {name}") for n, name in enumerate(TOPICS)]
    world.bus.answers[ArxivSearch] = lambda request: ArxivSearchReply(papers=tuple(new), total=4)
    reply = await world.bus.responders[Search](Search(query="graphs", where="arxiv"))
    assert reply.hits[0].paper_id == "2610.00000"
    assert any("your model" in reason for reason in reply.hits[0].reasons)


async def test_a_wish_about_a_facet_of_the_model_in_use_is_weighed_on_its_vectors_alone(world: World) -> None:
    facet = FacetDirection(np.eye(DIMENSION, dtype=np.float32)[0], 0.75, 0.01, "mute", "graphs")
    world.ranker.selector._preferences = lambda user: (facet,)
    await world.deliver(*range(11, 51))
    muted = [one.paper_id for one in world.candidates().values() if "in “graphs”, which you muted" in one.reasons]
    assert sorted(muted) == [paper_id(number) for number in range(12, 51, 4)]


def test_the_best_of_the_last_days_have_both(world: World) -> None:
    ids = [hit.paper_id for hit in best(world.settings, days=3000, limit=100).hits]
    assert {paper_id(number) for number in range(51, 61)}.isdisjoint(ids)
    assert int(ids[0][-2:]) % 4 == 0


def test_a_model_without_a_table_is_refused(world: World) -> None:
    with pytest.raises(SettingsError, match=r"embedding.also names 'third', but there is no table"):
        _ = joined(world.settings, "third").embedding.joined


def encode_by_both(request: Encode) -> EncodeReply:
    topics = [next((n for n, name in enumerate(TOPICS) if name in text), 0) for text in request.texts]
    rows = []
    for topic in topics:
        parts = [np.eye(DIMENSION)[topic], np.eye(SECOND)[topic]] if request.joined else [np.eye(DIMENSION)[topic]]
        rows.append(tuple(map(float, np.concatenate(parts) / len(parts) ** 0.5)))
    return EncodeReply(model="test+second" if request.joined else "test", vectors=tuple(rows))
