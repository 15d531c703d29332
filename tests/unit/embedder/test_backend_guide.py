"""The guide to a new backend, followed to the letter."""

import re
import tomllib
from pathlib import Path

import pytest

from services.embedder import backends, commands
from services.embedder.settings import Settings
from shared.settings.settings import DataSettings, EmbeddingSettings
from shared.store.files.data_folder import DataFolder
from shared.store.papers.metadata import MetadataStore
from shared.store.vectors.embeddings import VectorStore
from tests.support.papers.embedder import paper

GUIDE = Path(__file__).parents[3] / "docs" / "embedding-backends.md"


def block(language: str) -> str:
    (found,) = re.findall(rf"```{language}\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)
    return str(found)


def test_the_backend_of_the_guide_is_short_and_works_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = block("python")
    assert len(source.splitlines()) < 40
    (tmp_path / "letters.py").write_text(source)
    monkeypatch.setattr(backends, "__path__", [*backends.__path__, str(tmp_path)])

    data = DataSettings(path=tmp_path / "data", min_free_mb=0)
    embedding = EmbeddingSettings.model_validate(tomllib.loads(block("toml"))["embedding"])
    settings = Settings(data=data, embedding=embedding)
    folder = DataFolder(data.path, 0)
    MetadataStore(folder).put([paper("2401.00001", abstract="aaaa"), paper("2401.00002", abstract="zzzz")])

    assert commands.embed(settings).embedded == 2
    assert commands.verify(settings) == []
    first, second = VectorStore(folder, "letters").all().matrix
    assert first[0] > second[0]
    assert second[25] > first[25]
