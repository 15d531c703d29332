"""Papers embedded by another model beside the vectors in use, with models that need no torch."""

from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import pytest

from services.embedder import commands, replay
from services.embedder.replay import EmbedReplay
from services.embedder.settings import Settings
from shared.contracts import now
from shared.errors import PapersysError, SettingsError
from shared.settings.settings import DataSettings, EmbeddingSettings, ModelSettings
from shared.store.files.data_folder import DataFolder
from shared.store.keeping.replays import Replay, ReplayRecord, ReplayRequest, ReplayStore
from shared.store.papers.metadata import MetadataStore
from shared.store.people.preferences import Rating, RatingStore
from shared.store.vectors.embeddings import VectorStore
from tests.support.papers.embedder import DIMENSION, CountingEncoder, paper

OCTOBER, NOVEMBER = "2610.00001", "2611.00001"


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    def encoder(model: ModelSettings, threads: int | None) -> CountingEncoder:
        return CountingEncoder(model.dimension)

    monkeypatch.setattr(commands, "open_encoder", encoder)
    monkeypatch.setattr(replay, "open_encoder", encoder)
    tables = {
        "minilm": ModelSettings(dimension=DIMENSION),
        "wide": ModelSettings(dimension=2 * DIMENSION, name="wide"),
    }
    return Settings(data=DataSettings(path=tmp_path, min_free_mb=0), embedding=EmbeddingSettings(models=tables))


@pytest.fixture
def data(settings: Settings) -> DataFolder:
    folder = DataFolder(settings.data.path, 0)
    MetadataStore(folder).put([paper(OCTOBER), paper("2610.00002", title="refused"), paper(NOVEMBER)])
    commands.embed(settings)
    return folder


def begun(data: DataFolder, **request: object) -> Replay:
    wanted = ReplayRequest.model_validate({"stage": "embed", "model": "wide", **request})
    return ReplayStore(data).put(ReplayRecord(name="embed-wide", request=wanted, begun_at=now()))


def nothing(done: int, total: int) -> None:
    pass


def ids(store: VectorStore) -> set[str]:
    return {paper_id for year in store.years() for paper_id in store.ids(year)}


def test_vectors_are_made_beside_those_in_use_and_take_their_place_in_one_step(
    settings: Settings, data: DataFolder
) -> None:
    stage, made = EmbedReplay(settings), begun(data)
    stood = ids(VectorStore(data, "minilm"))
    assert stage.forecast(made).figures == {"papers": 3}
    stage.run(made, nothing)
    assert ids(VectorStore(made.own, "wide")) == stood == {OCTOBER, NOVEMBER}
    assert not data.path("embeddings", "wide").exists()
    assert stage.report(made).figures | {"seconds": 0} == {"vectors": 2, "lacking": 0, "failed": 1, "seconds": 0}
    stage.make_ready(made, nothing)
    for _ in range(2):  # twice is once
        stage.swap_in(made)
    assert ids(VectorStore(data, "wide")) == stood
    assert ids(VectorStore(data, "minilm")) == stood
    assert stage.settings(made) == {"embedding.model": "wide"}


def test_papers_that_came_since_are_embedded_before_it_is_accepted(settings: Settings, data: DataFolder) -> None:
    stage, made = EmbedReplay(settings), begun(data, first_day=date(2026, 11, 1))
    stage.run(made, nothing)
    MetadataStore(data).put([paper("2611.00009"), paper("2609.00001")])
    commands.embed(settings)
    stage.make_ready(made, nothing)
    assert ids(VectorStore(made.own, "wide")) == ids(VectorStore(data, "minilm"))


def test_of_a_period_its_papers_are_embedded_and_what_people_rated(
    settings: Settings, data: DataFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replay, "_ORDINARY", 1)
    MetadataStore(data).put([paper(f"2609.{number:05}") for number in range(1, 5)])
    commands.embed(settings)
    moment = datetime(2026, 9, 30, tzinfo=UTC)
    RatingStore(data).append([Rating("e", "2609.00003", "me", "like", "test", "me", 1.0, moment)])
    made = begun(data, first_day=date(2026, 11, 1))
    EmbedReplay(settings).run(made, nothing)
    assert ids(VectorStore(made.own, "wide")) == {NOVEMBER, "2609.00003", "2609.00001"}


def test_vectors_of_the_model_that_stand_already_are_not_made_again(settings: Settings, data: DataFolder) -> None:
    commands.embed(settings, model="wide", limit=1)
    stood = VectorStore(data, "wide").all()
    stage, made = EmbedReplay(settings), begun(data)
    stage.run(made, nothing)
    own = VectorStore(made.own, "wide").get(stood.ids)
    np.testing.assert_array_equal(own.matrix, stood.matrix)
    assert VectorStore(data, "wide").count() == 1
    stage.swap_in(made)
    assert ids(VectorStore(data, "wide")) == ids(VectorStore(data, "minilm"))
    assert made.own.path("replaced", "embeddings", "wide", "manifest.json").exists()


def test_what_cannot_be_tried_is_refused_with_what_to_do(settings: Settings, data: DataFolder) -> None:
    stage = EmbedReplay(settings)
    with pytest.raises(PapersysError, match="not in use: wide"):
        stage.forecast(begun(data, model=""))
    with pytest.raises(PapersysError, match="minilm is in use"):
        stage.forecast(begun(data, model="minilm"))
    with pytest.raises(SettingsError, match=r"no table \[embedding.models.e5\]; there are: minilm, wide"):
        stage.forecast(begun(data, model="e5"))
    stage.run(begun(data), nothing)
    tables = {**settings.embedding.models, "wide": ModelSettings(dimension=2 * DIMENSION, name="wider")}
    changed = settings.model_copy(update={"embedding": EmbeddingSettings(models=tables)})
    with pytest.raises(PapersysError, match=r"has changed since .*model wider / wide.*papersys replay drop embed-wide"):
        EmbedReplay(changed).run(begun(data), nothing)
