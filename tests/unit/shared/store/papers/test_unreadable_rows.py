"""A row that cannot be read costs itself alone: it is named, counted, set aside, and lost by no later writing."""

import logging
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.errors import PapersysError
from shared.store.files.data_folder import DataFolder
from shared.store.keeping.counts import count_datasets
from shared.store.papers.limits import within_limits
from shared.store.papers.metadata import MetadataStore, read_papers
from shared.store.papers.rows import EARLIER_HEADER, HEADER, encode_row
from tests.support.papers.embedder import paper

pytestmark = pytest.mark.attack

IDS = ["2611.00001", "2611.00002", "2611.00003"]
MONTH = "2026-11"


@pytest.fixture
def store(tmp_path: Path) -> MetadataStore:
    store = MetadataStore(DataFolder(tmp_path, 0))
    store.put(map(paper, IDS))
    return store


def path_of(tmp_path: Path) -> Path:
    return tmp_path / "metadata" / f"{MONTH}.csv"


def spoil(tmp_path: Path, change: Callable[[bytes], bytes]) -> bytes:
    """Change the second row; returns what it is then."""
    header, *rows = path_of(tmp_path).read_bytes().split(b"\r\n")
    rows[1] = change(rows[1])
    path_of(tmp_path).write_bytes(b"\r\n".join([header, *rows]))
    return rows[1]


SPOILERS: dict[str, Callable[[bytes], bytes]] = {
    "13 MB of authors": lambda row: row.replace(b"[", b"[" + b'""A. Name"", ' * 1_000_000, 1),
    "authors that are no JSON": lambda row: row.replace(b"[", b"{", 1),
    "authors that are nested too deeply": lambda row: row.replace(b"[", b"[" * 200_000, 1),
    "one bad byte": lambda row: row.replace(b"A title", b"A \xff title", 1),
    "an open quote": lambda row: row[:13] + b'"' + row[13:],
    "no id": lambda row: b"garbage," + row[11:],
    "half a row": lambda row: row[: len(row) // 2],
    "NUL bytes of a lost block": lambda row: b"\0" * len(row),
    "an impossible day": lambda row: row.replace(b",oai,", b",oai,2026-99-01", 1),
}


@pytest.mark.parametrize("what", SPOILERS)
def test_a_month_with_an_unreadable_row_is_read_without_it(
    tmp_path: Path, store: MetadataStore, caplog: pytest.LogCaptureFixture, what: str
) -> None:
    spoil(tmp_path, SPOILERS[what])
    assert set(MetadataStore(DataFolder(tmp_path, 0)).get(IDS)) == {IDS[0], IDS[2]}
    caplog.clear()
    reader = MetadataStore(DataFolder(tmp_path, 0))
    with caplog.at_level(logging.ERROR):
        assert [one.paper_id for one in reader.month(MONTH)] == [IDS[0], IDS[2]]
        assert set(reader.get(IDS)) == {IDS[0], IDS[2]}
        assert reader.has(IDS) == {IDS[0], IDS[2]}
        assert [one.paper_id for one in read_papers(path_of(tmp_path))] == [IDS[0], IDS[2]]
    assert len(reader.unreadable()[MONTH]) == 1
    said = [record.getMessage() for record in caplog.records]
    assert len(said) == 1
    assert f"{MONTH}.csv cannot be read and is left out" in said[0]


@pytest.mark.parametrize("what", SPOILERS)
def test_the_next_writing_of_a_month_keeps_an_unreadable_row_aside_and_takes_its_paper_again(
    tmp_path: Path, store: MetadataStore, what: str
) -> None:
    row = spoil(tmp_path, SPOILERS[what])
    again = MetadataStore(DataFolder(tmp_path, 0))
    again.month(MONTH)
    assert again.put([paper("2611.00004"), paper(IDS[1])]).new == ("2611.00004", IDS[1])
    assert [one.paper_id for one in again.month(MONTH)] == [*IDS, "2611.00004"]
    assert (tmp_path / "metadata" / "unreadable" / f"{MONTH}.csv").read_bytes() == row + b"\r\n"
    fresh = MetadataStore(DataFolder(tmp_path, 0))
    assert (len(fresh.month(MONTH)), fresh.unreadable(), fresh.months()) == (4, {}, [MONTH])


def test_a_first_line_that_is_no_csv_is_told_as_wrong_columns(tmp_path: Path, store: MetadataStore) -> None:
    path_of(tmp_path).write_bytes(b"paper_id,ti\rtle\n2611.00001,x\n")
    with pytest.raises(PapersysError, match="does not have the columns"):
        read_papers(path_of(tmp_path))


def test_unreadable_rows_are_counted(tmp_path: Path, store: MetadataStore) -> None:
    assert "unreadable rows of papers" not in count_datasets(DataFolder(tmp_path, 0), "tiny")
    spoil(tmp_path, SPOILERS["13 MB of authors"])
    counts = count_datasets(DataFolder(tmp_path, 0), "tiny")
    assert (counts["papers"], counts["unreadable rows of papers"]) == (2, 1)


def test_a_row_that_is_set_aside_twice_is_kept_once(tmp_path: Path, store: MetadataStore) -> None:
    row = spoil(tmp_path, SPOILERS["no id"])
    before = path_of(tmp_path).read_bytes()
    MetadataStore(DataFolder(tmp_path, 0)).put([paper("2611.00004")])
    path_of(tmp_path).write_bytes(before)  # killed before the month was replaced
    MetadataStore(DataFolder(tmp_path, 0)).put([paper("2611.00004")])
    assert (tmp_path / "metadata" / "unreadable" / f"{MONTH}.csv").read_bytes() == row + b"\r\n"


def test_half_a_file_gives_all_that_is_whole(tmp_path: Path, store: MetadataStore) -> None:
    content = path_of(tmp_path).read_bytes()
    path_of(tmp_path).write_bytes(content[:-20])
    assert [one.paper_id for one in MetadataStore(DataFolder(tmp_path, 0)).month(MONTH)] == IDS[:2]


def test_a_month_that_was_written_before_the_history_was_kept_opens_as_it_is(tmp_path: Path) -> None:
    rows = [encode_row(paper(one)).removesuffix(b",,,\r\n") + b"\r\n" for one in IDS]
    path_of(tmp_path).parent.mkdir()
    path_of(tmp_path).write_bytes(EARLIER_HEADER + b"".join(rows))
    store = MetadataStore(DataFolder(tmp_path, 0))
    assert store.month(MONTH) == [paper(one) for one in IDS] == list(store.get(IDS).values())
    assert path_of(tmp_path).read_bytes().startswith(EARLIER_HEADER)
    store.put_rows({"2611.00004": rows[0].replace(IDS[0].encode(), b"2611.00004")})
    assert path_of(tmp_path).read_bytes().startswith(HEADER)
    assert [one.paper_id for one in MetadataStore(DataFolder(tmp_path, 0)).month(MONTH)] == [*IDS, "2611.00004"]


@settings(max_examples=60, deadline=None)
@given(place=st.integers(0, 10_000), junk=st.binary(max_size=40))
def test_whatever_lands_in_a_month_the_store_reads_the_rest(
    tmp_path_factory: pytest.TempPathFactory, place: int, junk: bytes
) -> None:
    folder = tmp_path_factory.mktemp("data")
    rows = [encode_row(paper(f"2611.{number:05}")) for number in range(1, 21)]
    content = b"".join(rows)
    place %= len(content)
    (folder / "metadata").mkdir()
    path_of(folder).write_bytes(HEADER + content[:place] + junk + content[place:])
    found = {one.paper_id for one in MetadataStore(DataFolder(folder, 0)).month(MONTH)}
    assert len(found & {f"2611.{number:05}" for number in range(1, 21)}) >= 18


def test_a_paper_is_cut_where_it_comes_in_so_that_its_row_can_be_read_by_anything() -> None:
    huge = paper(IDS[0], "t" * 10**6, "\ud800\x00" + "ä" * 10**6)
    vast = within_limits(replace(huge, authors=("A. Ö. Nämé",) * 10**6))
    assert len(encode_row(vast)) < 2 * 1024**2
    assert len(vast.authors) > 10_000
    assert "\ud800" not in vast.abstract
    usual = paper(IDS[1])
    assert within_limits(usual) == usual


def test_other_columns_are_refused_by_name(tmp_path: Path) -> None:
    path_of(tmp_path).parent.mkdir()
    path_of(tmp_path).write_bytes(b"id,title\r\n2611.00001,x\r\n")
    with pytest.raises(PapersysError, match=r"2026-11\.csv does not have the columns"):
        MetadataStore(DataFolder(tmp_path, 0)).count()
