"""The feedback service's answers about imports, for a reader whose bus is a fake."""

from services.feedback.importing.importer import RatingImporter
from services.feedback.importing.uploads import UploadedImports
from shared.contracts import ImportRatings, ImportRatingsReply
from shared.errors import PapersysError
from shared.store.files.data_folder import DataFolder
from tests.support.browsing.reader import FakeReader


def answer_imports(fake_reader: FakeReader, data: DataFolder) -> FakeReader:
    """The same reader; what is uploaded in it is read and stored."""
    imports = UploadedImports(data, RatingImporter(data))

    def answer(request: ImportRatings) -> ImportRatingsReply:
        try:
            return ImportRatingsReply(report=imports.run(request).report)
        except PapersysError as error:
            return ImportRatingsReply(problem=str(error))

    fake_reader.bus.answers[ImportRatings] = answer
    return fake_reader
