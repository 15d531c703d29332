"""Imports into a data folder: repaired ids, titles, reports, many rows, and what a kill leaves."""

from pathlib import Path

import pytest

from services.feedback.importing.importer import RatingImporter, events_of
from services.feedback.importing.waiting import WaitingRatings
from shared.store.people.preferences import RatingStore, ratings_of
from tests.unit.feedback.importing.rows import FIRST, SECOND, WHOLE, ImportFolder


def test_a_dry_run_changes_no_file(tmp_path: Path) -> None:
    folder = ImportFolder(tmp_path, FIRST)
    before = folder.files()
    assert folder.plan(f"id,preference\n{FIRST},like\n2410.1285,like\n{SECOND},neutral\n").report.has_news
    assert folder.files() == before


def test_a_repaired_id_is_reported_with_its_title(tmp_path: Path) -> None:
    folder = ImportFolder(tmp_path, WHOLE)
    report = folder.run("id,preference\n2410.1285,like\n2410.12850,like\n").report
    assert folder.labels() == {WHOLE: "like"}
    assert report.repaired.first[0].text.startswith("2410.1285 is 2410.12850: ")
    assert (report.likes, report.doubled) == (1, 1)


def test_a_damaged_id_that_is_not_stored_waits_and_again_changes_nothing(tmp_path: Path) -> None:
    folder = ImportFolder(tmp_path)
    report = folder.run("id,preference\n2410.1285,like\n").report
    assert (report.stored, report.to_check, report.waiting.total) == (0, 1, 1)
    assert WaitingRatings(folder.data).paper_ids() == {WHOLE}
    before = folder.files()
    assert folder.run("id,preference\n2410.1285,like\n").report.to_check == 0
    assert folder.files() == before


def test_what_arxiv_does_not_have_is_told_by_the_next_import(tmp_path: Path) -> None:
    folder = ImportFolder(tmp_path)
    folder.run("id,preference\n2410.1285,like\n")
    WaitingRatings(folder.data).refuse(WHOLE, "arXiv has no such paper")
    report = folder.run("id,preference\n2410.1285,like\n").report
    assert not report.has_news
    assert report.not_found.first[0].text == "2410.1285 would be 2410.12850: arXiv has no such paper"


def test_titles_are_matched_exactly_or_offered(tmp_path: Path) -> None:
    folder = ImportFolder(tmp_path, "2611.00101", "2611.00102")
    same, similar = "Tidal heating of eccentric sub-{Neptunes}", "Heating of eccentric sub-Neptunes"
    bib = f"@book{{a, title={{{same}}}}}\n@book{{b, title={{{similar}}}}}\n"
    report = folder.run(bib).report
    assert folder.labels() == {"2611.00102": "like"}
    [offer] = report.offers
    assert (offer.wanted, [paper.paper_id for paper in offer.papers]) == (
        "Heating of eccentric sub-Neptunes",
        ["2611.00102"],
    )


def test_killed_between_two_files_the_next_import_stores_the_rest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = ImportFolder(tmp_path)
    text = f"id,preference\n{FIRST},like\n{SECOND},neutral\n"
    plan = folder.plan(text)
    with monkeypatch.context() as patch:
        patch.setattr("shared.store.people.signals.SignalStore.append", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            RatingImporter(folder.data).store(plan)
    report = folder.run(text).report
    assert (report.repeated, report.skips) == (1, 1)
    assert folder.labels() == {FIRST: "like"}


def test_events_of_stored_ratings_store_nothing_more(tmp_path: Path) -> None:
    folder = ImportFolder(tmp_path)
    plan = folder.run(f"id,preference,rated_at\n{FIRST},like,2024-03-05\n{SECOND},dislike,\n")
    events = events_of(plan.ratings)
    assert len(events) == 2
    store = RatingStore(folder.data)
    assert [store.append(ratings_of(event)) for event in events] == [0, 0]


def test_papers_that_were_never_harvested_are_counted(tmp_path: Path) -> None:
    report = ImportFolder(tmp_path, FIRST).plan(f"id,preference\n{FIRST},like\n{SECOND},like\n").report
    assert report.to_look_up == 1
