"""Metadata, selections, summaries, links and runs: what goes in comes back, whatever it holds."""

import csv
import io
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.errors import PapersysError
from shared.store.files.data_folder import DataFolder
from shared.store.links import Link, LinkStore
from shared.store.papers.documents import DocumentRecord, DocumentStore, Section
from shared.store.papers.metadata import COLUMNS, MetadataStore, Paper, read_papers, write_papers
from shared.store.papers.month_rows import MonthRows, read_rows
from shared.store.runs import HarvestRun, RunStore
from shared.store.selections import Candidate, SelectionStore
from shared.store.summaries import MadeBy, Summary, SummaryStore

NOON = datetime(2026, 11, 6, 12, tzinfo=UTC)
TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\r\x00"), max_size=60)


@pytest.fixture
def data(tmp_path: Path) -> DataFolder:
    return DataFolder(tmp_path, min_free_mb=0)


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

    def noted(path: Path) -> MonthRows:
        read.append(path.stem)
        return read_rows(path)

    monkeypatch.setattr("shared.store.papers.metadata.read_rows", noted)
    store = MetadataStore(data)
    assert [store.count(), store.count()] == [2, 2]
    assert read == ["2024-10", "2024-11"]
    MetadataStore(data).put([paper("2411.00002")])
    read.clear()
    assert store.count() == 3
    assert read == ["2024-11"]


def test_every_candidate_of_a_selection_comes_back_by_rank(data: DataFolder) -> None:
    store = SelectionStore(data)
    day = date(2026, 11, 6)
    facts = {"day": day, "run_id": "r1", "made_at": NOON}
    best = Candidate(
        paper_id="2410.12850", score=0.9, rank=1, outcome="picked", slot="top", reasons=("a", "b"), **facts
    )
    late = Candidate(paper_id="2410.00001", outcome="withdrawn", **facts)
    store.write(day, "r1", [late, best])
    assert store.day(day) == [best, late]
    assert store.days() == [day]
    assert store.outcomes("2410.00001") == [late]
    assert store.selected_ids() == {"2410.12850", "2410.00001"}


def summary(paper_id: str, event_id: str = "e1") -> Summary:
    return Summary(
        paper_id=paper_id, version=1, mode="extractive", made_at=NOON, made_by=MadeBy(event_id=event_id, model="x")
    )


def test_a_paper_has_one_summary_line_and_lines_are_sorted(data: DataFolder) -> None:
    store = SummaryStore(data)
    for paper_id in ("2410.00002", "2410.00001", "2410.00002"):
        store.put(summary(paper_id))
    store.put(summary("2410.00001", "e2"))
    lines = data.path("summaries", "2024-10.jsonl").read_text().splitlines()
    assert [line[14:24] for line in lines] == ["2410.00001", "2410.00002"]
    found = store.get("2410.00001")
    assert found is not None
    assert found.made_by.event_id == "e2"
    assert list(store.get_many(["2410.00002", "2410.09999"])) == ["2410.00002"]


def test_a_broken_summary_line_is_named_and_kept_aside_while_the_others_are_read(
    data: DataFolder, caplog: pytest.LogCaptureFixture
) -> None:
    store = SummaryStore(data)
    store.put(summary("2410.00001"))
    path = data.path("summaries", "2024-10.jsonl")
    path.write_text('{"paper_id": 5}\n' + path.read_text())
    assert SummaryStore(data).count() == 1
    assert "2024-10.jsonl, line 1, cannot be read" in caplog.text
    SummaryStore(data).put(summary("2410.00002"))
    assert data.path("summaries", "unreadable", "2024-10.jsonl").read_text() == '{"paper_id": 5}\n'
    assert [one.paper_id for one in SummaryStore(data).all()] == ["2410.00001", "2410.00002"]


def test_a_link_is_seen_from_both_ends(data: DataFolder) -> None:
    store = LinkStore(data)
    link = Link(paper_id="2410.00001", other_id="hep-th/9901001", type="cites", score=1.0, evidence="[3]")
    store.put("2410.00001", [link])
    assert store.of("2410.00001") == store.of("hep-th/9901001") == [link]
    store.put("2410.00001", [])
    assert store.count() == 0


def test_runs_come_back_in_order(data: DataFolder) -> None:
    store = RunStore(data)
    for name in ("20261106T120000", "20261105T120000"):
        store.put(HarvestRun(run_id=name, started_at=NOON, new_ids=("2410.12850",)))
    assert [run.run_id for run in store.all()] == ["20261105T120000", "20261106T120000"]
    latest = store.latest()
    assert latest is not None
    assert latest.size == 1


def test_a_document_without_a_report_does_not_count(data: DataFolder) -> None:
    store = DocumentStore(data)
    record = DocumentRecord(
        paper_id="hep-th/9901001", version=2, status="converted", route="latex", grade="good", made_at=NOON
    )
    store.put(record, "# Title\n", [Section(title="Title", level=1, text="")])
    data.path("documents", "hep-th_9901001", "v3").mkdir()
    assert store.record("hep-th/9901001") == record
    assert store.sections("hep-th/9901001", 2)[0].title == "Title"
    assert store.reply(record).folder == "documents/hep-th_9901001/v2"
    assert store.record("2410.12850") is None


def test_a_spoilt_record_of_a_run_or_document_hides_no_other(
    data: DataFolder, caplog: pytest.LogCaptureFixture
) -> None:
    runs, documents = RunStore(data), DocumentStore(data)
    runs.put(HarvestRun(run_id="20261105T120000", started_at=NOON))
    data.write_bytes(data.path("state", "fetcher", "runs", "20261106T120000.json"), b'{"run_id": \xff')
    assert [run.run_id for run in runs.all()] == ["20261105T120000"]
    assert runs.get("20261106T120000") is None
    assert "20261106T120000.json cannot be read" in caplog.text
    documents.put(DocumentRecord(paper_id="2410.00001", version=1, status="converted", made_at=NOON), "x", [])
    data.write_bytes(data.path("documents", "2410.00001", "v1", "report.json"), b"\0" * 80)
    data.path("documents", "2410.00001", "vault").mkdir()
    assert documents.record("2410.00001") is None
