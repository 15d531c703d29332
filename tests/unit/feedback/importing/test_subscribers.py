"""Uploads of the reader: a report first, then stored and told."""

from pathlib import Path

from services.feedback.importing.importer import RatingImporter
from services.feedback.importing.subscribers import register_imports
from services.feedback.importing.uploads import UploadedImports
from shared.contracts import FeedbackLabel, ImportRatings
from shared.store.people.rating_uploads import RatingUpload, RatingUploads
from tests.support.checks.waiting import eventually
from tests.unit.feedback.feedback import Feedback
from tests.unit.feedback.importing.rows import FIRST, SECOND


async def test_an_upload_is_reported_then_stored_and_told_once(tmp_path: Path) -> None:
    feedback = Feedback(tmp_path)
    data = feedback.data
    register_imports(feedback.bus, UploadedImports(data, RatingImporter(data)), feedback.lookups)
    upload_id = RatingUploads(data).put(RatingUpload(name="a.csv", text=f"id,label\n{FIRST},like\n{SECOND},dislike\n"))
    request = ImportRatings(upload_id=upload_id)
    ask = feedback.bus.responders[ImportRatings]
    reply = await ask(request)
    assert (reply.problem, reply.report.likes, reply.report.is_done, feedback.labels()) == ("", 1, False, {})
    reply = await ask(request.model_copy(update={"is_confirmed": True}))
    assert (reply.report.is_done, feedback.labels()) == (True, {FIRST: "like", SECOND: "dislike"})
    await eventually(lambda: len(feedback.bus.published) == 2)
    assert {event.label for event in feedback.bus.published if isinstance(event, FeedbackLabel)} == {"like", "dislike"}


async def test_the_upload_of_somebody_else_is_none(tmp_path: Path) -> None:
    feedback = Feedback(tmp_path)
    data = feedback.data
    register_imports(feedback.bus, UploadedImports(data, RatingImporter(data)), feedback.lookups)
    upload_id = RatingUploads(data).put(RatingUpload(name="a.csv", text=FIRST, user="ada"))
    reply = await feedback.bus.responders[ImportRatings](ImportRatings(upload_id=upload_id, user="bob"))
    assert reply.problem == "This file is not here any more; upload it again."
