"""The snapshot has the texts as they were typed, a harvest as arXiv converts them: that alone revises no paper."""

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from services.fetcher.arxiv.oai import parse
from services.fetcher.metadata.importing import import_files
from services.fetcher.metadata.revisions import sort_papers
from shared.store.papers.metadata import MetadataStore
from tests.support.arxiv.demo import data_folder
from tests.support.folders.real_data import real_data

pytestmark = pytest.mark.real

_RAW = "{http://arxiv.org/OAI/arXivRaw/}"
_SAME = ("id", "title", "authors", "categories", "abstract", "comments")


@pytest.fixture
def answers() -> Path:
    return real_data("oai", "arxiv_server", "index.json").parent


def test_importing_typed_texts_and_harvesting_converted_ones_makes_no_false_revision(
    answers: Path, tmp_path: Path
) -> None:
    records = {record["id"]: record for body in bodies(answers, "arXivRaw") for record in snapshot_records(body)}
    path = tmp_path / "snapshot.json"
    path.write_text("".join(json.dumps(record) + "\n" for record in records.values()))
    store = MetadataStore(data_folder(tmp_path))
    assert import_files([path], store).new == len(records) > 500
    told = [record.paper for body in bodies(answers, "arXiv") for record in parse(body).records if record.paper]
    imported = store.get(records)
    kinds = sort_papers(told, imported)
    assert sum(paper.abstract != imported[paper.paper_id].abstract for paper in told) > 100
    assert (kinds.new, kinds.revised) == ((), ())
    assert len(kinds.known) == len(records)
    wrong = [paper for paper in kinds.papers if paper.version != len(records[paper.paper_id]["versions"])]
    assert wrong == []
    assert all(paper.published_known and paper.published_at for paper in kinds.papers)


def bodies(folder: Path, prefix: str) -> Iterator[bytes]:
    paths = [*sorted(folder.glob(f"ListRecords_{prefix}_page*.xml.gz")), folder / f"ListRecords_{prefix}_set_cs.xml"]
    for path in paths:
        yield gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()


def snapshot_records(body: bytes) -> Iterator[dict[str, Any]]:
    """Records of the prefix `arXivRaw` as the snapshot has them."""
    for raw in etree.fromstring(body).iter(f"{_RAW}arXivRaw"):
        versions = [
            {"version": one.get("version"), "created": one.findtext(f"{_RAW}date")}
            for one in raw.iter(f"{_RAW}version")
        ]
        yield {**{name: raw.findtext(f"{_RAW}{name}") for name in _SAME}, "versions": versions}
