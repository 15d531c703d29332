"""Two embedding models of different dimension at work: the bundled one and one behind HTTP, up to the picks."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from services.embedder import commands as embedder
from services.embedder.settings import EmbedderSettings
from services.embedder.settings import Settings as EmbedderConfiguration
from services.ranker import commands as ranker
from services.ranker.components import build
from services.ranker.settings import RankerSettings
from services.ranker.settings import Settings as RankerConfiguration
from shared.bus.questions.question_bus import QuestionBus
from shared.settings.settings import BusSettings, DataSettings, EmbeddingSettings, ModelSettings
from shared.store.files.data_folder import DataFolder
from shared.store.papers.metadata import MetadataStore, Paper
from shared.store.people.preferences import Rating, RatingStore
from shared.store.vectors.embeddings import Matrix
from shared.store.vectors.joined_vectors import open_joined
from tests.support.bus.ports import free_port
from tests.support.llm.embedding_server import embedding_server

DAY = datetime(2026, 11, 2, tzinfo=UTC)
SUBJECTS = ("galaxies", "proteins", "markets", "graphs")


def paper(number: int) -> Paper:
    subject = SUBJECTS[number % 4]
    text = f"We measure {subject} in sample {number}."
    return Paper(f"2611.{number:05}", 1, f"On {subject}", text, ("A. Author",), ("cs.LG",), "cs.LG", DAY, DAY)


@pytest.mark.proof
def test_picks_rest_on_the_vectors_of_both_models_and_another_set_is_learned_anew(tmp_path: Path) -> None:
    data = DataFolder(tmp_path, 0)
    MetadataStore(data).put([paper(number) for number in range(1, 41)])
    RatingStore(data).append(
        [Rating(f"v{n}", f"2611.{n:05}", "me", "like", "test", "me", 1.0, DAY) for n in (4, 8, 12)]
    )
    with embedding_server(*SUBJECTS) as server:
        tables = {
            "minilm": ModelSettings(),
            "words": ModelSettings(name="words", backend="openai", dimension=5, base_url=server.base_url),
        }
        both = EmbeddingSettings(also=("words",), models=tables)
        folder = DataSettings(path=tmp_path, min_free_mb=0)
        making = EmbedderConfiguration(data=folder, embedding=both, embedder=EmbedderSettings(threads=1))
        assert embedder.embed(making).embedded == 80
        assert embedder.verify(making) == []

        papers, labels = tmp_path / "P.csv", tmp_path / "L.csv"
        rows = [f"{n},On {SUBJECTS[n % 4]},Sample {n}" for n in range(1, 25)]
        papers.write_text("\n".join(["paper_id,title,abstract", *rows]))
        labels.write_text("paper_id,label\n4,like\n8,like\n1,dislike\n")
        asked = RankerConfiguration(
            data=folder, embedding=both, bus=BusSettings(port=free_port()), ranker=RankerSettings(explore=0, per_day=4)
        )
        encoded: list[tuple[int, ...]] = []

        class Encoder(embedder.LocalTextEncoder):
            def encode(self, texts: Sequence[str]) -> Matrix:
                vectors = super().encode(texts)
                encoded.append(vectors.shape)
                return vectors

        out = tmp_path / "out.csv"
        ranker.rank_table(asked, ranker.Tables(labels, papers, out), Encoder(making))
        assert encoded == [(24, 389)]
        assert {int(line.split(",")[0]) % 4 for line in out.read_text().splitlines()[1:7]} == {0}

    vectors = open_joined(data, ["minilm", "words"])
    assert vectors.get(["2611.00004"]).matrix.shape == (1, 389)
    ranked = ranker.rank(asked, "2026-11", dry_run=True)
    best = sorted(ranked.candidates, key=lambda one: -(one.score or 0))[:7]
    assert {int(one.paper_id[-2:]) % 4 for one in best} == {0}
    assert {one.model for one in ranked.candidates} == {"minilm+words"}

    alone = asked.model_copy(update={"embedding": EmbeddingSettings(models=tables)})
    tastes = [asyncio.run(build(one, QuestionBus(one.bus)).learner.current()) for one in (asked, alone)]
    assert [taste.dimension for taste in tastes] == [389, 384]
    assert tastes[0].fingerprint != tastes[1].fingerprint
