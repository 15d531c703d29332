"""Files as older systems of this kind wrote them, small, seeded, with every oddity that a test asks for."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from deploy.migrating.column_map import ColumnMap
from deploy.migrating.lent import Lent
from deploy.migrating.manifest import MigrationManifest
from deploy.migrating.migration import Options, migrate
from deploy.migrating.sources import FolderSource, Source
from services.embedder.cli import recipe_and_hash
from services.feedback.importing.migrated_ratings import store_ratings
from services.summarizer.tags.migrated_keywords import take_keywords
from shared.contracts import now
from shared.store.files.data_folder import DataFolder
from shared.store.vectors.embeddings import Matrix

NO_VECTOR: Mapping[str, object] = {"zeros": 0.0, "NaN": float("nan"), "infinite": float("inf")}


def vector(seed: int, dimension: int) -> list[float]:
    """A unit vector."""
    numbers = np.random.default_rng(seed).standard_normal(dimension)
    return (numbers / np.linalg.norm(numbers)).tolist()  # type: ignore[no-any-return]


def row(paper_id: object, **cells: object) -> dict[str, object]:
    """A row of a yearly table."""
    facts = {
        "id": paper_id,
        "title": f"On the matter of {paper_id}",
        "authors": ["Ada Lovelace", "Émile Borel"],
        "abstract": 'It is "shown",\nin two lines.',
        "date": "2024-01-03",
        "categories": ["cs.LG", "stat.ML"],
        "created": "2024-01-01",
        "updated": "2024-01-02",
        "license": "http://creativecommons.org/licenses/by/4.0/",
    }
    return {**facts, **cells}


def write_table(path: Path, rows: Sequence[Mapping[str, object]], types: Mapping[str, Any] | None = None) -> Path:
    """A Parquet file of rows; vectors are lists of float32 unless `types` says else."""
    names = list(dict.fromkeys(name for each in rows for name in each))
    columns = {name: [each.get(name) for each in rows] for name in names}
    guess = {name: pa.list_(pa.float32()) for name in names if name.endswith("_v1")} | dict(types or {})
    arrays = [pa.array(columns[name], guess.get(name)) for name in names]
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.table(dict(zip(names, arrays, strict=True))), path)
    return path


def summary(paper_id: object, **fields: object) -> dict[str, object]:
    """A summary as one JSON object."""
    facts: dict[str, object] = {
        "title": f"On the matter of {paper_id}",
        "authors": ["Ada Lovelace"],
        "institution": ["University of Paris"],
        "problem_background": "现有方法在小数据集上表现不佳，因此需要新的方法来解决这一问题。",
        "method": "* **核心思想:** 使用图。\n* **如何实现:** $$a\n= b$$ 之后。",
        "experiment": "在三个数据集上进行了评估。",
        "one_sentence_summary": "本文提出了一种新的方法。",
        "slug": "on-the-matter",
        "keywords": ["Graph Neural Network", "Spectral Sparsification"],
        "further_thoughts": "未来可以扩展。",
        "model": "grok-3-mini-latest",
        "temperature": 0.5,
        "top_p": 0.7,
        "lang": "zh",
        "id": paper_id,
        "preference": "unknown",
        "summary_time": "2025-05-04T08:28:00.472757+00:00",
        "score": 0.75,
        "abstract": "It is shown.",
        "categories": ["cs.LG"],
        "created": "2025-04-25",
        "updated": "2025-04-28",
    }
    return {**facts, **fields}


def write_json(path: Path, value: object) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value, ensure_ascii=False))
    return path


def by_spelling(texts: Sequence[str]) -> Matrix:
    """Vectors that are near to none, as where there is no embedding model."""
    return np.zeros((len(texts), 1), np.float32)


LENT = Lent(store_ratings, take_keywords, recipe_and_hash, by_spelling)


def move_in(
    data: DataFolder, source: Path | Source, columns: Mapping[str, str] | None = None, **options: Any
) -> MigrationManifest:
    """A migration as the command does it."""
    opened = FolderSource(source) if isinstance(source, Path) else source
    chosen = Options(ColumnMap(columns or {}), **options)
    return migrate(data, opened, chosen, LENT, now(), lambda done, total: None)
