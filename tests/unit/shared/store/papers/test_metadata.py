"""Metadata by month: what goes in comes back, whatever it holds, and the newest version counts."""

import csv
import io
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.errors import PapersysError
from shared.store.files.data_folder import DataFolder
from shared.store.papers.metadata import COLUMNS, MetadataStore, Paper, read_papers, write_papers
from shared.store.papers.month_rows import count_rows

NOON = datetime(2026, 11, 6, 12, tzinfo=UTC)
TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\r\x00"), max_size=60)


def paper(paper_id: str, version: int = 1, **changes: object) -> Paper:
    facts = {
        "title": "A title",
        "abstract": "An abstract",
        "authors": ("Ann Author",),
        "categories": ("cs.LG", "stat.ML"),
        "primary_category": "cs.LG",
        "published_at": NOON,
        "updated_at": NOON,
        "harvested_at": NOON,
        **changes,
    }
    return Paper(paper_id, version, **facts)  # type: ignore[arg-type]


@settings(max_examples=50, deadline=None)
@given(title=TEXT, abstract=TEXT, authors=st.lists(TEXT, max_size=3), comment=TEXT)
def test_any_text_in_metadata_comes_back_exactly(
    tmp_path_factory: pytest.TempPathFactory, title: str, abstract: str, authors: list[str], comment: str
) -> None:
    path = tmp_path_factory.mktemp("csv") / "2410.csv"
    original = paper("2410.12850", title=title, abstract=abstract, authors=tuple(authors), comment=comment)
    path.write_bytes(write_papers([original]).encode())
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.reader(file))
    plain = io.StringIO(newline="")
    csv.writer(plain, lineterminator="\r\n").writerows(rows)
    assert plain.getvalue().encode() == path.read_bytes()
    assert read_papers(path) == [original]


def test_an_id_that_looks_like_a_number_stays_text_for_other_readers_too(data: DataFolder) -> None:
    MetadataStore(data).put([paper("2410.12850")])
    path = data.path("metadata", "2410.csv").with_name("2024-10.csv")
    types = dict.fromkeys(COLUMNS, "VARCHAR")
    rows = duckdb.sql(f"select paper_id from read_csv('{path}', columns={types}, header=true)").fetchall()
    assert rows == [("2410.12850",)]


def test_a_newer_version_replaces_an_older_and_never_the_reverse(data: DataFolder) -> None:
    store = MetadataStore(data)
    assert store.put([paper("2410.00001", 2, title="Second")]).new == ("2410.00001",)
    assert store.put([paper("2410.00001", 1, title="First")]).known == ("2410.00001",)
    assert store.get(["2410.00001"])["2410.00001"].title == "Second"
    assert store.put([paper("2410.00001", 3, title="Third")]).revised == ("2410.00001",)


def test_the_same_harvest_twice_leaves_every_byte_as_it_was(data: DataFolder) -> None:
    store = MetadataStore(data)
    papers = [paper("hep-th/9901001"), paper("2410.00002"), paper("2410.00001")]
    store.put(papers)
    before = {path: path.read_bytes() for path in data.path("metadata").iterdir()}
    later = [paper(one.paper_id, harvested_at=NOON + timedelta(days=1)) for one in papers]
    assert store.put(later).known == tuple(
        one.paper_id for one in sorted(later, key=lambda p: p.paper_id[:4] != "hep-")
    )
    assert {path: path.read_bytes() for path in data.path("metadata").iterdir()} == before
    assert [path.name for path in sorted(before)] == ["1999-01.csv", "2024-10.csv"]
    assert [one.paper_id for one in store.month("2024-10")] == ["2410.00001", "2410.00002"]


def test_a_month_that_others_wrote_is_read_and_written_as_ours(data: DataFolder) -> None:
    store = MetadataStore(data)
    store.put([paper("2410.00001", comment='a "quoted",\nsecond line'), paper("2410.00002")])
    path = data.path("metadata", "2024-10.csv")
    ours = path.read_bytes()
    path.write_bytes(ours.replace(b"\r\n", b"\n"))
    assert store.get(["2410.00001"])["2410.00001"].comment == 'a "quoted",\nsecond line'
    store.put([paper("2410.00002", 2)])
    assert path.read_bytes() == ours.replace(b"2410.00002,1,", b"2410.00002,2,")


def test_what_a_killed_writer_left_is_removed_by_the_next(data: DataFolder) -> None:
    data.path("metadata").mkdir()
    data.path("metadata", ".2024-10.csv.1234.tmp").write_text("half")
    MetadataStore(data).put([paper("2410.00001")])
    assert [path.name for path in data.path("metadata").iterdir()] == ["2024-10.csv"]


def test_a_month_is_read_and_written_by_several_threads_at_once(data: DataFolder) -> None:
    store = MetadataStore(data)
    ids = [f"24{month:02}.{number:05}" for number in range(1, 9) for month in range(1, 13)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda paper_id: store.put([paper(paper_id)]), ids))
        found = list(pool.map(lambda paper_id: store.get([paper_id])[paper_id].paper_id, ids))
    assert found == ids
    assert store.count() == len(ids)


def test_of_the_same_version_the_later_word_stays(data: DataFolder) -> None:
    store = MetadataStore(data)
    store.put([paper("2410.00001", title="Later")])
    earlier = paper("2410.00001", title="Earlier", updated_at=NOON - timedelta(days=1))
    assert store.put([earlier]).known == ("2410.00001",)
    assert store.get(["2410.00001"])["2410.00001"].title == "Later"


def test_a_metadata_file_of_another_shape_is_refused_by_name(data: DataFolder) -> None:
    data.write_text(data.path("metadata", "2024-10.csv"), "id,title\r\n1,x\r\n")
    with pytest.raises(PapersysError, match=r"2024-10\.csv"):
        MetadataStore(data).count()


def test_counting_again_reads_only_the_months_that_changed(data: DataFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    MetadataStore(data).put([paper("2410.00001"), paper("2411.00001")])
    read: list[str] = []
    monkeypatch.setattr("shared.store.papers.metadata._CACHED_BYTES", 0)

    def noted(path: Path) -> int | None:
        read.append(path.stem)
        return count_rows(path)

    monkeypatch.setattr("shared.store.papers.metadata.count_rows", noted)
    store = MetadataStore(data)
    assert [store.count(), store.count()] == [2, 2]
    assert read == ["2024-10", "2024-11"]
    MetadataStore(data).put([paper("2411.00002")])
    read.clear()
    assert store.count() == 3
    assert read == ["2024-11"]
