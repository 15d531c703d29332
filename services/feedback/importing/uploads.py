"""Imports of files that were uploaded in the reader."""

from services.feedback.importing.importer import ImportPlan, RatingImporter
from services.feedback.importing.planning import Terms
from shared.contracts import now
from shared.contracts.people.importing import ImportRatings
from shared.errors import PapersysError
from shared.store.files.data_folder import DataFolder
from shared.store.people.rating_uploads import RatingUploads
from shared.text.rating_files.reading import read_rating_text


class UploadedImports:
    """Plans and stores what was uploaded."""

    def __init__(self, data: DataFolder, importer: RatingImporter) -> None:
        self._uploads, self._importer = RatingUploads(data), importer

    def run(self, request: ImportRatings) -> ImportPlan:
        """The plan, done where it is confirmed. Raises PapersysError for what cannot be read."""
        upload = self._uploads.get(request.upload_id, request.user)
        if upload is None:
            raise PapersysError("This file is not here any more; upload it again.")
        file = read_rating_text(upload.text, upload.name)
        plan = self._importer.plan([file], Terms(request.user, now(), request.lists_are))
        if not request.is_confirmed:
            return plan
        return ImportPlan(plan.steps, self._importer.store(plan))
