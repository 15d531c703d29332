import gzip
import json
import random
import tracemalloc
import zipfile
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from services.fetcher.metadata.importing import import_files, paper_of
from services.fetcher.metadata.revisions import sort_papers
from shared.errors import PapersysError
from shared.store.papers.metadata import MetadataStore, write_papers
from shared.store.papers.rows import encode_row
from tests.support.arxiv.demo import data_folder

SNAPSHOT: dict[str, Any] = {
    "id": "0704.0001",
    "submitter": "Pavel Nadolsky",
    "authors": "C. Bal\\'azs, E. L. Berger",
    "title": "Calculation of prompt\n  production",
    "comments": "37 pages",
    "journal-ref": "Phys.Rev.D76",
    "doi": "10.1103/x",
    "report-no": None,
    "categories": "hep-ph hep-ex",
    "license": None,
    "abstract": "  A fully differential calculation.\n",
    "versions": [
        {"version": "v1", "created": "Mon, 2 Apr 2007 19:18:42 GMT"},
        {"version": "v2", "created": "Tue, 24 Jul 2007 20:10:27 GMT"},
    ],
    "update_date": "2008-11-26",
    "authors_parsed": [["Balázs", "C.", ""], ["Berger", "E. L.", "Jr."]],
}
LISTED = {
    "id": "2503.11677",
    "title": "A list",
    "authors": ["Ann Author", "Bea Writer"],
    "categories": ["cs.HC", "cs.CV"],
    "comment": None,
    "abstract": "Text.",
    "first_seen": "2025-03-18",
}


def write(path: Path, *records: Any) -> Path:
    path.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
    return path


def test_a_record_of_the_snapshot_is_a_paper_with_its_exact_version_and_dates() -> None:
    paper = paper_of(SNAPSHOT)
    assert (paper.paper_id, paper.version, paper.title) == ("0704.0001", 2, "Calculation of prompt production")
    assert paper.authors == ("C. Balázs", "E. L. Berger Jr.")
    assert (paper.categories, paper.primary_category) == (("hep-ph", "hep-ex"), "hep-ph")
    assert paper.published_at == datetime(2007, 4, 2, 19, 18, 42, tzinfo=UTC)
    assert paper.updated_at == datetime(2007, 7, 24, 20, 10, 27, tzinfo=UTC)
    assert (paper.journal_ref, paper.comment, paper.source) == ("Phys.Rev.D76", "37 pages", "import")


def test_files_of_all_formats_are_stored_with_a_report(tmp_path: Path) -> None:
    store = MetadataStore(data_folder(tmp_path))
    lines = write(tmp_path / "a.jsonl", SNAPSHOT, LISTED, {"id": "x"}, {**LISTED, "id": "2503.00001", "title": ""})
    with lines.open("a") as file:
        file.write('{"torn": \n[1]\n')
    zipped = tmp_path / "b.jsonl.gz"
    zipped.write_bytes(gzip.compress(json.dumps({**LISTED, "id": "2503.00002"}).encode()))
    table = tmp_path / "c.csv"
    table.write_text("id,title,authors,categories,abstract\n2503.00003,T,Ann A; Bea B,cs.LG cs.CL,Text\n")
    seen: list[tuple[int, int]] = []
    result = import_files([lines, zipped, table], store, lambda done, total: seen.append((done, total)))
    assert str(result) == "8 records read: 4 new, 0 newer versions, 0 unchanged, 4 unreadable"
    assert result.problems[0].startswith("a.jsonl, record 3: 'x' is not an arXiv id")
    assert store.get(["2503.00003"])["2503.00003"].authors == ("Ann A", "Bea B")
    assert store.count() == 4
    assert seen[-1][0] == seen[-1][1]


def test_our_own_files_come_back_as_they_were(tmp_path: Path) -> None:
    first = MetadataStore(data_folder(tmp_path / "first"))
    first.put([replace(paper_of(SNAPSHOT), license="http://x", withdrawn=True)])
    path = tmp_path / "2007-04.csv"
    path.write_text(write_papers(first.all()), newline="")
    second = MetadataStore(data_folder(tmp_path / "second"))
    import_files([path], second)
    assert [replace(paper, harvested_at=None) for paper in second.all()] == list(first.all())


def test_an_import_never_overrules_arxiv_and_the_same_again_changes_no_byte(tmp_path: Path) -> None:
    store = MetadataStore(data_folder(tmp_path))
    path = write(tmp_path / "a.jsonl", SNAPSHOT, LISTED)
    stored = replace(paper_of(LISTED), title="What arXiv says", source="oai")
    store.put([stored, replace(paper_of(SNAPSHOT), version=1, version_at=datetime(2007, 4, 2, tzinfo=UTC))])
    result = import_files([path], store)
    assert (result.new, result.revised, result.known) == (0, 1, 1)
    assert store.get([stored.paper_id])[stored.paper_id].title == "What arXiv says"
    before = store.fingerprint()
    assert import_files([path], store).known == 2
    assert store.fingerprint() == before


def test_a_harvest_after_an_import_completes_the_paper_and_calls_it_no_revision() -> None:
    imported = paper_of(LISTED)
    day = datetime(2025, 3, 17, tzinfo=UTC)
    told = replace(imported, source="oai", title="A líst", license="http://x", published_at=day, updated_at=day)
    kinds = sort_papers([told], {imported.paper_id: imported})
    assert (kinds.revised, kinds.known) == ((), (imported.paper_id,))
    assert (kinds.papers[0].version, kinds.papers[0].license) == (1, "http://x")


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(PapersysError, match=r"lost\.jsonl"):
        import_files([tmp_path / "lost.jsonl"], MetadataStore(data_folder(tmp_path)))


def many(count: int) -> list[bytes]:
    return [json.dumps({**LISTED, "id": f"2503.{number:05}"}).encode() + b"\n" for number in range(1, count + 1)]


@pytest.mark.parametrize(
    ("bad", "why"),
    [
        (b'{"id": "2503.90001", "title": "' + b"[" * 9 + b'\xff", broken\n', "not UTF-8"),
        (b"[" * 100_000 + b"]" * 100_000 + b"\n", "nested too deeply"),
        (json.dumps({**LISTED, "authors_parsed": [[]]}).encode() + b"\n", "index out of range"),
        (json.dumps({**LISTED, "first_seen": "10000-01-01"}).encode() + b"\n", "Invalid isoformat"),
        (json.dumps({**LISTED, "version": "9" * 5_000}).encode() + b"\n", "integer string"),
        (b'{"id": "2503.90002", "authors": "' + b"A. Name, " * 600_000 + b'"}\n', "longer than 4 MB"),
        (json.dumps({**LISTED, "id": "\ud800"}).encode() + b"\n", "is not an arXiv id"),
    ],
)
def test_a_bad_record_is_named_and_the_rest_goes_on(tmp_path: Path, bad: bytes, why: str) -> None:
    lines = many(6)
    path = tmp_path / "a.jsonl"
    path.write_bytes(b"".join([*lines[:3], bad, *lines[3:]]))
    store = MetadataStore(data_folder(tmp_path))
    result = import_files([path], store)
    assert (result.new, result.unreadable, store.count()) == (6, 1, 6)
    assert result.problems[0].startswith("a.jsonl, record 4: ")
    assert why in result.problems[0]


def test_a_lone_surrogate_costs_a_character_and_no_record(tmp_path: Path) -> None:
    path = write(tmp_path / "a.jsonl", {**LISTED, "title": "A \ud83d list", "authors": ["Ann \udfff"]}, SNAPSHOT)
    store = MetadataStore(data_folder(tmp_path))
    assert import_files([path], store).new == 2
    assert (store.get(["2503.11677"])["2503.11677"].title) == "A   list"


@pytest.mark.attack
def test_a_record_of_megabytes_is_cut_where_it_comes_in() -> None:
    paper = paper_of({**LISTED, "abstract": "a" * 3_000_000, "authors": ["A. Name"] * 100_000})
    assert len(encode_row(paper)) < 1_000_000


@pytest.mark.parametrize("spoil", ["cut", "one bad byte"])
def test_what_comes_before_a_break_is_stored_and_other_files_are_read(tmp_path: Path, spoil: str) -> None:
    rng = random.Random(0)
    lines = [
        json.dumps({**LISTED, "id": f"2503.{n:05}", "abstract": str(rng.random())}).encode() for n in range(1, 6001)
    ]
    content = bytearray(gzip.compress(b"\n".join(lines)))
    if spoil == "cut":
        content = content[: len(content) * 3 // 4]
    else:
        content[len(content) * 3 // 4] ^= 0xFF
    broken = tmp_path / "a.jsonl.gz"
    broken.write_bytes(content)
    whole = write(tmp_path / "b.jsonl", SNAPSHOT)
    store = MetadataStore(data_folder(tmp_path))
    result = import_files([broken, whole], store)
    assert 4_000 < result.new < 6_002
    assert result.new == store.count()
    assert store.has(["0704.0001"])
    assert any("a.jsonl.gz could not be read after record" in problem for problem in result.problems)
    assert result.unreadable == len(result.problems) >= 1


@pytest.mark.parametrize("content", [b"\x1f\x8bbroken", b"\xff\xfe\x00", b"PK\x03\x04cut"])
def test_a_file_that_cannot_be_read_at_all_is_named(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "lost.jsonl"
    path.write_bytes(content)
    result = import_files([path], MetadataStore(data_folder(tmp_path)))
    assert (result.new, result.unreadable) == (0, 1)
    assert result.problems[0].startswith("lost.jsonl could not be read")


def test_versions_are_counted_by_their_numbers_and_not_by_how_many_are_listed(tmp_path: Path) -> None:
    listed = [SNAPSHOT["versions"][0], {"version": "v3", "created": "Tue, 24 Jul 2007 20:10:27 GMT"}]
    paper = paper_of({**SNAPSHOT, "versions": listed})
    assert (paper.version, paper.version_known, paper.published_known) == (3, True, True)
    assert paper.version_at == datetime(2007, 7, 24, 20, 10, 27, tzinfo=UTC)
    late = paper_of({**SNAPSHOT, "versions": listed[1:]})
    assert (late.version, late.published_at, late.published_known) == (3, None, False)


def test_the_zip_of_the_snapshot_is_read_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "archive.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("__MACOSX/._x.json", b"\0\1")
        archive.writestr("arxiv-metadata-oai-snapshot.json", b"\xef\xbb\xbf" + b"".join(many(3)) + b"{torn")
        archive.writestr("more/list.csv", "\ufeffid,title,categories\n2503.00009,T,cs.LG\n")
        archive.writestr("readme.pdf", b"%PDF")
    store = MetadataStore(data_folder(tmp_path))
    result = import_files([path], store)
    assert (result.new, result.unreadable) == (4, 1)
    assert result.problems[0].startswith("archive.zip, arxiv-metadata-oai-snapshot.json, record 4: ")
    assert store.has(["2503.00009"])


def test_a_bomb_in_a_zip_is_no_memory(tmp_path: Path) -> None:
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("a.json", "w") as member:
        for _ in range(200):
            member.write(b" " * 1024**2)
        member.write(b"\n" + many(1)[0])
    tracemalloc.start()
    result = import_files([path], MetadataStore(data_folder(tmp_path)))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (result.new, result.unreadable) == (1, 1)
    assert peak < 40 * 1024**2


def test_a_table_with_open_quotes_and_huge_cells_loses_only_these_rows(tmp_path: Path) -> None:
    path = tmp_path / "c.csv"
    rows = [f"2503.{number:05},Title,Ann A,cs.LG,Text" for number in range(1, 2001)]
    rows[3] = '2503.00004,"an open quote,Ann A,cs.LG,Text'
    rows[5] = '2503.00006,Title,Ann A,cs.LG,"a text\nof ""two"" lines"'
    rows[7] = f'2503.00008,Title,"{"A. Name; " * 600_000}",cs.LG,Text'
    rows[9] = '2503.00010,A 5" disk,Ann A,cs.LG,Text'
    path.write_text("\n".join(["\ufeffid,title,authors,categories,abstract", *rows]))
    store = MetadataStore(data_folder(tmp_path))
    result = import_files([path], store)
    assert (result.new, result.unreadable) == (1998, 2)
    assert "a quote is not closed, it begins '2503.00004" in result.problems[0]
    assert "longer than 4 MB, it begins '2503.00008" in result.problems[1]
    papers = store.get(["2503.00006", "2503.00010"])
    assert papers["2503.00006"].abstract == 'a text of "two" lines'
    assert papers["2503.00010"].title == 'A 5" disk'


def test_a_row_that_is_none_is_named_and_the_next_one_read(tmp_path: Path) -> None:
    path = tmp_path / "c.csv"
    rows = ["id,title,authors,categories,abstract", "2503.00001,A\rB,Ann A,cs.LG,Text", "2503.00002,A,Ann A,cs.LG,Text"]
    path.write_bytes("\n".join(rows).encode())
    result = import_files([path], MetadataStore(data_folder(tmp_path)))
    assert (result.new, result.unreadable) == (1, 1)
    assert "not a table row" in result.problems[0]


def test_an_import_completes_the_history_of_a_harvested_paper_and_calls_it_no_later_version(tmp_path: Path) -> None:
    store = MetadataStore(data_folder(tmp_path))
    day = datetime(2007, 7, 24, tzinfo=UTC)
    told = replace(paper_of(LISTED), paper_id="0704.0001", title="Told", source="oai", published_at=day, version_at=day)
    store.put([told])
    result = import_files([write(tmp_path / "a.jsonl", SNAPSHOT)], store)
    assert (result.new, result.revised, result.known) == (0, 0, 1)
    paper = store.get(["0704.0001"])["0704.0001"]
    assert (paper.title, paper.version, paper.version_known, paper.published_known) == ("Told", 2, True, True)
    assert paper.published_at == datetime(2007, 4, 2, 19, 18, 42, tzinfo=UTC)


def test_an_older_version_of_a_file_never_overrules_a_later_one_of_unknown_number(tmp_path: Path) -> None:
    store = MetadataStore(data_folder(tmp_path))
    told = replace(paper_of(SNAPSHOT), title="Newest", version=1, version_known=False, source="oai")
    store.put([replace(told, version_at=datetime(2009, 1, 1, tzinfo=UTC))])
    assert import_files([write(tmp_path / "a.jsonl", SNAPSHOT)], store).known == 1
    assert store.get(["0704.0001"])["0704.0001"].title == "Newest"
