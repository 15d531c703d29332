"""Selections of many days: what is asked for is found without making or keeping the rest."""

import io
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from shared.store import selections
from shared.store.files.data_folder import DataFolder
from shared.store.files.file_cache import FileCache
from shared.store.selected import candidates as candidates_of_files
from shared.store.selections import Candidate, SelectionStore

FIRST = date(2026, 1, 1)
DAYS, A_DAY = 40, 20


def paper_id(day: int, number: int) -> str:
    return f"26{1 + day // 28:02}.{day * 100 + number:05}"


def candidates(day: int, user: str = "me") -> Iterator[Candidate]:
    for number in range(A_DAY):
        yield Candidate(
            paper_id=paper_id(day, number),
            user=user,
            day=FIRST + timedelta(days=day),
            run_id=f"run-{day}",
            rank=number + 1,
            outcome="picked" if number < 2 else "below_quota",
            made_at=datetime(2026, 1, 1, tzinfo=UTC),
        )


@pytest.fixture
def many_days(tmp_path: Path) -> DataFolder:
    data = DataFolder(tmp_path, 0)
    for day in range(DAYS):
        SelectionStore(data).write(FIRST + timedelta(days=day), f"run-{day}", list(candidates(day)))
    return data


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The ids of the candidates that were made of rows."""
    ids: list[str] = []
    make = candidates_of_files._candidate

    def counted(row: dict[str, Any]) -> Candidate:
        ids.append(row["paper_id"])
        return make(row)

    monkeypatch.setattr(candidates_of_files, "_candidate", counted)
    return ids


def test_looking_at_one_paper_makes_no_candidate_of_another(many_days: DataFolder, made: list[str]) -> None:
    store = SelectionStore(many_days)
    for _ in range(2):
        (found,) = store.outcomes(paper_id(7, 3))
        assert (found.day, found.rank, found.outcome) == (FIRST + timedelta(days=7), 4, "below_quota")
    assert set(made) == {paper_id(7, 3)}


def test_ids_and_picks_of_all_days_are_told_without_making_the_candidates(
    many_days: DataFolder, made: list[str]
) -> None:
    store = SelectionStore(many_days)
    assert len(store.selected_ids()) == DAYS * A_DAY
    assert made == []
    assert [one.day for one in store.picks()][::2] == [FIRST + timedelta(days=day) for day in reversed(range(DAYS))]
    assert len(made) == DAYS * 2
    assert list(store.picks("you")) == []


def test_a_selection_that_was_read_is_forgotten_after_enough_others(
    many_days: DataFolder, made: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(selections, "_CANDIDATES_KEPT", 3 * A_DAY)
    store = SelectionStore(many_days)
    for day in range(DAYS):
        assert len(store.day(FIRST + timedelta(days=day))) == A_DAY
    made.clear()
    store.day(FIRST + timedelta(days=DAYS - 1))
    assert made == []
    store.day(FIRST)
    assert len(made) == A_DAY


def test_a_paper_in_several_selections_has_a_fate_in_each_newest_first(many_days: DataFolder) -> None:
    again = Candidate(
        paper_id=paper_id(3, 5), user="you", day=FIRST, run_id="b", outcome="picked", made_at=datetime.now(UTC)
    )
    store = SelectionStore(many_days)
    assert len(store.outcomes(paper_id(3, 5))) == 1
    SelectionStore(many_days).write(FIRST, "b", [again])
    assert [one.user for one in store.outcomes(paper_id(3, 5))] == ["me", "you"]
    assert (store.users(FIRST, "b"), store.users(FIRST, "none")) == ({"you"}, None)


def test_a_selection_that_cannot_be_read_is_named_and_hides_no_other(
    many_days: DataFolder, caplog: pytest.LogCaptureFixture
) -> None:
    damaged = many_days.path("selections", FIRST.isoformat(), "run-0.parquet")
    damaged.write_bytes(damaged.read_bytes()[:200])
    many_days.path("selections", "2026-13-77").mkdir()
    store = SelectionStore(many_days)
    assert len(store.selected_ids()) == (DAYS - 1) * A_DAY
    assert store.outcomes(paper_id(0, 1)) == []
    assert len(store.outcomes(paper_id(1, 1))) == 1
    assert store.users(FIRST, "run-0") is None
    assert str(damaged) in caplog.text


def test_a_cache_reads_a_file_again_only_when_it_changed_and_keeps_the_newest_whatever_it_weighs(
    tmp_path: Path,
) -> None:
    reads: list[str] = []

    def read(path: Path) -> str:
        reads.append(path.name)
        return path.read_text()

    cache = FileCache(read, len, most=10)
    small, big = tmp_path / "small", tmp_path / "big"
    small.write_text("12345")
    big.write_text("x" * 100)
    assert [cache.get(small), cache.get(small), cache.get(tmp_path / "none")] == ["12345", "12345", None]
    assert [cache.get(big), cache.get(big), cache.get(small)] == ["x" * 100, "x" * 100, "12345"]
    small.write_text("123456")
    assert cache.get(small) == "123456"
    assert reads == ["small", "big", "small", "small"]


def test_a_paper_is_looked_for_in_the_index_and_only_what_it_does_not_know_is_opened(
    many_days: DataFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    read = candidates_of_files.columns_of

    def counted(path: Path, names: list[str] | None = None) -> Any:
        opened.append(path.stem)
        return read(path, names)

    monkeypatch.setattr(candidates_of_files, "columns_of", counted)
    assert len(SelectionStore(many_days).outcomes(paper_id(7, 3))) == 1
    assert opened == ["run-7"]
    opened.clear()
    rewritten = many_days.path("selections", (FIRST + timedelta(days=3)).isoformat(), "run-3.parquet")
    other = many_days.path("selections", (FIRST + timedelta(days=4)).isoformat(), "run-4.parquet")
    rewritten.write_bytes(other.read_bytes())
    assert len(SelectionStore(many_days).outcomes(paper_id(4, 3))) == 2
    assert sorted(opened) == ["run-3", "run-3", "run-4"]


@pytest.mark.parametrize("harm", ["gone", "torn", "other"])
def test_without_its_index_everything_is_found_and_the_next_selection_makes_it_again(
    many_days: DataFolder, harm: str
) -> None:
    """A data folder of before has none; the index of another program is none."""
    folder = many_days.path("state", "selections")
    for path in folder.iterdir():
        if harm == "gone":
            path.unlink()
        else:
            path.write_bytes(path.read_bytes()[:300] if harm == "torn" else rows_of_another_kind())
    store = SelectionStore(many_days)
    assert len(store.outcomes(paper_id(7, 3))) == len(store.outcomes(paper_id(39, 3))) == 1
    store.write(FIRST + timedelta(days=39), "again", [])
    noted = pq.read_table(folder / "2026-02.parquet").column("file").to_pylist()
    assert len(noted) == DAYS - 31 + 1
    assert (folder / "2026-01.parquet").exists()
    assert len(SelectionStore(many_days).outcomes(paper_id(7, 3))) == 1


def rows_of_another_kind() -> bytes:
    out = io.BytesIO()
    pq.write_table(pa.table({"x": [1, 2]}), out)
    return out.getvalue()


def rewritten(data: DataFolder, day: date, change: dict[str, str], outcome: str | None = None) -> SelectionStore:
    """The selections, after a file of one day got other column names, and the first paper another outcome."""
    (path,) = data.path("selections", day.isoformat()).glob("*.parquet")
    table = pq.read_table(path)
    if outcome is not None:
        column = table.column("outcome").to_pylist()
        table = table.set_column(6, "outcome", pa.array([outcome, *column[1:]]))
    pq.write_table(table.rename_columns([change.get(name, name) for name in table.column_names]), path)
    return SelectionStore(data)


def test_a_file_whose_outcomes_are_called_fates_is_read_as_before(many_days: DataFolder) -> None:
    store = rewritten(many_days, FIRST, {"outcome": "fate"})
    assert pq.read_schema(next(many_days.path("selections", "2026-01-01").glob("*.parquet"))).names[6] == "fate"
    assert store.read(FIRST, "run-0") == list(candidates(0))
    assert [one.paper_id for one in store.picked(FIRST, "run-0")] == [paper_id(0, 0), paper_id(0, 1)]
    assert [one.outcome for one in store.outcomes(paper_id(0, 5))] == ["below_quota"]


def test_a_selection_made_before_matches_were_kept_has_none_and_its_reasons_read_as_todays(
    many_days: DataFolder,
) -> None:
    (path,) = many_days.path("selections", FIRST.isoformat()).glob("*.parquet")
    table = pq.read_table(path).drop_columns(["match", "details"])
    old = ['because you liked "Alpha" (cosine 0.74)', 'despite disliking "Delta" (cosine 0.71)']
    position = table.column_names.index("reasons")
    reasons = pa.array([old] * table.num_rows, pa.list_(pa.string()))
    pq.write_table(table.set_column(position, "reasons", reasons), path)
    first = SelectionStore(many_days).read(FIRST, "run-0")[0]
    assert first.match == ""
    assert first.reasons == ("like “Alpha”, which you liked, but also like “Delta”, which you disliked",)
    assert first.details == ("“Alpha”: cosine 0.74", "“Delta”: cosine 0.71")


def test_an_outcome_is_written_under_both_names_in_json_and_read_under_either() -> None:
    one = next(candidates(0))
    written = one.model_dump(mode="json")
    assert (written["outcome"], written["fate"]) == ("picked", "picked")
    assert Candidate.model_validate(written) == one
    del written["outcome"]
    assert Candidate.model_validate(written) == one


def test_a_file_with_an_unknown_outcome_is_passed_over(many_days: DataFolder, caplog: pytest.LogCaptureFixture) -> None:
    store = rewritten(many_days, FIRST, {}, outcome="postponed")
    assert store.read(FIRST, "run-0") == []
    assert "cannot be read" in caplog.text
    assert store.read(FIRST + timedelta(days=1), "run-1") == list(candidates(1))


def test_each_users_selections_lie_apart_and_nobody_reads_anothers(tmp_path: Path) -> None:
    data = DataFolder(tmp_path, 0)
    store = SelectionStore(data)
    annas, bens = store.of("anna"), store.of("ben")
    store.write(FIRST, "run", [one_candidate(1)])
    annas.write(FIRST, "run", [one_candidate(2, user="anna")])
    annas.write(FIRST + timedelta(days=1), "run", [one_candidate(3, user="anna")])
    assert (store.days(), bens.days()) == ([FIRST], [])
    assert annas.days() == [FIRST + timedelta(days=1), FIRST]
    assert store.selected_ids() == {"2611.00001"}
    assert store.selected_ids("anna") == {"2611.00002", "2611.00003"}
    assert [one.paper_id for one in store.picks("anna")] == ["2611.00003", "2611.00002"]
    assert [one.paper_id for one in SelectionStore(data).of("anna").outcomes("2611.00002")] == ["2611.00002"]
    assert store.outcomes("2611.00002") == []
    assert annas.of("me").day(FIRST) == store.day(FIRST)
    assert data.path("selections", "users", "anna", FIRST.isoformat(), "run.parquet").exists()


def test_a_selection_of_another_user_that_an_older_papersys_put_among_the_owners_is_found(tmp_path: Path) -> None:
    data = DataFolder(tmp_path, 0)
    store = SelectionStore(data)
    store.write(FIRST, "run-1-of-anna-0123456789ab", [one_candidate(1, user="anna")])
    store.write(FIRST, "run-1", [one_candidate(2)])
    annas = store.of("anna")
    assert annas.days() == [FIRST]
    assert annas.runs(FIRST) == ["run-1-of-anna-0123456789ab"]
    assert [one.paper_id for one in annas.day(FIRST)] == ["2611.00001"]
    assert annas.selected_ids() == {"2611.00001"}
    assert store.selected_ids() == {"2611.00002"}


@pytest.mark.parametrize("user", ["../../etc", "a/b", ".", "", "Ä" * 100, "users"])
def test_a_users_name_leads_nowhere_else(tmp_path: Path, user: str) -> None:
    data = DataFolder(tmp_path / "data", 0)
    store = SelectionStore(data).of(user)
    store.write(FIRST, "run", [one_candidate(1, user=user)])
    assert store.selected_ids() == {"2611.00001"}
    assert SelectionStore(data).days() == []
    assert [path.name for path in tmp_path.iterdir()] == ["data"]


def one_candidate(number: int, user: str = "me") -> Candidate:
    made_at = datetime(2026, 1, 1, tzinfo=UTC)
    return Candidate(
        paper_id=f"2611.{number:05}", user=user, day=FIRST, run_id="run", rank=1, outcome="picked", made_at=made_at
    )
