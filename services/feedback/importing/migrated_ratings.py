"""Ratings that an older system left, stored by `papersys migrate`: lent to that command."""

from collections.abc import Collection, Sequence
from datetime import datetime

from services.feedback.importing.importer import RatingImporter
from services.feedback.importing.planning import Terms
from shared.contracts.people.importing import ImportReport
from shared.store.files.data_folder import DataFolder
from shared.text.rating_files.rated_rows import RatingFile

SOURCE = "migrate"


def store_ratings(
    data: DataFolder,
    files: Sequence[RatingFile],
    user: str,
    at: datetime,
    *,
    also_stored: Collection[str] = (),
    dry_run: bool = False,
) -> ImportReport:
    """Store the ratings of the files as `papersys import-ratings` does. What a row without a time says is older than
    all that is timed, and never replaces a rating that was given here.

    `also_stored` are papers that will be stored. Raises TemporaryFailure where the disk is full.
    """
    importer = RatingImporter(data)
    terms = Terms(user, at, keeps_mine=True, untimed_first=True, source=SOURCE)
    planned = importer.plan(files, terms, also_stored)
    return planned.report if dry_run else importer.store(planned)
