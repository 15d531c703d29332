"""Points in Qdrant, written as for a server and as for a folder."""

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from services.summarizer.links.qdrant_storage import Point, nearest_points, prepare_collection, put_points
from services.summarizer.qdrant.connection import open_client
from tests.support.papers.summarizer import DIMENSION, OTHER_ID, PAPER_ID, vector_of

if TYPE_CHECKING:
    from qdrant_client import QdrantClient

POINTS = [
    Point(PAPER_ID, vector_of("merge trees"), "Trees", ("a",), {"problem": vector_of("slow disks")}, "stamp"),
    Point(OTHER_ID, 3 * vector_of("black holes"), "Holes", (), {"method": vector_of("telescopes")}),
]


def opened(folder: Path) -> "QdrantClient":
    def prepare(client: "QdrantClient", is_local: bool) -> None:
        prepare_collection(client, "papers", DIMENSION, is_local=is_local)

    return open_client(folder / "qdrant", None, prepare)


@pytest.mark.parametrize("is_local", [True, False])
def test_each_vector_of_a_paper_is_asked_for_by_its_name(tmp_path: Path, is_local: bool) -> None:
    client = opened(tmp_path)
    put_points(client, "papers", POINTS, is_local=is_local)
    asked = {"abstract": "black holes", "problem": "slow disks", "method": "telescopes"}
    for name, text in asked.items():
        found = nearest_points(client, "papers", name, vector_of(text), 5, is_local=is_local)  # type: ignore[arg-type]
        assert found[0].score == pytest.approx(1.0, abs=1e-3)
        assert len(found) == (2 if name == "abstract" else 1)
    client.close()


def test_a_folder_of_an_earlier_version_is_begun_anew(tmp_path: Path) -> None:
    from qdrant_client import QdrantClient, models

    earlier = QdrantClient(path=str(tmp_path / "qdrant"))
    vectors = models.VectorParams(size=DIMENSION, distance=models.Distance.COSINE)
    earlier.create_collection("papers", vectors_config=vectors)
    earlier.upsert("papers", [models.PointStruct(id=1, vector=vector_of("x").tolist(), payload={"paper_id": PAPER_ID})])
    earlier.close()
    client = opened(tmp_path)
    assert client.count("papers").count == 0
    put_points(client, "papers", POINTS, is_local=True)
    client.close()
    again = opened(tmp_path)
    assert again.count("papers").count == 2
    again.close()


def test_a_vector_of_zeros_is_stored_and_near_to_nothing(tmp_path: Path) -> None:
    client = opened(tmp_path)
    put_points(client, "papers", [Point(PAPER_ID, np.zeros(DIMENSION, np.float32), "Nothing")], is_local=True)
    assert nearest_points(client, "papers", "abstract", vector_of("x"), 1, is_local=True)[0].score == 0.0
    client.close()
