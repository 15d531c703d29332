"""What the command line does with vectors, with a model that needs no torch."""

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from services.embedder import commands
from services.embedder.settings import Settings
from shared.errors import PapersysError, SettingsError
from shared.settings.settings import DataSettings, EmbeddingSettings, ModelSettings
from shared.store.files.data_folder import DataFolder
from shared.store.papers.metadata import MetadataStore
from shared.store.vectors.backlog import Backlog, Missing
from shared.store.vectors.embeddings import VectorStore
from tests.support.papers.embedder import DIMENSION, CountingEncoder, paper


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setattr(commands, "open_encoder", lambda model, threads: CountingEncoder())
    return Settings(
        data=DataSettings(path=tmp_path, min_free_mb=0),
        embedding=EmbeddingSettings(models={"minilm": ModelSettings(dimension=DIMENSION)}),
    )


@pytest.fixture
def data(settings: Settings) -> DataFolder:
    return DataFolder(settings.data.path, 0)


def harvest(data: DataFolder, *paper_ids: str) -> None:
    MetadataStore(data).put([paper(paper_id) for paper_id in paper_ids])


def test_embedding_goes_on_where_it_was_newest_first(settings: Settings, data: DataFolder) -> None:
    harvest(data, "2312.00001", "2401.00001", "2401.00002")
    steps: list[tuple[int, int]] = []
    report = commands.embed(settings, limit=2, progress=lambda done, total: steps.append((done, total)))
    assert (report.missing, report.embedded, steps) == ({"no_year_file": 3}, 2, [(2, 2)])
    assert VectorStore(data, "minilm").all().ids == ["2401.00001", "2401.00002"]
    assert commands.embed(settings).embedded == 1
    assert commands.embed(settings).embedded == 0
    assert commands.verify(settings) == []


def test_a_dry_run_counts_and_writes_nothing(settings: Settings, data: DataFolder) -> None:
    harvest(data, "2312.00001", "2401.00001")
    assert commands.embed(settings, dry_run=True, year=2024).missing == {"no_year_file": 1}
    assert not data.path("embeddings").exists()


def test_a_sample_shows_vectors_of_the_newest_papers_and_stores_nothing(settings: Settings, data: DataFolder) -> None:
    harvest(data, "2312.00001", "2401.00001")
    sample = commands.embed(settings, sample=5).sample
    assert sample is not None
    assert sample.ids == ["2401.00001", "2312.00001"]
    np.testing.assert_allclose(np.linalg.norm(sample.matrix, axis=1), 1, atol=1e-6)
    assert not data.path("embeddings").exists()


def test_a_sample_of_nothing_says_what_to_do(settings: Settings) -> None:
    with pytest.raises(PapersysError, match="papersys fetch"):
        commands.embed(settings, sample=5)


def test_another_recipe_starts_a_new_set_and_keeps_the_old_one(settings: Settings, data: DataFolder) -> None:
    harvest(data, "2401.00001")
    commands.embed(settings)
    other = EmbeddingSettings(models={"minilm": ModelSettings(dimension=DIMENSION, name="other")})
    changed = settings.model_copy(update={"embedding": other})
    assert any("another recipe" in problem for problem in commands.verify(changed))
    assert commands.embed(changed, dry_run=True).missing == {"no_year_file": 1}
    assert VectorStore(data, "minilm").count() == 1
    assert commands.embed(changed).embedded == 1
    assert commands.verify(changed) == []
    assert commands.embed(settings, dry_run=True).missing == {}
    assert commands.embed(settings).embedded == 0
    assert commands.verify(settings) == []


def test_another_model_of_the_settings_has_vectors_of_its_own(settings: Settings, data: DataFolder) -> None:
    harvest(data, "2401.00001")
    tables = {"minilm": ModelSettings(dimension=DIMENSION), "wide": ModelSettings(dimension=DIMENSION, name="wide")}
    both = settings.model_copy(update={"embedding": EmbeddingSettings(models=tables)})
    assert commands.embed(both).embedded == 1
    assert commands.embed(both, model="wide").embedded == 1
    assert commands.verify(both, "wide") == []
    assert (VectorStore(data, "minilm").count(), VectorStore(data, "wide").count()) == (1, 1)
    with pytest.raises(SettingsError, match=r"no table \[embedding.models.none\]; there are: minilm, wide"):
        commands.embed(both, model="none")


def test_working_off_the_backlog_leaves_out_what_is_not_queued(settings: Settings, data: DataFolder) -> None:
    harvest(data, "2401.00001", "2401.00002")
    now = datetime(2026, 11, 20, tzinfo=UTC)
    Backlog(data).put([Missing("2401.00001", "failed", now, "minilm", "event", 7, "why")])
    assert commands.embed(settings, backlog=True).embedded == 1
    assert VectorStore(data, "minilm").all().ids == ["2401.00001"]
    assert Backlog(data).all() == []


def test_verifying_finds_every_kind_of_damage(settings: Settings, data: DataFolder) -> None:
    harvest(data, "2401.00001", "2401.00002")
    commands.embed(settings)
    folder = data.path("embeddings", "minilm")
    good = {path.name: path.read_bytes() for path in folder.iterdir()}

    data.path("metadata", "2024-01.csv").unlink()
    assert any("no metadata (2401.00001, 2401.00002)" in problem for problem in commands.verify(settings))
    harvest(data, "2401.00001", "2401.00002")

    (folder / "2023.parquet").write_bytes(b"stray")
    assert any("not named by the manifest" in problem for problem in commands.verify(settings))
    (folder / "2023.parquet").unlink()

    (folder / "2024.parquet").write_bytes(good["2024.parquet"][:-1] + b"x")
    assert any("SHA-256" in problem for problem in commands.verify(settings))
    (folder / "2024.parquet").unlink()
    assert any("cannot be read" in problem for problem in commands.verify(settings))
    (folder / "2024.parquet").write_bytes(good["2024.parquet"])

    (folder / "manifest.json").unlink()
    assert any("no manifest.json" in problem for problem in commands.verify(settings))
    (folder / "manifest.json").write_bytes(good["manifest.json"])
    assert commands.verify(settings) == []


def test_verifying_looks_into_the_vectors(settings: Settings, data: DataFolder) -> None:
    import hashlib
    import json

    harvest(data, "2401.00001", "2401.00002")
    commands.embed(settings)
    folder = data.path("embeddings", "minilm")
    table = pq.read_table(folder / "2024.parquet")
    zeros = pa.FixedSizeListArray.from_arrays(pa.array(np.zeros(16, np.float32)), DIMENSION)
    bad = table.set_column(0, "paper_id", pa.array(["2301.00001"] * 2)).set_column(1, "embedding", zeros)
    pq.write_table(bad, folder / "2024.parquet")
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["files"][0]["sha256"] = hashlib.sha256((folder / "2024.parquet").read_bytes()).hexdigest()
    (folder / "manifest.json").write_text(json.dumps(manifest))
    problems = "\n".join(commands.verify(settings))
    for words in ("1 papers twice", "papers of other years (2301.00001", "2 vectors that are not finite"):
        assert words in problems


def test_joined_models_are_embedded_counted_and_verified_together(settings: Settings, data: DataFolder) -> None:
    harvest(data, "2401.00001", "2401.00002")
    tables = {"minilm": ModelSettings(dimension=DIMENSION), "wide": ModelSettings(dimension=DIMENSION, name="wide")}
    both = settings.model_copy(update={"embedding": EmbeddingSettings(also=("wide",), models=tables)})
    assert commands.embed(settings, limit=1).embedded == 1
    assert commands.embed(both, dry_run=True).missing == {"not_embedded": 1, "no_year_file": 2}
    assert commands.embed(both).embedded == 3
    assert (VectorStore(data, "minilm").count(), VectorStore(data, "wide").count()) == (2, 2)
    assert commands.verify(both) == []
    (data.path("embeddings", "wide") / "2023.parquet").write_bytes(b"stray")
    assert len(commands.verify(both)) == 1


def test_texts_of_a_table_are_encoded_by_joined_models_and_kept_under_a_name_of_their_own(settings: Settings) -> None:
    tables = {"minilm": ModelSettings(dimension=DIMENSION), "wide": ModelSettings(dimension=DIMENSION, name="wide")}
    both = settings.model_copy(update={"embedding": EmbeddingSettings(also=("wide",), models=tables)})
    vectors = commands.encode_texts(both, ["dark matter", "graphs"])
    assert vectors.shape == (2, 2 * DIMENSION)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert commands.recipe_name(both) != commands.recipe_name(settings)
