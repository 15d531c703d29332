"""What is known of rows survives a torn line, a restart and its own growth."""

from datetime import UTC, datetime
from pathlib import Path

from shared.notion import row_files
from shared.notion.row_files import NotionFiles, PollCursor, WrittenRow
from shared.store.files.data_folder import DataFolder

NOON = datetime(2026, 11, 6, 12, tzinfo=UTC)


def test_the_newest_line_of_a_paper_counts_for_whoever_reads_it(tmp_path: Path) -> None:
    data = DataFolder(tmp_path, 0)
    files, other = NotionFiles(data, "source"), NotionFiles(data, "source")
    files.rows.put(WrittenRow(paper_id="2611.00101", intended="like", sent_at=NOON))
    assert other.rows.all()["2611.00101"].sent_at == NOON
    files.rows.put(WrittenRow(paper_id="2611.00101", page_id="p", rating="like", shown_at=NOON))
    assert other.rows.all() == files.rows.all() == {"2611.00101": files.rows.all()["2611.00101"]}
    assert other.rows.all()["2611.00101"].page_id == "p"


def test_a_torn_line_is_passed_over_and_cut_off_by_the_next(tmp_path: Path) -> None:
    files = NotionFiles(DataFolder(tmp_path, 0), "source")
    files.rows.put(WrittenRow(paper_id="2611.00101", page_id="p"))
    path = tmp_path / "state" / "notion" / "source" / "rows.jsonl"
    with path.open("a") as file:
        file.write('{"paper_id": "2611.001')
    again = NotionFiles(DataFolder(tmp_path, 0), "source")
    again.rows.put(WrittenRow(paper_id="2611.00102", page_id="q"))
    assert [row.page_id for row in NotionFiles(DataFolder(tmp_path, 0), "source").rows.all().values()] == ["p", "q"]


def test_a_file_of_old_lines_is_written_anew(tmp_path: Path) -> None:
    files = NotionFiles(DataFolder(tmp_path, 0), "source")
    rows = [WrittenRow(paper_id="2611.00101", page_id=str(n)) for n in range(row_files._SPARE_LINES + 3)]
    files.rows.put(*rows)
    path = tmp_path / "state" / "notion" / "source" / "rows.jsonl"
    assert len(path.read_text().splitlines()) == 1
    assert files.rows.all()["2611.00101"] == rows[-1]


def test_without_a_cursor_everything_is_read(tmp_path: Path) -> None:
    files = NotionFiles(DataFolder(tmp_path, 0), "a source/../x")
    assert files.cursor() == PollCursor()
    files.put_cursor(PollCursor(polled_at=NOON))
    assert files.cursor().polled_at == NOON
    assert list((tmp_path / "state" / "notion").iterdir()) == [next((tmp_path / "state" / "notion").glob("a-source*"))]
