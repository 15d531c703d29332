"""Summaries and links of two places: what was made later counts."""

from datetime import timedelta
from pathlib import Path

import pytest

from shared.store.files.data_folder import DataFolder
from shared.store.papers.links import LIKED, Link, LinkStore
from shared.store.papers.summaries import SummaryStore
from tests.support.folders.bundles import contents, export, merge, rewritten
from tests.support.folders.seed import GRAPHS, NOON, OLD, summary


@pytest.mark.parametrize(("hours", "counts"), [(-1, "there"), (1, "here")])
def test_the_summary_that_was_made_later_counts(hours: int, counts: str, whole: Path, empty: DataFolder) -> None:
    store = SummaryStore(empty)
    mine = summary(GRAPHS).model_copy(update={"made_at": NOON + timedelta(hours=hours), "notes": ("mine",)})
    store.put(mine)
    tally = merge(whole, empty)["summaries"]
    stored = store.get(GRAPHS)
    assert stored is not None
    assert (stored.notes == ("mine",)) == (counts == "here")
    assert (tally.newer, tally.older) == ((0, 1) if counts == "here" else (1, 0))


def test_what_the_owner_liked_does_not_go_along_with_somebody_else(data: DataFolder, tmp_path: Path) -> None:
    link = Link(paper_id=OLD, other_id=GRAPHS, type="similar", evidence=f"Both count walks{LIKED}")
    LinkStore(data).put(OLD, [link])
    for user, is_told in (("anna", False), ("", True)):
        export(data, tmp_path / f"of-{user}.zip", user)
        links = contents(tmp_path / f"of-{user}.zip")["links/1999-01.jsonl"].decode()
        assert "Both count walks" in links
        assert (LIKED in links) == is_told


def test_links_and_summaries_that_are_none_are_refused(whole: Path, empty: DataFolder, tmp_path: Path) -> None:
    link = b'{"paper_id": "2611.00103", "other_id": "2611.00101", "type": "cites"}'
    of_another = b'{"paper_id": "2611.00102", "links": [%b], "made_at": "2026-11-06T12:00:00Z"}\n' % link
    ahead = b'{"paper_id": "2611.00102", "links": [], "made_at": "2199-11-06T12:00:00Z"}\n'
    odd = rewritten(whole, tmp_path / "odd.zip", {"links/2026-11.jsonl": lambda content: content + of_another + ahead})
    tally = merge(odd, empty)["links"]
    assert (tally.new, tally.refused) == (1, 2)
    assert "starts at another paper" in tally.problems[0]
    assert "lies in the future" in tally.problems[1]
