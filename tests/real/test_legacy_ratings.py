"""Ratings of a real person as an older system kept them: ids that lost zeros, the same lines in several months."""

import csv
from dataclasses import replace
from pathlib import Path

import pytest

from services.feedback.importing.importer import RatingImporter
from services.feedback.importing.planning import Terms
from shared.contracts import now
from shared.contracts.people.importing import ImportReport
from shared.store.files.data_folder import DataFolder
from shared.store.papers.metadata import MetadataStore
from shared.store.people.preferences import RatingStore
from shared.text.rating_files.paper_mentions import undamaged
from shared.text.rating_files.reading import read_rating_file
from tests.support.folders.real_data import real_data
from tests.support.folders.seed import GRAPHS, paper

pytestmark = pytest.mark.real


def legacy_files() -> list[Path]:
    return sorted(real_data("legacy", "preference").glob("*.csv"), key=lambda path: path.stem != "init")


def lines() -> list[tuple[str, str]]:
    """Every line of every file, read by nothing of ours."""
    return [(row["id"], row["preference"]) for path in legacy_files() for row in csv.DictReader(path.open())]


def run(data: DataFolder) -> ImportReport:
    importer = RatingImporter(data)
    return importer.store(importer.plan([read_rating_file(path) for path in legacy_files()], Terms("me", now())))


def total(report: ImportReport) -> int:
    """Each row counts once."""
    beside = report.repeated + report.doubled + report.conflicting.total + report.neutral_but_rated
    return report.stored + report.skips + beside + report.without_rating + report.waiting.total + report.not_found.total


def test_every_line_is_accounted_for_and_a_second_import_changes_nothing(tmp_path: Path) -> None:
    data = DataFolder(tmp_path, 0)
    report = run(data)
    assert not report.unreadable.total
    assert total(report) == len(lines())
    before = {path: path.read_bytes() for path in tmp_path.rglob("*.*") if path.suffix != ".lock"}
    again = run(data)
    assert (again.stored, again.skips, again.to_check, total(again)) == (0, 0, 0, len(lines()))
    assert {path: path.read_bytes() for path in tmp_path.rglob("*.*") if path.suffix != ".lock"} == before


def test_all_ids_that_lost_zeros_are_repaired_where_their_papers_are_stored(tmp_path: Path) -> None:
    data = DataFolder(tmp_path, 0)
    damaged = {written for written, _ in lines() if len(written) < len("2410.12850")}
    whole = {undamaged(written) for written in damaged}
    MetadataStore(data).put([replace(paper(GRAPHS), paper_id=paper_id) for paper_id in whole])
    report = run(data)
    assert (report.repaired.total, report.waiting.total) == (len(damaged), 0)
    assert whole <= set(RatingStore(data).current())
