"""What an older system really left: ratings, summaries and its tree of keywords."""

import json
from pathlib import Path

import pytest

from shared.store.files.data_folder import DataFolder
from shared.store.papers.metadata import MetadataStore
from shared.store.papers.summaries import SummaryStore
from shared.store.people.preferences import RatingStore
from shared.store.tagging.tags import TagStore
from tests.support.folders.older_system import move_in
from tests.support.folders.real_data import real_data

pytestmark = pytest.mark.real


def test_all_of_it_moves_in_and_a_second_time_changes_nothing(tmp_path: Path) -> None:
    source, data = real_data("legacy"), DataFolder(tmp_path, 0)
    manifest = move_in(data, source)
    assert not [entry.name for entry in manifest.files if entry.why_not or entry.refused]
    raw = {path.stem: json.loads(path.read_text()) for path in (source / "raw").glob("*.json")}
    stored = {summary.paper_id: summary for summary in SummaryStore(data).all()}
    assert set(stored) == set(raw) <= {paper.paper_id for paper in MetadataStore(data).all()}
    for paper_id, record in raw.items():
        summary = stored[paper_id]
        texts = {field.name: "".join(field.text.split()) for field in summary.fields}
        assert texts["one_sentence_summary"] == "".join(record["one_sentence_summary"].split())
        assert summary.made_by.model == record["model"]
        assert summary.raw_tags == tuple(dict.fromkeys(record["keywords"]))
    assert manifest.ratings is not None
    assert manifest.ratings.likes + manifest.ratings.dislikes == len(RatingStore(data).all())
    tree = json.loads((source / "keywords.json").read_text())
    index = TagStore(data).index()
    leaves = [leaf for topic in tree.values() for leaf in topic]
    (keywords,) = (entry for entry in manifest.files if entry.form == "keywords")
    assert all(index.canonical(leaf) or leaf in keywords.problems[0] for leaf in leaves)
    before = {path: path.read_bytes() for path in tmp_path.rglob("*.*") if path.suffix != ".lock"}
    move_in(data, source)
    assert {path: path.read_bytes() for path in tmp_path.rglob("*.*") if path.suffix != ".lock"} == before
