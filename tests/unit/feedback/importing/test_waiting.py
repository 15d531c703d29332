"""Ratings that wait to hear from arXiv whether their paper exists."""

from datetime import UTC, datetime
from pathlib import Path

from services.feedback.importing.waiting import WaitingRatings
from shared.store.files.data_folder import DataFolder
from shared.store.people.preferences import Rating

RATING = Rating("e1", "2410.12850", "me", "like", "import", "me", 1.0, datetime(2026, 11, 6, tzinfo=UTC))


def test_a_rating_waits_until_it_is_stored(tmp_path: Path) -> None:
    data = DataFolder(tmp_path, 0)
    WaitingRatings(data).add([RATING])
    waiting = WaitingRatings(data)
    assert (waiting.paper_ids(), waiting.ratings(["2410.12850"])) == ({"2410.12850"}, [RATING])
    waiting.remove(["2410.12850"])
    assert waiting.paper_ids() == set()


def test_what_arxiv_does_not_have_is_remembered_until_it_is_imported_again(tmp_path: Path) -> None:
    waiting = WaitingRatings(DataFolder(tmp_path, 0))
    waiting.add([RATING])
    waiting.refuse("2410.12850", "arXiv has no such paper")
    assert (waiting.paper_ids(), waiting.refused()) == (set(), {"2410.12850": "arXiv has no such paper"})
    waiting.add([RATING])
    assert (waiting.paper_ids(), waiting.refused()) == ({"2410.12850"}, {})


def test_a_spoilt_file_is_none(tmp_path: Path) -> None:
    path = tmp_path / "state" / "imports" / "waiting.json"
    path.parent.mkdir(parents=True)
    path.write_text('{"ratings": [{"torn')
    assert WaitingRatings(DataFolder(tmp_path, 0)).paper_ids() == set()
