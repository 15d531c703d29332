"""The index stays right: while a harvest writes, after a kill, when damaged, missing, worn or of another schema."""

import asyncio
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import tantivy

from services.ranker.search.index import keyword_index, paper_documents, updater
from services.ranker.search.index.index_writer import IndexWriter
from services.ranker.search.query.filters import Filters
from services.ranker.search.query.parsed_query import parse_query
from shared.search.index_failures import Damaged, failing_clearly
from tests.support.checks.waiting import eventually
from tests.unit.ranker.search.house import House, a_paper


@pytest.fixture
def house(tmp_path: Path) -> House:
    made = House(tmp_path)
    made.add(*(a_paper(n, f"Paper {n} on kind{n}") for n in range(1, 1301)), a_paper(5001, "Newer kind5001"))
    return made


def find(house: House, query: str) -> list[str]:
    house.updater.refresh()
    return house.index.search(parse_query(query).terms, Filters(), 20)


def test_only_what_changed_is_indexed_again(house: House) -> None:
    sizes = house.count_batches()
    assert sizes() == [1, 500, 500, 300]
    assert len(sizes()) == 4
    house.add(a_paper(7, "Another title", version=2), a_paper(1301, "One more"))
    assert sizes()[4:] == [2]
    assert house.index.count() == 1302


def test_a_revised_paper_is_found_by_its_new_words_and_not_by_its_old(house: House) -> None:
    assert find(house, "kind7") == ["2610.00007"]
    house.add(a_paper(7, "Zeolites", version=2))
    assert find(house, "zeolites") == ["2610.00007"]
    assert find(house, "kind7") == []


def test_papers_and_months_that_are_gone_are_found_no_more(house: House) -> None:
    assert find(house, "kind7 kind5001")
    house.data.path("metadata", "2611.csv").unlink(missing_ok=True)
    house.data.path("metadata", "2026-11.csv").unlink()
    path = house.data.path("metadata", "2026-10.csv")
    path.write_bytes(
        b"".join(line for line in path.read_bytes().splitlines(True) if not line.startswith(b"2610.00007"))
    )
    assert find(house, "kind7 kind5001") == []
    assert house.index.count() == 1299


def test_an_update_out_of_time_says_so_and_goes_on_later(house: House) -> None:
    state = house.updater.refresh(seconds=0)
    assert state.months_left == 2
    assert "is being built" in state.note
    assert house.updater.refresh().note == ""
    assert house.index.count() == 1301


def test_after_a_rebuild_the_index_that_was_here_before_is_removed(house: House) -> None:
    old = house.folder.with_name("words.sqlite")
    old.parent.mkdir(parents=True, exist_ok=True)
    old.write_bytes(b"SQLite format 3")
    house.updater.refresh(seconds=0)
    assert old.exists()
    house.updater.refresh()
    assert not old.exists()


@pytest.mark.parametrize("damage", [b"no index at all" * 100, b"", b'{"segments": 1}'])
@pytest.mark.parametrize("name", ["meta.json", "*.term", "*.store"])
def test_a_damaged_or_emptied_file_is_noticed_and_the_index_rebuilt(house: House, name: str, damage: bytes) -> None:
    house.updater.refresh()
    for path in house.folder.glob(name):
        path.unlink()
        path.write_bytes(damage)
    house.open()
    assert find(house, "kind7") == ["2610.00007"]
    assert house.index.broken_file() == ""


def test_bytes_overwritten_under_an_open_index_are_noticed_before_the_loop_begins(house: House) -> None:
    assert find(house, "kind7") == ["2610.00007"]
    path = max(house.folder.glob("*.idx"), key=lambda path: path.stat().st_size)
    with path.open("r+b") as file:
        file.seek(40)
        file.write(bytes(byte ^ 0xFF for byte in path.read_bytes()[40:80]))
    assert str(path) in house.index.broken_file()
    house.updater.check()
    assert house.index.broken_file() == ""
    assert find(house, "kind7") == ["2610.00007"]


async def test_the_loop_survives_damage_upon_damage_and_what_nobody_foresaw(
    house: House, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Made anew, the index is found damaged again at once; then something else breaks; then all is well."""
    failures: list[Exception] = [Damaged("malformed")] * 5 + [KeyError("odd")]
    put = IndexWriter.put

    def broken(*arguments: Any) -> None:
        if failures:
            raise failures.pop(0)
        put(*arguments)

    monkeypatch.setattr(IndexWriter, "put", broken)
    monkeypatch.setattr(updater, "CHECK_SECONDS", 0.001)
    loop = asyncio.create_task(house.updater.keep())
    await eventually(lambda: loop.done() or house.index.count() == 1301, seconds=30)
    assert not loop.done()
    loop.cancel()
    assert caplog.text.count("The search index is behind: Damaged") == 1
    assert caplog.text.count("KeyError: 'odd'") >= 1


def test_an_index_of_another_schema_is_made_anew(house: House, caplog: pytest.LogCaptureFixture) -> None:
    house.folder.mkdir(parents=True)
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("words")
    tantivy.Index(builder.build(), str(house.folder))
    assert find(house, "kind7") == ["2610.00007"]
    assert "was made by another version" in caplog.text


def test_a_missing_index_is_made_also_under_one_that_has_it_open(house: House) -> None:
    assert find(house, "kind7")
    shutil.rmtree(house.folder)
    assert find(house, "kind7") == ["2610.00007"]


def test_another_process_reads_what_was_committed_and_what_was_rebuilt(house: House) -> None:
    other = House(house.data.root)
    assert other.index.count() == 0
    house.updater.refresh()
    assert other.index.count() == 1301
    house.updater.mend()
    assert other.index.count() == 0
    house.updater.refresh()
    assert other.index.search(parse_query("kind7").terms, Filters(), 5) == ["2610.00007"]


def test_a_worn_index_is_made_anew(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keyword_index, "_FEW_DELETED", 10)
    house.updater.refresh()
    house.add(*(a_paper(n, f"Paper {n} on kind{n}", "again", version=2) for n in range(1, 1001)))
    house.updater.refresh()
    assert house.index.is_worn()
    house.add(a_paper(1, "Paper 1 on kind1", "again and again", version=3))
    house.updater.refresh()
    assert not house.index.is_worn()
    assert find(house, "kind7") == ["2610.00007"]


def test_where_the_disk_is_full_the_state_says_so_and_what_is_there_is_found(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.updater.refresh()
    house.add(a_paper(1301, "One more"))

    def full(writer: IndexWriter) -> None:
        with failing_clearly(house.folder):
            raise ValueError("An IO error occurred: 'No space left on device (os error 28)'")

    with monkeypatch.context() as patched:
        patched.setattr(IndexWriter, "commit", full)
        state = house.updater.refresh()
    assert "No space left on device" in state.note
    assert house.index.search(parse_query("kind7").terms, Filters(), 5) == ["2610.00007"]
    monkeypatch.setattr(house.data, "min_free_bytes", 10**18)
    assert "free some space" in house.updater.refresh().note
    monkeypatch.undo()
    assert house.updater.refresh().note == ""
    assert house.index.count() == 1302


def test_while_another_process_makes_the_index_search_goes_by_what_is_there(house: House) -> None:
    house.updater.refresh(seconds=0)
    other = House(house.data.root)
    with house.data.lock("search-index"):
        state = other.updater.refresh()
    assert (state.months_left, state.elsewhere) == (2, True)
    assert "by another process" in state.note


_KILLED = """
import os, signal, sys
from pathlib import Path
from services.ranker.search.index import index_writer, updater
from tests.unit.ranker.search.house import House
house, left, document_of = House(Path(sys.argv[1])), [int(sys.argv[2])], index_writer.document_of
updater._COMMITTED_AT_ONCE = 500
def document(entry, number):
    left[0] -= 1
    if not left[0]:
        os.kill(os.getpid(), signal.SIGKILL)
    return document_of(entry, number)
index_writer.document_of = document
house.updater.refresh()
"""


@pytest.mark.parametrize("after", [1, 501, 1100])
def test_killed_within_an_update_the_index_goes_on_and_ends_right(house: House, after: int) -> None:
    root = Path(__file__).parents[5]
    killed = subprocess.run([sys.executable, "-c", _KILLED, str(house.data.root), str(after)], cwd=root, timeout=60)
    assert killed.returncode == -signal.SIGKILL
    sizes = house.count_batches()
    assert sum(sizes()) == {1: 1301, 501: 1301, 1100: 300}[after]
    assert house.index.count() == 1301
    for n in (1, 499, 500, 501, 1300):
        assert find(house, f"kind{n}") == [f"2610.{n:05}"]
    assert house.index.broken_file() == ""


def test_an_index_of_another_recipe_is_brought_up_to_today(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as earlier:
        earlier.setattr(paper_documents, "_RECIPE", b"1")
        house.updater.refresh()
    sizes = house.count_batches()
    house.add(a_paper(5002, "Newest"))
    assert sum(sizes()) == 1302
    assert house.index.count() == 1302
