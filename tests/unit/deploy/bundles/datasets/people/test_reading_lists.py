"""Reading lists of two places: what is listed here stands, the rest is fetched in the version of the bundle."""

from datetime import timedelta
from pathlib import Path

from shared.contracts import ListedPaper
from shared.store.files.data_folder import DataFolder
from shared.store.research.reading_list import ReadingListStore
from tests.support.folders.bundles import export, merge
from tests.support.folders.seed import NOON

PAPER = "2403.00001"


def listed(paper_id: str = PAPER, **facts: object) -> ListedPaper:
    return ListedPaper.model_validate({"paper_id": paper_id, "added_at": NOON, "changed_at": NOON, **facts})


def test_a_listed_paper_arrives_with_its_version_and_is_made_ready_again(tmp_path: Path, empty: DataFolder) -> None:
    source = DataFolder(tmp_path / "source", min_free_mb=0)
    papers = [
        listed(version=2, earlier_versions=(1,), state="ready", chunks=9),
        listed("2403.00002", is_removed=True, origin="saved"),
        listed("local:0123456789abcdef", version=1),
    ]
    ReadingListStore(source).put(papers)
    export(source, tmp_path / "whole.zip")
    assert merge(tmp_path / "whole.zip", empty)["reading-list"].new == 2
    store = ReadingListStore(empty)
    (paper,) = store.of_user("me")
    assert (paper.state, paper.wanted_version, paper.version, paper.earlier_versions) == ("waiting", 2, None, (1,))
    assert [record.is_removed for record in store.records("me")] == [False, True]
    assert merge(tmp_path / "whole.zip", empty)["reading-list"].same == 2


def test_what_is_listed_here_stands_and_what_cannot_be_is_refused(tmp_path: Path, empty: DataFolder) -> None:
    source = DataFolder(tmp_path / "source", min_free_mb=0)
    ReadingListStore(source).put([listed(version=2), listed("2403.00002", added_at=NOON + timedelta(days=99_999))])
    export(source, tmp_path / "whole.zip")
    ReadingListStore(empty).put([listed(version=7, state="ready")])
    tally = merge(tmp_path / "whole.zip", empty)["reading-list"]
    assert (tally.same, tally.new, tally.refused) == (1, 0, 1)
    assert ReadingListStore(empty).of_user("me")[0].version == 7
