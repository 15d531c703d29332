"""What a copy of a data folder may have lost is found."""

from pathlib import Path

import pytest

from deploy.backup.soundness import problems_of
from shared.store.files.data_folder import DataFolder
from shared.store.vectors.writer import VectorWriter
from tests.support.papers.vectors import RECIPE, embedded


@pytest.fixture
def data(tmp_path: Path) -> DataFolder:
    folder = DataFolder(tmp_path, 0)
    VectorWriter(folder, "m", RECIPE).put(embedded(["2611.00001", "2611.00002"]))
    folder.append_lines(folder.path("summaries", "2026-11.jsonl"), '{"paper_id": "2611.00001"}\n')
    folder.append_lines(folder.path("metadata", "2026-11.csv"), "paper_id,title\n2611.00001,A title\n")
    return folder


def test_a_sound_folder_has_no_problem(data: DataFolder) -> None:
    assert list(problems_of(data, whole=False)) == []


@pytest.mark.parametrize(
    ("path", "content", "says"),
    [
        ("embeddings/m/2026.parquet", b"PAR1", "another checksum"),
        ("embeddings/m/2026.parquet", None, "cannot be read"),
        ("embeddings/m/manifest.json", b"{", "cannot be read"),
        ("summaries/2026-11.jsonl", b'{"paper_id": "2611.00001"}\n{"pap', "line 2"),
        ("summaries/2026-11.jsonl", b"[1]\n", "line 1"),
        ("traces/2026-11/20261122T230922975225-b3b7e5.jsonl", b'{"step": "asked"}\n{"st', "line 2"),
        ("chunks/manifest.json", b"{", "cannot be read"),
        ("metadata/2026-11.csv", b"paper_id,title\n2611.000", "ends within a line"),
        ("metadata/2026-11.csv", b"paper_id,title\n\xff\n", "is no CSV"),
        ("selections/2026-11-06/x.parquet", b"PAR1", "cannot be read"),
        ("papersys.json", b'{"layout": 99, "written_by": "9.0"}', "papersys 9.0"),
    ],
)
def test_each_kind_of_damage_is_named(data: DataFolder, path: str, content: bytes | None, says: str) -> None:
    place = data.path(*path.split("/"))
    place.parent.mkdir(parents=True, exist_ok=True)
    if content is None:
        place.unlink()
    else:
        place.write_bytes(content)
    [problem] = problems_of(data, whole=False)
    assert says in problem


def test_a_whole_backup_says_which_papersys_wrote_it(data: DataFolder) -> None:
    [problem] = problems_of(data)
    assert "papersys.json is missing" in problem
