"""What a file is, told by its content."""

import json
from pathlib import Path

import pytest

from deploy.migrating.file_forms import form_of
from tests.support.folders.older_system import summary


@pytest.mark.parametrize(
    ("name", "content", "form", "why"),
    [
        ("a.csv", "id,preference\n2401.00001,like\n", "ratings", ""),
        ("a.csv", "Label;arXiv ID\nlike;2401.00001\n", "ratings", ""),
        ("a.csv", "id,title\n", "not taken", "no column of ratings"),
        ("a.csv", "id,preference\n", "not taken", "nothing in it but names of columns"),
        ("a.csv", "", "not taken", "it is empty"),
        ("a.json", json.dumps(summary("2401.00001")), "summaries", ""),
        ("a.jsonl", "broken\n" + json.dumps(summary("2401.00001")), "summaries", ""),
        ("a.json", json.dumps([None, 5, "x", summary("2401.00001")]), "summaries", ""),
        ("a.json", '{"method": "m", "experiment": "e"}', "not taken", "summaries without an id"),
        ("a.json", '{"Models": ["GNN"]}', "keywords", ""),
        ("a.json", '{"name": "x"}', "not taken", "an object with name"),
        ("a.json", '{"": [1]}', "not taken", "an object without names"),
        ("a.json", '{"Models": ["GNN", null, 3], "Tasks": {"Vision": null}}', "keywords", ""),
        ("a.json", '{"id": "2401.00001", "meth', "summaries", "it is damaged: nothing in it can be read"),
        ("a.jsonl", 'null\n{"version": 1}\n' + json.dumps(summary("2401.00001")), "summaries", ""),
        ("a.jsonl", '{"Models": ["GNN"]}', "not taken", "an object with Models"),
        ("a.csv", "version https://git-lfs.github.com/spec/v1\noid sha256:0\n", "ratings", "git lfs pull"),
        ("a.txt", "x", "not taken", "no Parquet, CSV or JSON"),
    ],
)
def test_forms(tmp_path: Path, name: str, content: str, form: str, why: str) -> None:
    path = tmp_path / name
    path.write_text(content)
    assert form_of(path)[0] == form
    assert why in form_of(path)[1]
