import gzip
import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from services.fetcher.catalogue import sort_papers
from services.fetcher.importing import import_files, paper_of
from shared.errors import PapersysError
from shared.store.metadata import MetadataStore, write_papers
from tests.support.arxiv import data_folder

SNAPSHOT = {
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
    path.write_text("".join(json.dumps(one) + "\n" for one in records), encoding="utf-8")
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
    found = import_files([lines, zipped, table], store, lambda done, total: seen.append((done, total)))
    assert str(found) == "8 papers read: 4 new, 0 in a later version, 0 already known, 4 unreadable"
    assert found.problems[0].startswith("a.jsonl, record 3: 'x' is not an arXiv id")
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
    assert [replace(one, harvested_at=None) for one in second.all()] == list(first.all())


def test_an_import_never_overrules_arxiv_and_the_same_again_changes_no_byte(tmp_path: Path) -> None:
    store = MetadataStore(data_folder(tmp_path))
    path = write(tmp_path / "a.jsonl", SNAPSHOT, LISTED)
    known = replace(paper_of(LISTED), title="What arXiv says", source="oai")
    store.put([known, replace(paper_of(SNAPSHOT), version=1)])
    found = import_files([path], store)
    assert (found.new, found.revised, found.known) == (0, 1, 1)
    assert store.get([known.paper_id])[known.paper_id].title == "What arXiv says"
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


@pytest.mark.parametrize("content", [None, b"\x1f\x8bbroken", b"\xff\xfe\x00"])
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "lost.jsonl"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(PapersysError, match=r"lost\.jsonl"):
        import_files([path], MetadataStore(data_folder(tmp_path)))
