"""Zotero's own database: what is in the library, once, with the time when it was added."""

import sqlite3
from datetime import UTC, datetime
from pathlib import Path

from shared.text.rating_files.reading import read_rating_file
from tests.support.folders.peer_databases import Item, write_zotero

ADDED = "2024-05-01 12:30:00"
ITEMS: list[Item] = [
    ("preprint", ADDED, 1, {"title": "Attention", "archiveID": "arXiv:1706.03762"}, ()),
    (
        "journalArticle",
        ADDED,
        1,
        {"title": "By its DOI", "DOI": "10.48550/arXiv.2106.01345"},
        ("rl", "papersys: dislike at 2024-05-01T12:30:00Z"),
    ),
    ("journalArticle", ADDED, 1, {"title": "A paper of another publisher", "url": "https://example.org/1"}, ()),
    ("attachment", ADDED, 1, {"title": "Full Text PDF", "url": "https://arxiv.org/pdf/2401.00001"}, ()),
    ("preprint", ADDED, 1, {"title": "In the bin", "url": "https://arxiv.org/abs/2401.00002"}, ()),
    ("preprint", ADDED, 2, {"title": "Of a group", "url": "https://arxiv.org/abs/2401.00003"}, ()),
]


def test_the_items_of_the_library_become_rows(tmp_path: Path) -> None:
    write_zotero(tmp_path / "zotero.sqlite", ITEMS, binned=(5,))
    file = read_rating_file(tmp_path)
    assert file.form == "Zotero"
    assert [(row.said, row.paper_id, row.title) for row in file.rows] == [
        (None, "1706.03762", "Attention"),
        ("dislike", "2106.01345", "By its DOI"),
        (None, "", "A paper of another publisher"),
    ]
    assert {row.rated_at for row in file.rows} == {datetime(2024, 5, 1, 12, 30, tzinfo=UTC)}
    assert [problem.text for problem in file.problems] == ["1 items of group libraries were left out"]


def test_zotero_may_be_open_and_its_file_is_not_touched(tmp_path: Path) -> None:
    path = tmp_path / "zotero.sqlite"
    write_zotero(path, ITEMS)
    running = sqlite3.connect(path, isolation_level=None)
    running.execute("PRAGMA locking_mode = EXCLUSIVE")
    running.execute("BEGIN EXCLUSIVE")
    before = path.read_bytes()
    assert len(read_rating_file(path).rows) == 4
    assert (path.read_bytes(), sorted(file.name for file in tmp_path.iterdir())) == (before, ["zotero.sqlite"])
    running.close()
