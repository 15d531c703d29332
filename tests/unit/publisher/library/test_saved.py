"""A person's library: what stands, newest first, apart from everybody else's."""

from datetime import timedelta

from services.publisher.library.saved import Library, Marks
from shared.contracts import SignalKind
from shared.store.files.data_folder import DataFolder
from shared.store.people.signals import Signal, SignalStore
from tests.support.folders.seed import GRAPHS, NOON, TIDES


def signal(paper_id: str, kind: SignalKind, minute: int, user: str = "me") -> Signal:
    return Signal(f"{kind}-{minute}", user, paper_id, kind, "reader", NOON + timedelta(minutes=minute))


def test_papers_are_marked_and_listed_newest_first(data: DataFolder) -> None:
    library, store = Library.open(data, "me"), SignalStore(data)
    store.append([signal(GRAPHS, "save", 1), signal(TIDES, "save", 2), signal(TIDES, "open", 3)])
    assert list(library.saved().items()) == [
        (TIDES, NOON + timedelta(minutes=2)),
        (GRAPHS, NOON + timedelta(minutes=1)),
    ]
    store.append([signal(TIDES, "skip", 4), signal(GRAPHS, "unsave", 5)])
    assert library.marks([GRAPHS, TIDES]) == {GRAPHS: Marks(), TIDES: Marks(True, True, True)}
    assert (list(library.skipped()), list(library.opened())) == ([TIDES], [TIDES])


def test_each_user_has_a_library_of_their_own(data: DataFolder) -> None:
    mine = Library.open(data, "me")
    SignalStore(data).append([signal(GRAPHS, "save", 1, "ada")])
    assert not mine.saved()
    assert list(mine.of("ada").saved()) == [GRAPHS]
    assert mine.of("ada") is mine.of("ada")
    assert mine.of("me") is mine
