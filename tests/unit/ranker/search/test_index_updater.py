"""The index stays right: while a harvest writes, after a kill, when damaged, missing, worn or of another schema."""

import asyncio
import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from services.ranker.search import index_updater, keywords
from services.ranker.search.keywords import Damaged
from services.ranker.search.query.filters import Filters
from services.ranker.search.query.parsed_query import parse_query
from shared.errors import PermanentFailure
from tests.support.waiting import eventually
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


@pytest.mark.parametrize("damage", [b"no database at all" * 100, b"", b"SQLite format 3\x00" + b"\xff" * 4000])
def test_a_damaged_or_emptied_file_is_made_anew(house: House, damage: bytes) -> None:
    house.updater.refresh()
    house.index.close()
    house.path.write_bytes(damage)
    house.open()
    assert find(house, "kind7") == ["2610.00007"]


def test_pages_overwritten_under_an_open_index_are_noticed_when_read(house: House) -> None:
    house.updater.refresh()
    house.index.close()
    content = bytearray(house.path.read_bytes())
    content[4096 * 3 :] = os.urandom(len(content) - 4096 * 3)
    house.path.write_bytes(content)
    with pytest.raises(Damaged):
        house.index.newest(Filters(), 2000)
    house.updater.mend()
    assert find(house, "kind7") == ["2610.00007"]


@pytest.mark.parametrize("expression", ['"no end', "nothing : at all", "a AND", "("])
def test_a_faulty_question_is_no_damage_and_costs_no_index(
    house: House, expression: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.updater.refresh()
    before = house.path.stat().st_ino
    with monkeypatch.context() as patched:
        patched.setattr("services.ranker.search.query.planning.Planner.plan", lambda planner, terms: expression)
        with pytest.raises(PermanentFailure, match="cannot answer this"):
            house.index.search(parse_query("kind7").terms, Filters(), 20)
    with pytest.raises(PermanentFailure), house.index._using() as connection:
        connection.execute("select kind from papers where ?", (1, 2))
    assert find(house, "kind7") == ["2610.00007"]
    assert house.path.stat().st_ino == before


@pytest.mark.parametrize("table", ["words", "months"])
def test_a_table_that_is_gone_is_damage(house: House, table: str) -> None:
    house.updater.refresh()
    with sqlite3.connect(house.path) as connection:
        connection.execute(f"drop table {table}")
    connection.close()
    terms = parse_query("kind7").terms
    with pytest.raises(Damaged):
        _ = house.index.stamps() if table == "months" else house.index.search(terms, Filters(), 20)
    house.updater.mend()
    assert find(house, "kind7") == ["2610.00007"]


async def test_the_loop_survives_damage_upon_damage_and_what_nobody_foresaw(
    house: House, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Made anew, the index is found damaged again at once; then something else breaks; then all is well."""
    failures: list[Exception] = [Damaged("malformed")] * 5 + [KeyError("odd")]
    put = house.index.put

    def broken(*arguments: Any) -> None:
        if failures:
            raise failures.pop(0)
        put(*arguments)

    monkeypatch.setattr(house.index, "put", broken)
    monkeypatch.setattr(index_updater, "CHECK_SECONDS", 0.001)
    loop = asyncio.create_task(house.updater.keep())
    await eventually(lambda: loop.done() or (house.path.exists() and house.index.count() == 1301), seconds=30)
    assert not loop.done()
    loop.cancel()
    assert caplog.text.count("The search index is behind: Damaged") == 1
    assert caplog.text.count("KeyError: 'odd'") >= 1


def test_an_index_of_another_schema_is_made_anew(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    house.updater.refresh()
    house.index.close()
    with sqlite3.connect(house.path) as connection:
        connection.execute("pragma user_version = 99")
    connection.close()
    house.open()
    assert find(house, "kind7") == ["2610.00007"]


def test_a_missing_index_is_made_also_under_one_that_has_it_open(house: House) -> None:
    assert find(house, "kind7")
    house.path.unlink()
    assert find(house, "kind7") == ["2610.00007"]


def test_a_worn_index_is_made_anew(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keywords, "_FEW_DEAD", 10)
    house.updater.refresh()
    for version in (2, 3):
        house.add(*(a_paper(n, f"Paper {n} on kind{n}", "again", version=version) for n in range(1, 1301)))
        house.updater.refresh()
    assert find(house, "kind7") == ["2610.00007"]
    with sqlite3.connect(house.path) as connection:
        assert connection.execute("select max(id) from words_docsize").fetchone()[0] < 2 * 1301
    connection.close()


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
from services.ranker.search import keywords
from shared.errors import PermanentFailure
from tests.support.waiting import eventually
from tests.unit.ranker.search.house import House
house, put, left = House(Path(sys.argv[1])), keywords.KeywordIndex.put, [int(sys.argv[2])]
texts_of = keywords.texts_of
def texts(paper):
    left[0] -= 1
    if not left[0]:
        os.kill(os.getpid(), signal.SIGKILL)
    return texts_of(paper)
keywords.texts_of = texts
house.updater.refresh()
"""


@pytest.mark.parametrize("after", [1, 300, 501, 1100])
def test_killed_within_an_update_the_index_goes_on_and_ends_right(house: House, after: int) -> None:
    root = Path(__file__).parents[4]
    killed = subprocess.run([sys.executable, "-c", _KILLED, str(house.data.root), str(after)], cwd=root, timeout=60)
    assert killed.returncode == -signal.SIGKILL
    sizes = house.count_batches()
    assert sum(sizes()) == {1: 1301, 300: 1300, 501: 1300, 1100: 300}[after]
    assert house.index.count() == 1301
    for n in (1, 499, 500, 501, 1300):
        assert find(house, f"kind{n}") == [f"2610.{n:05}"]
    with sqlite3.connect(house.path) as connection:
        connection.execute("insert into words(words) values ('integrity-check')")
        assert connection.execute("pragma integrity_check").fetchone()[0] == "ok"
    connection.close()
