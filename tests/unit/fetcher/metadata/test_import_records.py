import gzip
import zipfile
from pathlib import Path

import pytest

from services.fetcher.metadata.import_records import UnreadableFile, records_of
from services.fetcher.metadata.import_tables import UnreadableRow


def read(path: Path) -> list[tuple[str, object]]:
    with path.open("rb") as file:
        return [
            (place, str(record) if isinstance(record, UnreadableRow) else record)
            for place, record in records_of(path, file)
        ]


def test_json_lines_and_tables_are_read_whatever_packs_them(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"id": "1"}\n\n[2]\n')
    (tmp_path / "b.csv.gz").write_bytes(gzip.compress(b"id\n3\n"))
    with zipfile.ZipFile(tmp_path / "c.zip", "w") as archive:
        archive.writestr("inner/d.json", '{"id": "4"}\n')
        archive.writestr("__MACOSX/d.json", "rubbish")
    assert read(tmp_path / "a.jsonl") == [("record 1", {"id": "1"}), ("record 2", "not a JSON object")]
    assert read(tmp_path / "b.csv.gz") == [("record 1", {"id": "3"})]
    assert read(tmp_path / "c.zip") == [("d.json, record 1", {"id": "4"})]


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("a.jsonl", b"\xff\xfe{\x00", "it is encoded as UTF-16; save it as UTF-8"),
        ("a.zip", b"PK\x03\x04cut", "not a zip file"),
        ("a.jsonl.gz", gzip.compress(b'{"id": "1"}\n' * 100)[:40], "ended before"),
    ],
    ids=["UTF-16", "cut zip", "cut gzip"],
)
def test_where_nothing_more_can_be_read_the_reason_is_told(tmp_path: Path, name: str, content: bytes, why: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(UnreadableFile, match=why):
        read(tmp_path / name)
