"""Uploaded files of ratings."""

import os
from pathlib import Path

from shared.store.files.data_folder import DataFolder
from shared.store.people.rating_uploads import RatingUpload, RatingUploads


def test_an_upload_is_its_users_alone_and_gone_after_two_days(tmp_path: Path) -> None:
    uploads = RatingUploads(DataFolder(tmp_path, 0))
    upload = RatingUpload(name="a.csv", text="2403.12345", user="ada")
    upload_id = uploads.put(upload)
    assert (uploads.get(upload_id, "ada"), uploads.get(upload_id, "bob")) == (upload, None)
    [path] = tmp_path.glob("state/imports/*.json")
    os.utime(path, (0, 0))
    uploads.put(upload)
    assert uploads.get(upload_id, "ada") is None


def test_the_same_upload_again_is_one(tmp_path: Path) -> None:
    uploads = RatingUploads(DataFolder(tmp_path, 0))
    upload = RatingUpload(name="a.csv", text="2403.12345")
    assert uploads.put(upload, "0" * 32) == uploads.put(upload, "0" * 32)
    assert len(list(tmp_path.glob("state/imports/*.json"))) == 1


def test_a_users_uploads_are_forgotten_and_nobody_elses(tmp_path: Path) -> None:
    uploads = RatingUploads(DataFolder(tmp_path, 0))
    waiting = tmp_path / "state" / "imports" / "waiting.json"
    kept = uploads.put(RatingUpload(name="a.csv", text="2403.12345", user="bob"))
    gone = uploads.put(RatingUpload(name="a.csv", text="2403.12345", user="ada"))
    waiting.write_text("{}")
    assert uploads.forget("ada") == 1
    assert (uploads.get(gone, "ada"), bool(uploads.get(kept, "bob")), waiting.exists()) == (None, True, True)
