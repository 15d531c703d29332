"""Papers saved, skipped and opened: the newest word counts, each is kept once, and a bad line spoils no other."""

from datetime import UTC, datetime, timedelta

import pytest

from shared.contracts import DEFAULT_USER, KeepSignal, SignalKind
from shared.store.files.data_folder import DataFolder
from shared.store.people.signals import COLUMNS, Signal, SignalStore, signals_of

NOON = datetime(2026, 11, 6, 12, tzinfo=UTC)


def signal(paper_id: str, kind: SignalKind, minute: int, user: str = "me") -> Signal:
    return Signal(f"{paper_id}-{kind}-{minute}", user, paper_id, kind, "reader", NOON + timedelta(minutes=minute))


def test_the_newest_word_about_a_paper_counts_and_kinds_are_kept_apart(data: DataFolder) -> None:
    store = SignalStore(data)
    store.append([signal("2410.00001", "save", 1), signal("2410.00002", "save", 2), signal("2410.00001", "open", 3)])
    store.append(
        [signal("2410.00002", "unsave", 4), signal("2410.00003", "save", 5), signal("2410.00003", "unsave", 0)]
    )
    assert list(store.current("save")) == ["2410.00001", "2410.00003"]
    assert list(store.current("open")) == ["2410.00001"]
    assert not store.current("skip")


def test_a_signal_that_comes_twice_is_stored_once_and_users_are_kept_apart(data: DataFolder) -> None:
    store = SignalStore(data)
    assert store.append([signal("2410.00001", "save", 1)]) == 1
    before = store.fingerprint()
    assert SignalStore(data).append([signal("2410.00001", "save", 1)]) == 0
    store.append([signal("2410.00001", "unsave", 2, user="you")])
    assert store.fingerprint() == before
    assert (store.users(), store.count(), list(store.current("save"))) == ({"me", "you"}, 2, ["2410.00001"])


def test_another_process_sees_what_was_appended_and_what_was_written_anew(data: DataFolder) -> None:
    writer, reader = SignalStore(data), SignalStore(data)
    writer.append([signal("2410.00001", "save", 1)])
    assert list(reader.current("save")) == ["2410.00001"]
    writer.append([signal("2410.00002", "save", 2), signal("2410.00003", "save", -60 * 24 * 40)])
    assert list(reader.current("save")) == ["2410.00003", "2410.00001", "2410.00002"]
    path = data.path("signals", "2026-11.csv")
    lines = path.read_text("utf-8").splitlines()
    path.write_text("\n".join([lines[0], lines[2], ""]), "utf-8")
    assert list(reader.current("save")) == ["2410.00003", "2410.00002"]


def test_a_signal_torn_by_a_kill_is_ignored_and_the_next_one_is_whole(data: DataFolder) -> None:
    store = SignalStore(data)
    store.append([signal("2410.00001", "save", 1)])
    with data.path("signals", "2026-11.csv").open("a") as file:
        file.write("half,a,rec")
    assert list(store.current("save")) == ["2410.00001"]
    store.append([signal("2410.00002", "save", 2)])
    assert list(store.current("save")) == list(SignalStore(data).current("save")) == ["2410.00001", "2410.00002"]


GOOD_LINE = "e1,me,2410.00009,save,reader,2026-11-05T12:00:00+00:00"


@pytest.mark.parametrize(
    "line",
    [
        GOOD_LINE.replace("save", "adore"),
        GOOD_LINE.replace("2410.00009", "../../etc"),
        GOOD_LINE.replace("2026-", "2999-"),
        GOOD_LINE.replace("2026-", "1970-"),
        GOOD_LINE.replace("me,", '"me,'),
        GOOD_LINE[:30],
        "\0" * 60,
    ],
)
def test_a_line_that_cannot_be_a_signal_is_named_once_and_left_out(
    data: DataFolder, line: str, caplog: pytest.LogCaptureFixture
) -> None:
    store = SignalStore(data)
    store.append([signal("2410.00001", "save", 1)])
    data.append_lines(data.path("signals", "2026-11.csv"), line + "\n")
    store.append([signal("2410.00002", "skip", 2)])
    assert [kept.paper_id for kept in store.all()] == ["2410.00001", "2410.00002"]
    assert [record.getMessage().partition(" ca")[0] for record in caplog.records] == [
        f"{data.path('signals', '2026-11.csv')}, line 3,"
    ]


def test_line_ends_and_formulas_of_a_source_stay_in_their_cell(data: DataFolder) -> None:
    request = KeepSignal(paper_ids=("2410.00001",), kind="save", source='=1+1\n"x",me', occurred_at=NOON)
    SignalStore(data).append(signals_of(request))
    (stored,) = SignalStore(data).all()
    assert stored.source == '=1+1 "x",me'
    assert data.path("signals", "2026-11.csv").read_text().startswith(",".join(COLUMNS) + "\n")


def test_time_with_a_text_is_kept_in_seconds(data: DataFolder) -> None:
    request = KeepSignal(paper_ids=("2410.00001",), kind="read", value=75, occurred_at=NOON)
    SignalStore(data).append([*signals_of(request), signal("2410.00001", "click", 1)])
    assert [(kept.kind, kept.value) for kept in SignalStore(data).all()] == [("read", 75.0), ("click", 0.0)]
    lines = data.path("signals", "2026-11.csv").read_text().splitlines()
    assert [line.rpartition(",")[2] for line in lines] == ["value", "75", ""]


OLD_MONTH = f"""event_id,user,paper_id,kind,source,occurred_at
a1,{DEFAULT_USER},2410.00001,save,reader,2026-11-05T12:00:00+00:00
spoilt line
a2,{DEFAULT_USER},2410.00002,open,reader,2026-11-05T12:01:00+00:00
"""


def test_a_month_of_an_older_papersys_is_read_and_gets_the_column_before_the_first_new_line(data: DataFolder) -> None:
    path = data.path("signals", "2026-11.csv")
    path.parent.mkdir(exist_ok=True)
    path.write_text(OLD_MONTH)
    store, other = SignalStore(data), SignalStore(data)
    assert [kept.paper_id for kept in other.all()] == ["2410.00001", "2410.00002"]
    assert path.read_text() == OLD_MONTH
    request = KeepSignal(paper_ids=("2410.00001",), kind="read", value=60, occurred_at=NOON)
    assert store.append(signals_of(request)) == 1
    lines = path.read_text().splitlines()
    assert [len(line.split(",")) for line in lines] == [7, 7, 1, 7, 7]
    for reader in (store, other, SignalStore(data)):
        assert [(kept.kind, kept.value) for kept in reader.all()] == [("save", 0.0), ("open", 0.0), ("read", 60.0)]
    assert store.append(signals_of(request)) == 0


@pytest.mark.parametrize("value", ["-1", "nan", "inf", "3601", "long"])
def test_a_time_that_cannot_be_is_left_out(data: DataFolder, value: str) -> None:
    store = SignalStore(data)
    store.append([signal("2410.00001", "save", 1)])
    line = f"e9,me,2410.00009,read,reader,2026-11-05T12:00:00+00:00,{value}\n"
    data.append_lines(data.path("signals", "2026-11.csv"), line)
    assert [kept.paper_id for kept in store.all()] == ["2410.00001"]
